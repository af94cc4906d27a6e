// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.graph.Graph;
import dev.inlay.onnx.OnnxWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The model file a verb writes. */
final class OutputOptions {
    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "OUT.onnx",
            description = "File to write.")
    private Path file;

    Path file() {
        return file;
    }

    void write(Graph graph) throws IOException {
        Files.createDirectories(
                Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file));
        OnnxWriter.write(graph, file);
    }
}
