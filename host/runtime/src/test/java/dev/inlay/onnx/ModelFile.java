// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Op;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Builds model files for tests, as other programs write them. */
public final class ModelFile {
    private final ModelProto.Builder model;
    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("test");

    private ModelFile(int opset) {
        model = ModelProto.newBuilder()
                .setIrVersion(10)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset));
    }

    public static ModelFile opset(int opset) {
        return new ModelFile(opset);
    }

    ModelFile input(String name, long... extents) {
        return input(name, TensorProto.DataType.FLOAT, extents);
    }

    public ModelFile input(String name, TensorProto.DataType type, long... extents) {
        graph.addInput(info(name, type, extents));
        return this;
    }

    public ModelFile integers(String name, long... values) {
        return constant(name, Tensor.of(Shape.of(values.length), values));
    }

    public ModelFile floats(String name, long[] extents, float... values) {
        return constant(name, Tensor.of(Shape.of(extents), values));
    }

    /** Integers of any type but those of 4 bits and INT64, one in each field as some programs write them. */
    public ModelFile integers(String name, TensorProto.DataType type, long[] extents, int... values) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(type.getNumber());
        Arrays.stream(extents).forEach(tensor::addDims);
        Arrays.stream(values).forEach(tensor::addInt32Data);
        return initializer(tensor.build());
    }

    /** Integers that differ, from {@code low} to {@code high}. */
    public ModelFile mixed(String name, TensorProto.DataType type, int low, int high, long... extents) {
        int[] values = new int[Math.toIntExact(Shape.of(extents).elements())];
        Arrays.setAll(values, index -> mixed(index, low, high));
        return integers(name, type, extents, values);
    }

    /** The integer at an index of {@link #mixed(String, TensorProto.DataType, int, int, long...)}. */
    public static int mixed(int index, int low, int high) {
        return low + Math.floorMod(index * 7919 + index * index * 31, high - low + 1);
    }

    ModelFile constant(String name, Tensor tensor) {
        graph.addInitializer(OnnxWriter.tensor(name, tensor));
        return this;
    }

    /** Weights whose numbers do not matter. */
    ModelFile weights(String name, long... extents) {
        Shape shape = Shape.of(extents);
        float[] values = new float[Math.toIntExact(shape.elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i * 7 % 11 - 5) / 8f;
        }
        return constant(name, Tensor.of(shape, values));
    }

    ModelFile initializer(TensorProto tensor) {
        graph.addInitializer(tensor);
        return this;
    }

    public ModelFile node(String op, List<String> inputs, String output, AttributeProto... attributes) {
        return foreign("", op, inputs, output, attributes);
    }

    public ModelFile node(String op, List<String> inputs, List<String> outputs, AttributeProto... attributes) {
        return foreign("", op, inputs, outputs, attributes);
    }

    ModelFile node(NodeProto node) {
        graph.addNode(node);
        return this;
    }

    ModelFile output(String name) {
        graph.addOutput(ValueInfoProto.newBuilder().setName(name));
        return this;
    }

    /** An output whose shape the file leaves open. */
    public ModelFile output(String name, TensorProto.DataType type) {
        graph.addOutput(ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder().setElemType(type.getNumber()))));
        return this;
    }

    ModelFile irVersion(long version) {
        model.setIrVersion(version);
        return this;
    }

    GraphProto.Builder graph() {
        return graph;
    }

    ModelFile graph(GraphProto other) {
        graph.mergeFrom(other);
        return this;
    }

    ModelFile opsetAgain(int opset) {
        model.addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset));
        return this;
    }

    public ModelFile domain(String domain, int version) {
        model.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version));
        return this;
    }

    ModelFile function(FunctionProto function) {
        model.addFunctions(function);
        return this;
    }

    /** A node of another domain than ONNX's. */
    public ModelFile foreign(
            String domain, String op, List<String> inputs, String output, AttributeProto... attributes) {
        return foreign(domain, op, inputs, List.of(output), attributes);
    }

    public ModelFile foreign(
            String domain, String op, List<String> inputs, List<String> outputs, AttributeProto... attributes) {
        return node(NodeProto.newBuilder()
                .setDomain(domain)
                .setOpType(op)
                .addAllInput(inputs)
                .addAllOutput(outputs)
                .addAllAttribute(Arrays.asList(attributes))
                .build());
    }

    ModelFile scalar(String name, float value) {
        return constant(name, Tensor.of(Shape.SCALAR, value));
    }

    /** Integers in a type of files. */
    ModelFile codes(String name, CodeType type, Shape shape, int... values) {
        Tensor tensor = Tensor.allocate(type.host(), shape);
        for (int i = 0; i < values.length; i++) {
            tensor.setLong(i, values[i]);
        }
        TensorProto.Builder proto = TensorProto.newBuilder().setName(name).setDataType(type.number());
        for (long extent : shape.toArray()) {
            proto.addDims(extent);
        }
        return initializer(
                proto.setRawData(ByteString.copyFrom(type.pack(tensor))).build());
    }

    public byte[] bytes() {
        return model.setGraph(graph).build().toByteArray();
    }

    Graph read() {
        return OnnxReader.read(bytes(), Map.of());
    }

    /** The operator that defines a value. */
    Op op(String value) {
        return read().producer(value).orElseThrow().op();
    }

    static ValueInfoProto info(String name, TensorProto.DataType type, long... extents) {
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

    public static AttributeProto ints(String name, long... values) {
        AttributeProto.Builder proto = AttributeProto.newBuilder().setName(name).setType(AttributeType.INTS);
        Arrays.stream(values).forEach(proto::addInts);
        return proto.build();
    }

    static AttributeProto text(String name, String value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(value))
                .build();
    }

    static AttributeProto tensor(String name, Tensor tensor) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeType.TENSOR)
                .setT(OnnxWriter.tensor("", tensor))
                .build();
    }

    public static AttributeProto integer(String name, int value) {
        return AttributeWriter.of(name, value);
    }

    public static AttributeProto number(String name, float value) {
        return AttributeWriter.of(name, value);
    }
}
