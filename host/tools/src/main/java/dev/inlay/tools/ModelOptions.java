// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.UsageException;
import dev.inlay.graph.Graph;
import dev.inlay.graph.GraphException;
import dev.inlay.graph.Value;
import dev.inlay.onnx.Inspection;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import dev.inlay.tools.model.ModelFile;
import dev.inlay.tools.npy.NpyFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The model a verb works on, and the shapes and files of its inputs. */
final class ModelOptions {
    @Parameters(index = "0", paramLabel = "MODEL", description = "ONNX model file.")
    private Path path;

    @Option(
            names = "--shape",
            paramLabel = "NAME=1,3,224,224",
            description = "Shape of an input; extents that the file leaves open are 1 otherwise. May be repeated.")
    private Map<String, String> shapes = new LinkedHashMap<>();

    @Option(names = "--input", paramLabel = "NAME=F.npy", description = "File of an input. May be repeated.")
    private Map<String, Path> inputs = new LinkedHashMap<>();

    ModelFile file() {
        return new ModelFile(path);
    }

    /** Whether {@code --shape} was given. */
    boolean hasShapes() {
        return !shapes.isEmpty();
    }

    /** The shapes that the caller gave: by {@code --shape}, else those of the files given by {@code --input}. */
    private Map<String, Shape> shapes(Map<String, Tensor> tensors) {
        Map<String, Shape> given = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> given.put(name, tensor.shape()));
        shapes.forEach((name, text) -> given.put(name, shape(name, text)));
        return given;
    }

    /** The model with the shapes asked for by {@code --shape}. */
    Graph read() throws IOException {
        return read(Map.of());
    }

    /** The model with the shapes asked for by {@code --shape}, else those of these tensors. */
    Graph read(Map<String, Tensor> tensors) throws IOException {
        return file().read(shapes(tensors));
    }

    Inspection inspect() throws IOException {
        return file().inspect(shapes(Map.of()));
    }

    /** The tensors given by {@code --input}. */
    Map<String, Tensor> tensors() throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (var input : inputs.entrySet()) {
            tensors.put(input.getKey(), NpyFile.read(input.getValue()));
        }
        return tensors;
    }

    /**
     * Checks that tensors are those of the graph's inputs.
     *
     * @throws UsageException naming the input that has another name, type or shape
     */
    void check(Graph graph, Map<String, Tensor> tensors) {
        List<String> names = graph.inputs().stream().map(Value::name).toList();
        for (var tensor : tensors.entrySet()) {
            if (!names.contains(tensor.getKey())) {
                throw new UsageException(
                        "--input: got \"" + tensor.getKey() + "\", expected one of " + String.join(", ", names));
            }
            Value value = graph.value(tensor.getKey());
            if (tensor.getValue().type() != value.type()
                    || !tensor.getValue().shape().equals(value.shape())) {
                throw new GraphException(inputs.get(tensor.getKey()) + ": got "
                        + tensor.getValue().type() + " " + tensor.getValue().shape() + " for input \"" + value.name()
                        + "\", expected " + value.type() + " " + value.shape());
            }
        }
    }

    private static Shape shape(String name, String text) {
        try {
            return Shape.of(Arrays.stream(text.split("[,x]"))
                    .mapToLong(extent -> Long.parseLong(extent.strip()))
                    .toArray());
        } catch (IllegalArgumentException e) {
            throw new UsageException(
                    "--shape " + name + ": got \"" + text + "\", expected extents of at least 0 as in 1,3,224,224");
        }
    }
}
