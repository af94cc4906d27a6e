// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.tools.model.ModelFile;
import java.nio.file.Path;
import picocli.CommandLine.Parameters;

/** The model a verb works on. */
class ModelOptions {
    @Parameters(index = "0", paramLabel = "MODEL", description = "ONNX model file.")
    private Path path;

    final ModelFile file() {
        return new ModelFile(path);
    }
}
