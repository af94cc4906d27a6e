// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import ai.onnx.proto.OnnxMl;
import dev.inlay.graph.GraphException;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntToLongFunction;

/** Makes host tensors of a file's tensors, with a bound on their total size. */
final class TensorReader {
    private static final Map<Integer, ElementType> TYPES = Map.of(
            OnnxMl.TensorProto.DataType.FLOAT_VALUE, ElementType.FLOAT32,
            OnnxMl.TensorProto.DataType.DOUBLE_VALUE, ElementType.FLOAT64,
            OnnxMl.TensorProto.DataType.INT8_VALUE, ElementType.INT8,
            OnnxMl.TensorProto.DataType.UINT8_VALUE, ElementType.UINT8,
            OnnxMl.TensorProto.DataType.INT32_VALUE, ElementType.INT32,
            OnnxMl.TensorProto.DataType.INT64_VALUE, ElementType.INT64,
            OnnxMl.TensorProto.DataType.BOOL_VALUE, ElementType.BOOL);

    private final Optional<ExternalData> external;
    private long bytes;

    TensorReader(Optional<ExternalData> external) {
        this.external = external;
    }

    /** The element type of an ONNX type number, if tensors can have it. */
    static Optional<ElementType> type(int number) {
        return Optional.ofNullable(TYPES.get(number));
    }

    /** The ONNX type number of an element type. */
    static int number(ElementType type) {
        return switch (type) {
            case FLOAT32 -> OnnxMl.TensorProto.DataType.FLOAT_VALUE;
            case FLOAT64 -> OnnxMl.TensorProto.DataType.DOUBLE_VALUE;
            case INT8 -> OnnxMl.TensorProto.DataType.INT8_VALUE;
            case UINT8 -> OnnxMl.TensorProto.DataType.UINT8_VALUE;
            case INT32 -> OnnxMl.TensorProto.DataType.INT32_VALUE;
            case INT64 -> OnnxMl.TensorProto.DataType.INT64_VALUE;
            case BOOL -> OnnxMl.TensorProto.DataType.BOOL_VALUE;
        };
    }

    /** The name of an ONNX type number, for messages. */
    static String typeName(int number) {
        OnnxMl.TensorProto.DataType type = OnnxMl.TensorProto.DataType.forNumber(number);
        return type == null ? "type " + number : type.name();
    }

    /**
     * @param what the tensor, for messages
     * @throws GraphException if its type, its extents or its data do not fit
     */
    Tensor read(String what, OnnxMl.TensorProto proto) {
        ElementType type = type(proto.getDataType())
                .orElseThrow(() -> new GraphException(what + ": got elements of " + typeName(proto.getDataType())
                        + ", expected one of " + List.of(ElementType.values())));
        Shape shape = shape(what, proto, type);
        long size = shape.elements() * type.bytes();
        return bytes(what, proto, size)
                .map(data -> normalised(new Tensor(type, shape, data)))
                .orElseGet(() -> typed(what, proto, type, shape));
    }

    /**
     * As {@link #read}, of integers that host tensors hold as wider ones.
     *
     * @param type the type that the file gives them
     */
    Tensor read(String what, OnnxMl.TensorProto proto, CodeType type) {
        Shape shape = shape(what, proto, type.host());
        long size = type.bytes(shape.elements());
        MemorySegment data = bytes(what, proto, size).orElseGet(() -> {
            boolean whole = type.bytes(2) > 1;
            Tensor numbers = int32(
                    what,
                    proto,
                    ElementType.INT32,
                    Shape.of(whole ? shape.elements() : size),
                    whole ? type.range().low() : 0,
                    whole ? type.range().high() : 255);
            Tensor bytes = Tensor.allocate(ElementType.UINT8, Shape.of(size));
            for (long i = 0; i < size; i++) {
                bytes.setLong(i, whole ? numbers.getLong(i / 2) >> (i % 2 * 8) : numbers.getLong(i));
            }
            return bytes.data();
        });
        Tensor result = Tensor.allocate(type.host(), shape);
        for (long i = 0; i < shape.elements(); i++) {
            result.setLong(i, type.get(data, i));
        }
        return result;
    }

    private Shape shape(String what, OnnxMl.TensorProto proto, ElementType type) {
        long[] extents = new long[Math.min(proto.getDimsCount(), Limits.RANK + 1)];
        for (int axis = 0; axis < extents.length; axis++) {
            extents[axis] = proto.getDims(axis);
        }
        Shape shape = Limits.shape(what, extents);
        bytes += shape.elements() * type.bytes();
        if (bytes > Limits.CONSTANT_BYTES) {
            throw new GraphException(
                    what + ": got more than " + Limits.CONSTANT_BYTES + " bytes of constants, expected at most that");
        }
        if (proto.hasSegment()) {
            throw new GraphException(what + ": got a segment of a tensor, expected a whole one");
        }
        return shape;
    }

    /** The bytes that a file has of a tensor, in memory of their own; empty where it has typed numbers. */
    private Optional<MemorySegment> bytes(String what, OnnxMl.TensorProto proto, long size) {
        boolean outside = proto.getDataLocation() == OnnxMl.TensorProto.DataLocation.EXTERNAL;
        if (outside && external.isEmpty()) {
            throw new GraphException(what + ": got external data, expected all data inside a model that is no file");
        }
        if (!outside && !proto.hasRawData()) {
            return Optional.empty();
        }
        requireOneField(what, proto, outside ? "none" : "raw_data");
        if (!outside) {
            requireCount(what, "bytes of raw_data", proto.getRawData().size(), size);
        }
        MemorySegment target =
                Tensor.allocate(ElementType.UINT8, Shape.of(size)).data();
        if (outside) {
            external.get().read(what, proto, target);
        } else if (size > 0) {
            target.copyFrom(MemorySegment.ofBuffer(proto.getRawData().asReadOnlyByteBuffer()));
        }
        return Optional.of(target);
    }

    private static Tensor typed(String what, OnnxMl.TensorProto proto, ElementType type, Shape shape) {
        return switch (type) {
            case FLOAT32 -> {
                requireOneField(what, proto, "float_data");
                requireCount(what, "numbers in float_data", proto.getFloatDataCount(), shape.elements());
                Tensor tensor = Tensor.allocate(type, shape);
                for (int i = 0; i < proto.getFloatDataCount(); i++) {
                    tensor.data().setAtIndex(ValueLayout.JAVA_FLOAT, i, proto.getFloatData(i));
                }
                yield tensor;
            }
            case FLOAT64 -> {
                requireOneField(what, proto, "double_data");
                requireCount(what, "numbers in double_data", proto.getDoubleDataCount(), shape.elements());
                Tensor tensor = Tensor.allocate(type, shape);
                for (int i = 0; i < proto.getDoubleDataCount(); i++) {
                    tensor.data().setAtIndex(ValueLayout.JAVA_DOUBLE, i, proto.getDoubleData(i));
                }
                yield tensor;
            }
            case INT64 -> {
                requireOneField(what, proto, "int64_data");
                requireCount(what, "numbers in int64_data", proto.getInt64DataCount(), shape.elements());
                yield integers(what, type, shape, Long.MIN_VALUE, Long.MAX_VALUE, proto::getInt64Data);
            }
            case INT32 -> int32(what, proto, type, shape, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case INT8 -> int32(what, proto, type, shape, Byte.MIN_VALUE, Byte.MAX_VALUE);
            case UINT8 -> int32(what, proto, type, shape, 0, 255);
            case BOOL -> int32(what, proto, type, shape, 0, 1);
        };
    }

    private static Tensor int32(
            String what, OnnxMl.TensorProto proto, ElementType type, Shape shape, long least, long most) {
        requireOneField(what, proto, "int32_data");
        requireCount(what, "numbers in int32_data", proto.getInt32DataCount(), shape.elements());
        return integers(what, type, shape, least, most, proto::getInt32Data);
    }

    private static Tensor integers(
            String what, ElementType type, Shape shape, long least, long most, IntToLongFunction source) {
        Tensor tensor = Tensor.allocate(type, shape);
        for (int i = 0; i < shape.elements(); i++) {
            long number = source.applyAsLong(i);
            if (number < least || number > most) {
                throw new GraphException(
                        what + ": got " + number + " for " + type + ", expected " + least + " to " + most);
            }
            tensor.setLong(i, number);
        }
        return tensor;
    }

    private static Tensor normalised(Tensor tensor) {
        if (tensor.type() == ElementType.BOOL) {
            for (long i = 0; i < tensor.elements(); i++) {
                tensor.setLong(i, tensor.getLong(i) == 0 ? 0 : 1);
            }
        }
        return tensor;
    }

    private static void requireOneField(String what, OnnxMl.TensorProto proto, String expected) {
        List<String> filled = new ArrayList<>();
        if (proto.hasRawData()) {
            filled.add("raw_data");
        }
        if (proto.getFloatDataCount() > 0) {
            filled.add("float_data");
        }
        if (proto.getDoubleDataCount() > 0) {
            filled.add("double_data");
        }
        if (proto.getInt32DataCount() > 0) {
            filled.add("int32_data");
        }
        if (proto.getInt64DataCount() > 0) {
            filled.add("int64_data");
        }
        if (proto.getUint64DataCount() > 0) {
            filled.add("uint64_data");
        }
        if (proto.getStringDataCount() > 0) {
            filled.add("string_data");
        }
        filled.remove(expected);
        if (!filled.isEmpty()) {
            throw new GraphException(what + ": got data in " + filled + ", expected " + expected + " only");
        }
    }

    private static void requireCount(String what, String unit, long got, long expected) {
        if (got != expected) {
            throw new GraphException(what + ": got " + got + " " + unit + ", expected " + expected);
        }
    }
}
