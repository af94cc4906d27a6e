// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Function;
import dev.inlay.graph.Graph;
import dev.inlay.graph.GraphException;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Move;
import dev.inlay.graph.Node;
import dev.inlay.graph.Normalization;
import dev.inlay.graph.Pool;
import dev.inlay.graph.Reduction;
import dev.inlay.graph.Window;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Writes a graph's nodes as ONNX nodes, one or more each. */
final class NodeWriter {
    private static final int OPSET_OF_AXES_INPUT = 18;

    private final Graph graph;
    private final int opset;
    private final FileGraph to;
    private final QuantizerWriter quantizers;

    NodeWriter(Graph graph, int opset, FileGraph to) {
        this.graph = graph;
        this.opset = opset;
        this.to = to;
        this.quantizers = new QuantizerWriter(to);
    }

    /** Writes a node; what its output goes through last comes as nodes of its own. */
    void write(Node node) {
        if (node.quantizer().isEmpty()) {
            plainly(node);
            return;
        }
        String sums = to.freshValue(node.output() + "/unquantised");
        plainly(new Node(node.name(), node.op(), node.inputs(), List.of(sums)));
        quantizers.project(
                to.freshNode(node.name() + "/quantize"),
                node.quantizer().get(),
                sums,
                node.output(),
                graph.value(node.output()).shape());
    }

    private void plainly(Node node) {
        switch (node.op()) {
            case Contraction contraction -> contraction(node, contraction);
            case Lanewise.Unary unary -> function(node, node.name(), unary.function(), node.input(0), node.output());
            case Lanewise.Binary binary -> add(node, name(binary.arithmetic()));
            case Lanewise.PRelu pRelu -> add(node, "PRelu");
            case Lanewise.Cast cast ->
                to.add(plain(node, "Cast").addAttribute(AttributeWriter.of("to", TensorReader.number(cast.to()))));
            case Lanewise.Quantize quantize ->
                quantizers.project(
                        node.name(),
                        quantize.to(),
                        node.input(0),
                        node.output(),
                        graph.value(node.input(0)).shape());
            case Lanewise.Encode encode ->
                quantizers.encode(node.name(), encode.by(), encode.codes(), node.input(0), node.output());
            case Lanewise.Decode decode -> decode(node, decode);
            case Pool.MaxPool pool -> to.add(window(plain(node, "MaxPool"), pool.window(), pool.ceil()));
            case Pool.AveragePool pool ->
                to.add(window(plain(node, "AveragePool"), pool.window(), pool.ceil())
                        .addAttribute(AttributeWriter.of("count_include_pad", pool.countPadding() ? 1 : 0)));
            case Normalization.BatchNormalization batch ->
                to.add(plain(node, "BatchNormalization").addAttribute(AttributeWriter.of("epsilon", batch.epsilon())));
            case Normalization.Lrn lrn ->
                to.add(plain(node, "LRN")
                        .addAttribute(AttributeWriter.of("size", lrn.size()))
                        .addAttribute(AttributeWriter.of("alpha", lrn.alpha()))
                        .addAttribute(AttributeWriter.of("beta", lrn.beta()))
                        .addAttribute(AttributeWriter.of("bias", lrn.bias())));
            case Normalization.Softmax softmax -> softmax(node, softmax);
            case Reduction.Reduce reduce -> reduce(node, reduce);
            case Reduction.ArgMax argMax ->
                to.add(plain(node, "ArgMax")
                        .addAttribute(AttributeWriter.of("axis", argMax.axis()))
                        .addAttribute(AttributeWriter.of("keepdims", argMax.keep() ? 1 : 0)));
            case Move.Reshape reshape -> reshape(node.name(), node.input(0), node.output(), reshape.to());
            case Move.Transpose transpose ->
                to.add(plain(node, "Transpose").addAttribute(AttributeWriter.of("perm", transpose.order())));
            case Move.Concat concat ->
                to.add(plain(node, "Concat").addAttribute(AttributeWriter.of("axis", concat.axis())));
            case Move.Pad pad -> pad(node, pad);
        }
    }

    private void decode(Node node, Lanewise.Decode decode) {
        ElementType type = graph.value(node.input(0)).type();
        CodeType codes = CodeType.of(type)
                .orElseThrow(() -> new GraphException(
                        "node \"" + node.name() + "\": got codes of " + type + ", expected INT8 or UINT8"));
        quantizers.decode(node.name(), decode.by(), codes, node.input(0), node.output());
    }

    private void contraction(Node node, Contraction contraction) {
        Epilogue epilogue = contraction.epilogue();
        boolean addsBias = contraction instanceof Contraction.MatMul && node.hasInput(2);
        boolean activates = !epilogue.activation().isIdentity();
        int parts = 1 + (addsBias ? 1 : 0) + (epilogue.residual() ? 1 : 0) + (activates ? 1 : 0);
        List<String> names = new ArrayList<>();
        List<String> values = new ArrayList<>();
        names.add(node.name());
        for (int part = 1; part < parts; part++) {
            names.add(to.freshNode(node.name() + "/part" + part));
            values.add(to.freshValue(node.output() + "/part" + part));
        }
        values.add(node.output());
        int part = 0;
        to.add(sums(node, contraction).setName(names.get(0)).addOutput(values.get(0)));
        if (addsBias) {
            part++;
            to.add(node(names.get(part), "Add", List.of(values.get(part - 1), node.input(2)), values.get(part)));
        }
        if (epilogue.residual()) {
            part++;
            to.add(node(names.get(part), "Add", List.of(values.get(part - 1), node.input(3)), values.get(part)));
        }
        if (activates) {
            part++;
            function(node, names.get(part), epilogue.activation(), values.get(part - 1), values.get(part));
        }
    }

    /** The sums of a contraction with no more than ONNX's operator does to them; name and output are not set. */
    private static NodeProto.Builder sums(Node node, Contraction contraction) {
        NodeProto.Builder proto = NodeProto.newBuilder().addInput(node.input(0)).addInput(node.input(1));
        return switch (contraction) {
            case Contraction.Conv conv -> {
                bias(node, proto).setOpType("Conv");
                Window window = conv.window();
                yield spatial(proto, window)
                        .addAttribute(
                                AttributeWriter.of("dilations", List.of(window.rowDilation(), window.columnDilation())))
                        .addAttribute(AttributeWriter.of("group", conv.groups()));
            }
            case Contraction.Gemm gemm ->
                bias(node, proto)
                        .setOpType("Gemm")
                        .addAttribute(AttributeWriter.of("alpha", gemm.alpha()))
                        .addAttribute(AttributeWriter.of("beta", gemm.beta()))
                        .addAttribute(AttributeWriter.of("transA", gemm.transposeA() ? 1 : 0))
                        .addAttribute(AttributeWriter.of("transB", gemm.transposeB() ? 1 : 0));
            case Contraction.MatMul matMul -> proto.setOpType("MatMul");
        };
    }

    private static NodeProto.Builder bias(Node node, NodeProto.Builder proto) {
        return node.hasInput(2) ? proto.addInput(node.input(2)) : proto;
    }

    private static NodeProto.Builder spatial(NodeProto.Builder proto, Window window) {
        return proto.addAttribute(AttributeWriter.of("kernel_shape", List.of(window.rows(), window.columns())))
                .addAttribute(AttributeWriter.of("strides", List.of(window.rowStride(), window.columnStride())))
                .addAttribute(AttributeWriter.of(
                        "pads", List.of(window.top(), window.left(), window.bottom(), window.right())));
    }

    private static NodeProto.Builder window(NodeProto.Builder proto, Window window, boolean ceil) {
        spatial(proto, window).addAttribute(AttributeWriter.of("ceil_mode", ceil ? 1 : 0));
        if (Math.max(window.rowDilation(), window.columnDilation()) > 1) {
            proto.addAttribute(AttributeWriter.of("dilations", List.of(window.rowDilation(), window.columnDilation())));
        }
        return proto;
    }

    private void function(Node node, String name, Function function, String from, String output) {
        if (function.isIdentity()) {
            to.add(node(name, "Identity", List.of(from), output));
        } else if (function.kind() == Function.Kind.CLIP) {
            ElementType type = graph.value(node.input(0)).type();
            String low = to.constant(output + "/min", scalar(type, function.alpha()));
            String high = to.constant(output + "/max", scalar(type, function.beta()));
            to.add(node(name, "Clip", List.of(from, low, high), output));
        } else {
            FunctionTable.Row row = FunctionTable.row(function.kind()).orElseThrow();
            NodeProto.Builder proto = node(name, row.op(), List.of(from), output);
            if (!row.alpha().name().isEmpty()) {
                proto.addAttribute(AttributeWriter.of(row.alpha().name(), function.alpha()));
            }
            if (!row.beta().name().isEmpty()) {
                proto.addAttribute(AttributeWriter.of(row.beta().name(), function.beta()));
            }
            to.add(proto);
        }
    }

    private void softmax(Node node, Normalization.Softmax softmax) {
        String op = softmax.logarithm() ? "LogSoftmax" : "Softmax";
        Shape x = graph.value(node.input(0)).shape();
        int axis = x.normalise(softmax.axis());
        if (!softmax.flattened() || axis == x.rank() - 1) {
            to.add(plain(node, op).addAttribute(AttributeWriter.of("axis", axis)));
            return;
        }
        String rows = to.freshValue(node.output() + "/rows");
        String exponentials = to.freshValue(node.output() + "/softmax");
        reshape(
                to.freshNode(node.name() + "/rows"),
                node.input(0),
                rows,
                Shape.of(x.elements(0, axis), x.elements(axis, x.rank())));
        to.add(node(to.freshNode(node.name() + "/softmax"), op, List.of(rows), exponentials)
                .addAttribute(AttributeWriter.of("axis", 1)));
        reshape(node.name(), exponentials, node.output(), x);
    }

    private void reduce(Node node, Reduction.Reduce reduce) {
        if (reduce.axes().isEmpty()) {
            to.add(node(node.name(), "Identity", List.of(node.input(0)), node.output()));
            return;
        }
        NodeProto.Builder proto = NodeProto.newBuilder()
                .setName(node.name())
                .setOpType("Reduce" + name(reduce.kind()))
                .addInput(node.input(0))
                .addOutput(node.output())
                .addAttribute(AttributeWriter.of("keepdims", reduce.keep() ? 1 : 0));
        if (reduce.kind() == Reduction.Fold.SUM || opset >= OPSET_OF_AXES_INPUT) {
            proto.addInput(to.constant(node.output() + "/axes", integers(reduce.axes())));
        } else {
            proto.addAttribute(AttributeWriter.of("axes", reduce.axes()));
        }
        to.add(proto);
    }

    private void reshape(String name, String from, String output, Shape shape) {
        // A zero would stand for the input's extent.
        NodeProto.Builder proto = node(
                name,
                "Reshape",
                List.of(from, to.constant(output + "/shape", Tensor.of(Shape.of(shape.rank()), shape.toArray()))),
                output);
        if (shape.elements() == 0) {
            proto.addAttribute(AttributeWriter.of("allowzero", 1));
        }
        to.add(proto);
    }

    private void pad(Node node, Move.Pad pad) {
        List<Integer> pads = new ArrayList<>(pad.before());
        pads.addAll(pad.after());
        ElementType type = graph.value(node.input(0)).type();
        to.add(node(
                node.name(),
                "Pad",
                List.of(
                        node.input(0),
                        to.constant(node.output() + "/pads", integers(pads)),
                        to.constant(node.output() + "/value", scalar(type, pad.value()))),
                node.output()));
    }

    private void add(Node node, String op) {
        to.add(plain(node, op));
    }

    private static NodeProto.Builder plain(Node node, String op) {
        return node(node.name(), op, node.inputs(), node.output());
    }

    private static NodeProto.Builder node(String name, String op, List<String> inputs, String output) {
        return FileGraph.node(name, op, inputs, output);
    }

    private static Tensor scalar(ElementType type, float number) {
        Tensor tensor = Tensor.allocate(type, Shape.SCALAR);
        tensor.set(0, number);
        return tensor;
    }

    private static Tensor integers(List<Integer> numbers) {
        return Tensor.of(
                Shape.of(numbers.size()),
                numbers.stream().mapToLong(Integer::longValue).toArray());
    }

    private static String name(Lanewise.Arithmetic arithmetic) {
        return switch (arithmetic) {
            case ADD -> "Add";
            case SUB -> "Sub";
            case MUL -> "Mul";
            case DIV -> "Div";
            case POW -> "Pow";
            case MIN -> "Min";
            case MAX -> "Max";
        };
    }

    private static String name(Reduction.Fold fold) {
        return switch (fold) {
            case SUM -> "Sum";
            case MEAN -> "Mean";
            case MAX -> "Max";
            case MIN -> "Min";
            case PROD -> "Prod";
        };
    }
}
