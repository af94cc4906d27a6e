// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.oracle;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.Arrays;
import java.util.List;

/** Builds model files as other programs write them. */
public final class TestFile {
    private final ModelProto.Builder model;
    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("test");

    private TestFile(int opset) {
        model = ModelProto.newBuilder().setIrVersion(10);
        domain("", opset);
    }

    public static TestFile opset(int opset) {
        return new TestFile(opset);
    }

    TestFile domain(String domain, int version) {
        model.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version));
        return this;
    }

    public TestFile input(String name, DataType type, long... extents) {
        graph.addInput(info(name, type, extents));
        return this;
    }

    public TestFile output(String name, DataType type) {
        graph.addOutput(ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder().setElemType(type.getNumber()))));
        return this;
    }

    public TestFile floats(String name, long[] extents, float... values) {
        TensorProto.Builder tensor = tensor(name, DataType.FLOAT, extents);
        for (float value : values) {
            tensor.addFloatData(value);
        }
        graph.addInitializer(tensor);
        return this;
    }

    /** Integers of any type but those of 4 bits and INT64. */
    TestFile integers(String name, DataType type, long[] extents, int... values) {
        TensorProto.Builder tensor = tensor(name, type, extents);
        for (int value : values) {
            tensor.addInt32Data(value);
        }
        graph.addInitializer(tensor);
        return this;
    }

    TestFile longs(String name, long... values) {
        TensorProto.Builder tensor = tensor(name, DataType.INT64, new long[] {values.length});
        for (long value : values) {
            tensor.addInt64Data(value);
        }
        graph.addInitializer(tensor);
        return this;
    }

    /** Integers that differ, from {@code low} to {@code high}. */
    public TestFile mixed(String name, DataType type, int low, int high, long... extents) {
        int count = (int) Arrays.stream(extents).reduce(1, (a, b) -> a * b);
        int[] values = new int[count];
        for (int i = 0; i < count; i++) {
            values[i] = mixed(i, low, high);
        }
        return integers(name, type, extents, values);
    }

    /** The integer at an index of {@link #mixed(String, DataType, int, int, long...)}. */
    static int mixed(int index, int low, int high) {
        return low + Math.floorMod(index * 7919 + index * index * 31, high - low + 1);
    }

    TestFile node(String op, List<String> inputs, List<String> outputs, AttributeProto... attributes) {
        return node("", op, inputs, outputs, attributes);
    }

    public TestFile node(String op, List<String> inputs, String output, AttributeProto... attributes) {
        return node("", op, inputs, List.of(output), attributes);
    }

    TestFile node(String domain, String op, List<String> inputs, List<String> outputs, AttributeProto... attributes) {
        graph.addNode(NodeProto.newBuilder()
                .setDomain(domain)
                .setOpType(op)
                .setName("node" + graph.getNodeCount())
                .addAllInput(inputs)
                .addAllOutput(outputs)
                .addAllAttribute(Arrays.asList(attributes)));
        return this;
    }

    public byte[] bytes() {
        return model.setGraph(graph).build().toByteArray();
    }

    static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeType.INT)
                .setI(value)
                .build();
    }

    static AttributeProto number(String name, float value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeType.FLOAT)
                .setF(value)
                .build();
    }

    static AttributeProto integers(String name, Long... values) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeType.INTS)
                .addAllInts(List.of(values))
                .build();
    }

    private static TensorProto.Builder tensor(String name, DataType type, long[] extents) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(type.getNumber());
        for (long extent : extents) {
            tensor.addDims(extent);
        }
        return tensor;
    }

    private static ValueInfoProto info(String name, DataType type, long... extents) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (long extent : extents) {
            shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(extent));
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(type.getNumber())
                                .setShape(shape)))
                .build();
    }
}
