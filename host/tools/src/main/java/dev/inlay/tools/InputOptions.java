// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.UsageException;
import dev.inlay.graph.Graph;
import dev.inlay.graph.GraphException;
import dev.inlay.graph.Value;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import dev.inlay.tools.npy.NpyFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** The model a verb works on, and the shapes and files of its inputs. */
final class InputOptions extends ShapeOptions {
    @Option(names = "--input", paramLabel = "NAME=F.npy", description = "File of an input. May be repeated.")
    private Map<String, Path> inputs = new LinkedHashMap<>();

    /** The tensors in the files given, by the input's name. */
    Map<String, Tensor> tensors() throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (var input : inputs.entrySet()) {
            tensors.put(input.getKey(), NpyFile.read(input.getValue()));
        }
        return tensors;
    }

    /**
     * The model with the shapes asked for, else those of the tensors where the file leaves an extent open.
     *
     * @throws UsageException if a tensor is for no input of the model
     * @throws GraphException if a tensor has another type or shape than its input
     */
    Graph read(Map<String, Tensor> tensors) throws IOException {
        Graph declared = file().read(shapes());
        List<String> names = declared.inputs().stream().map(Value::name).toList();
        Map<String, Shape> wanted = shapes();
        for (var tensor : tensors.entrySet()) {
            if (!names.contains(tensor.getKey())) {
                throw new UsageException(
                        "--input: got \"" + tensor.getKey() + "\", expected one of " + String.join(", ", names));
            }
            Value value = declared.value(tensor.getKey());
            check(value, tensor.getValue());
            wanted.putIfAbsent(value.name(), tensor.getValue().shape());
        }
        boolean same = tensors.entrySet().stream()
                .allMatch(entry -> declared.value(entry.getKey())
                        .shape()
                        .equals(entry.getValue().shape()));
        return same ? declared : file().read(wanted);
    }

    /** A file's extents stand where the model's are not 1, which is what an open extent comes out as. */
    private void check(Value value, Tensor tensor) {
        Shape got = tensor.shape();
        Shape expected = value.shape();
        boolean fits = tensor.type() == value.type() && got.rank() == expected.rank();
        for (int axis = 0; fits && axis < got.rank(); axis++) {
            fits = got.extent(axis) == expected.extent(axis) || expected.extent(axis) == 1;
        }
        if (!fits || (!got.equals(expected) && shapes().containsKey(value.name()))) {
            throw new GraphException(inputs.get(value.name()) + ": got " + tensor.type() + " " + got + " for input \""
                    + value.name() + "\", expected " + value.type() + " " + expected);
        }
    }
}
