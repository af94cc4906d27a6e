// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.model;

import dev.inlay.graph.Graph;
import dev.inlay.graph.GraphException;
import dev.inlay.graph.Value;
import dev.inlay.onnx.Inspection;
import dev.inlay.onnx.OnnxReader;
import dev.inlay.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;

/** An ONNX file; whatever is wrong with it is said with its path. */
public record ModelFile(Path path) {
    /** The file's name without its ending. */
    public String name() {
        return String.valueOf(path.getFileName()).replaceFirst("\\.onnx$", "");
    }

    /**
     * @param shapes whole shapes of inputs, by name; extents that neither they nor the file give are 1
     * @throws IOException if there is no such file
     * @throws GraphException if it cannot be imported
     */
    public Graph read(Map<String, Shape> shapes) throws IOException {
        return named(() -> OnnxReader.read(path, shapes));
    }

    /** As {@link #read}, listing what cannot be imported instead of giving up. */
    public Inspection inspect(Map<String, Shape> shapes) throws IOException {
        return named(() -> OnnxReader.inspect(path, shapes));
    }

    /**
     * The model with its first axis widened to a batch where it is 1, the outputs follow, and the model has one input;
     * as the file gives it otherwise.
     */
    public Graph batched(int batch) throws IOException {
        Graph declared = read(Map.of());
        if (declared.inputs().size() != 1 || declared.outputs().isEmpty()) {
            return declared;
        }
        Value input = declared.inputs().getFirst();
        if (input.shape().rank() == 0 || input.shape().extent(0) != 1) {
            return declared;
        }
        try {
            Graph widened = read(Map.of(input.name(), input.shape().with(0, batch)));
            boolean follows = widened.outputs().stream()
                    .map(Value::shape)
                    .allMatch(shape -> shape.rank() > 0 && shape.extent(0) == batch);
            return follows ? widened : declared;
        } catch (GraphException e) {
            return declared;
        }
    }

    private <T> T named(Supplier<T> reading) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new IOException(path + ": got " + (Files.exists(path) ? "no regular file" : "no such file")
                    + ", expected an ONNX model");
        }
        if (Files.size(path) == 0) {
            throw new IOException(path + ": got an empty file, expected an ONNX model");
        }
        try {
            return reading.get();
        } catch (GraphException e) {
            throw new GraphException(path + ": " + e.getMessage(), e);
        } catch (OutOfMemoryError e) {
            throw new GraphException(
                    path + ": got a model that needs more than the "
                            + (Runtime.getRuntime().maxMemory() >> 20) + " MiB Java may use, expected a smaller one",
                    e);
        }
    }
}
