// SPDX-License-Identifier: Apache-2.0
package dev.inlay.samples.training;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.ParameterList;
import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes trained layers as plain ONNX: opset 17, IR 8, input {@value #INPUT} [N, 1, 28, 28] of float32 (pixel / 255),
 * output {@value #OUTPUT} [N, 10]. Nothing is folded: each layer is one node.
 */
final class OnnxExporter {
    static final String INPUT = "image";
    static final String OUTPUT = "logits";

    private static final int IR_VERSION = 8;
    private static final int OPSET = 17;

    private final GraphProto.Builder graph = GraphProto.newBuilder();
    private final Map<String, Integer> counts = new HashMap<>();

    private OnnxExporter() {}

    /** The network's layers with their present weights. */
    static ModelProto export(Network network) {
        var exporter = new OnnxExporter();
        GraphProto.Builder graph = exporter.graph;
        graph.setName(network.name())
                .addInput(value(INPUT, 1, LabelledImages.SIDE, LabelledImages.SIDE))
                .addOutput(value(OUTPUT, FashionMnist.CLASSES.size()));
        exporter.chain(network.layers(), INPUT);
        graph.getNodeBuilder(graph.getNodeCount() - 1).setOutput(0, OUTPUT);
        return ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("inlay-samples")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
                .setGraph(graph)
                .build();
    }

    private String chain(List<Layer> layers, String input) {
        String value = input;
        for (Layer layer : layers) {
            value = append(layer, value);
        }
        return value;
    }

    private String append(Layer layer, String input) {
        return switch (layer) {
            case Layer.Convolution(Block block, int stride, int padding) -> {
                String name = name("conv");
                Parameter weight = block.getDirectParameters().get("weight");
                NodeProto.Builder node = node("Conv", name, input)
                        .addInput(tensor(name + ".weight", weight))
                        .addAttribute(ints(
                                "kernel_shape",
                                weight.getShape().get(2),
                                weight.getShape().get(3)))
                        .addAttribute(ints("strides", stride, stride))
                        .addAttribute(ints("pads", padding, padding, padding, padding));
                if (block.getDirectParameters().contains("bias")) {
                    node.addInput(
                            tensor(name + ".bias", block.getDirectParameters().get("bias")));
                }
                yield add(node);
            }
            case Layer.Normalisation(Block block) -> {
                String name = name("norm");
                ParameterList parameters = block.getDirectParameters();
                yield add(node("BatchNormalization", name, input)
                        .addInput(tensor(name + ".scale", parameters.get("gamma")))
                        .addInput(tensor(name + ".bias", parameters.get("beta")))
                        .addInput(tensor(name + ".mean", parameters.get("runningMean")))
                        .addInput(tensor(name + ".variance", parameters.get("runningVar")))
                        .addAttribute(real("epsilon", Layer.Normalisation.EPSILON))
                        .addAttribute(real("momentum", Layer.Normalisation.MOMENTUM)));
            }
            case Layer.Relu() -> add(node("Relu", name("relu"), input));
            case Layer.MaxPool(int size) ->
                add(node("MaxPool", name("pool"), input)
                        .addAttribute(ints("kernel_shape", size, size))
                        .addAttribute(ints("strides", size, size)));
            case Layer.GlobalAveragePool() -> add(node("GlobalAveragePool", name("average"), input));
            case Layer.Flatten() -> add(node("Flatten", name("flatten"), input).addAttribute(integer("axis", 1)));
            case Layer.Dense(Block block) -> {
                String name = name("fc");
                yield add(node("Gemm", name, input)
                        .addInput(tensor(
                                name + ".weight", block.getDirectParameters().get("weight")))
                        .addInput(tensor(
                                name + ".bias", block.getDirectParameters().get("bias")))
                        .addAttribute(integer("transB", 1)));
            }
            case Layer.Residual(List<Layer> body, List<Layer> shortcut) -> {
                String left = chain(body, input);
                String right = chain(shortcut, input);
                yield add(node("Add", name("add"), left).addInput(right));
            }
        };
    }

    private String name(String kind) {
        return kind + counts.merge(kind, 1, Integer::sum);
    }

    private String add(NodeProto.Builder node) {
        graph.addNode(node);
        return node.getOutput(0);
    }

    private String tensor(String name, Parameter parameter) {
        float[] values = parameter.getArray().toFloatArray();
        var raw = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        graph.addInitializer(TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.FLOAT.getNumber())
                .addAllDims(
                        Arrays.stream(parameter.getShape().getShape()).boxed().toList())
                .setRawData(ByteString.copyFrom(raw)));
        return name;
    }

    private static NodeProto.Builder node(String operator, String name, String input) {
        return NodeProto.newBuilder()
                .setOpType(operator)
                .setName(name)
                .addInput(input)
                .addOutput(name + ".out");
    }

    private static AttributeProto ints(String name, long... values) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INTS)
                .addAllInts(Arrays.stream(values).boxed().toList())
                .build();
    }

    private static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    private static AttributeProto real(String name, float value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.FLOAT)
                .setF(value)
                .build();
    }

    /** A float32 value whose first axis is the symbolic batch size. */
    private static ValueInfoProto value(String name, long... sizes) {
        var shape = TensorShapeProto.newBuilder();
        shape.addDimBuilder().setDimParam("N");
        for (long size : sizes) {
            shape.addDimBuilder().setDimValue(size);
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(TensorProto.DataType.FLOAT.getNumber())
                                .setShape(shape)))
                .build();
    }
}
