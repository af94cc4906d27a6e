// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.UnsafeByteOperations;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Node;
import dev.inlay.tensor.Tensor;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The graph of a file while it is written: nodes and initializers under names of their own, and what they call. */
final class FileGraph {
    private final GraphProto.Builder to;
    private final Set<String> valueNames = new HashSet<>();
    private final Set<String> nodeNames = new HashSet<>();
    private final OddWidths widths;
    private boolean qonnx;
    private final EnumSet<InlayFunction> functions = EnumSet.noneOf(InlayFunction.class);

    /**
     * @param graph whose names no other value or node may have
     */
    FileGraph(Graph graph, OddWidths widths, GraphProto.Builder to) {
        this.widths = widths;
        this.to = to;
        graph.inputs().forEach(value -> valueNames.add(value.name()));
        valueNames.addAll(graph.constants().keySet());
        valueNames.addAll(graph.encoded().keySet());
        for (Node node : graph.nodes()) {
            valueNames.addAll(node.outputs());
            nodeNames.add(node.name());
        }
    }

    OddWidths widths() {
        return widths;
    }

    /** Notes that a node is one of QONNX. */
    void useQonnx() {
        qonnx = true;
    }

    boolean usesQonnx() {
        return qonnx;
    }

    /** The functions that nodes call. */
    Set<InlayFunction> functions() {
        return functions;
    }

    void add(NodeProto.Builder node) {
        to.addNode(node);
    }

    /** A call of a function. */
    NodeProto.Builder call(InlayFunction function, String name, List<String> inputs, String output) {
        functions.add(function);
        return node(name, function.title(), inputs, output).setDomain(InlayFunction.DOMAIN);
    }

    static NodeProto.Builder node(String name, String op, List<String> inputs, String output) {
        return NodeProto.newBuilder()
                .setName(name)
                .setOpType(op)
                .addAllInput(inputs)
                .addOutput(output);
    }

    /** An initializer beside the graph's constants; the name it got. */
    String constant(String wish, Tensor tensor) {
        String name = freshValue(wish);
        to.addInitializer(OnnxWriter.tensor(name, tensor));
        return name;
    }

    /** As {@link #constant}, of integers in a type of files. */
    String constant(String wish, Tensor tensor, CodeType type) {
        String name = freshValue(wish);
        TensorProto.Builder proto = TensorProto.newBuilder().setName(name).setDataType(type.number());
        for (long extent : tensor.shape().toArray()) {
            proto.addDims(extent);
        }
        to.addInitializer(proto.setRawData(UnsafeByteOperations.unsafeWrap(type.pack(tensor))));
        return name;
    }

    String freshValue(String wish) {
        return Scope.fresh(wish, valueNames);
    }

    String freshNode(String wish) {
        return Scope.fresh(wish, nodeNames);
    }
}
