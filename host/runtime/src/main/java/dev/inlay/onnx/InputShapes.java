// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.inlay.graph.GraphException;
import dev.inlay.graph.Value;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The shapes of a model's inputs. A shape given by the caller wins; a symbol that it binds is bound in the other inputs
 * too; what stays symbolic or unknown, usually the batch, is 1.
 */
final class InputShapes {
    private final Map<String, Long> symbols = new HashMap<>();
    private final List<Value> values = new ArrayList<>();

    private InputShapes() {}

    static InputShapes of(List<ValueInfoProto> inputs, Map<String, Shape> given) {
        List<String> names = inputs.stream().map(ValueInfoProto::getName).toList();
        for (String name : given.keySet()) {
            if (!names.contains(name)) {
                throw new GraphException("shape: got one for \"" + name + "\", expected one of the inputs " + names);
            }
        }
        InputShapes binding = new InputShapes();
        for (ValueInfoProto input : inputs) {
            Shape shape = given.get(input.getName());
            if (shape != null) {
                binding.bind(input, shape);
            }
        }
        for (ValueInfoProto input : inputs) {
            Shape shape = given.get(input.getName());
            binding.values.add(
                    new Value(input.getName(), type(input), shape == null ? binding.declared(input) : shape));
        }
        return binding;
    }

    /** The inputs. */
    List<Value> values() {
        return values;
    }

    /** What the file declares of an output, with the symbols that the inputs bind. */
    Inspection.Output output(ValueInfoProto output) {
        TypeProto.Tensor type = output.getType().getTensorType();
        return new Inspection.Output(
                output.getName(),
                TensorReader.type(type.getElemType()),
                type.hasShape() ? Optional.of(declared(output)) : Optional.empty());
    }

    private static String what(ValueInfoProto input) {
        return "input \"" + input.getName() + "\"";
    }

    private static ElementType type(ValueInfoProto input) {
        if (!input.getType().hasTensorType()) {
            throw new GraphException(what(input) + ": got a value that is no tensor, expected a tensor");
        }
        int number = input.getType().getTensorType().getElemType();
        return TensorReader.type(number)
                .orElseThrow(() -> new GraphException(what(input) + ": got elements of " + TensorReader.typeName(number)
                        + ", expected one of " + List.of(ElementType.values())));
    }

    private void bind(ValueInfoProto input, Shape shape) {
        Limits.shape(what(input), shape.toArray());
        TypeProto.Tensor type = input.getType().getTensorType();
        if (!type.hasShape()) {
            return;
        }
        TensorShapeProto declared = type.getShape();
        if (declared.getDimCount() != shape.rank()) {
            throw new GraphException(
                    what(input) + ": got the shape " + shape + ", expected rank " + declared.getDimCount());
        }
        for (int axis = 0; axis < shape.rank(); axis++) {
            Dimension dimension = declared.getDim(axis);
            long extent = shape.extent(axis);
            if (!dimension.getDimParam().isEmpty()) {
                Long bound = symbols.putIfAbsent(dimension.getDimParam(), extent);
                if (bound != null && bound != extent) {
                    throw new GraphException(what(input) + ": got " + extent + " for the symbol "
                            + dimension.getDimParam() + ", expected " + bound + " as elsewhere");
                }
            }
        }
    }

    private Shape declared(ValueInfoProto input) {
        TypeProto.Tensor type = input.getType().getTensorType();
        if (!type.hasShape()) {
            throw new GraphException(what(input) + ": got no rank, expected a shape in the file or from the caller");
        }
        TensorShapeProto declared = type.getShape();
        if (declared.getDimCount() > Limits.RANK) {
            throw new GraphException(
                    what(input) + ": got rank " + declared.getDimCount() + ", expected at most " + Limits.RANK);
        }
        long[] extents = new long[declared.getDimCount()];
        for (int axis = 0; axis < extents.length; axis++) {
            Dimension dimension = declared.getDim(axis);
            extents[axis] = dimension.hasDimValue()
                    ? dimension.getDimValue()
                    : symbols.getOrDefault(dimension.getDimParam(), 1L);
        }
        return Limits.shape(what(input), extents);
    }
}
