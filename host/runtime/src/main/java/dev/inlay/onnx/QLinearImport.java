// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import dev.inlay.encoding.Quantizer;
import dev.inlay.graph.Function;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Move;
import dev.inlay.graph.Op;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Operators of a file that read codes and give codes, each with its scales and zero points beside it: the operator on
 * the numbers that the codes stand for, whose result is quantised.
 */
final class QLinearImport {
    private QLinearImport() {}

    static void conv(OnnxNode node) {
        Steps of = steps(node, 0, 1);
        Steps weights = steps(node, 3, 0);
        List<String> from = new ArrayList<>(List.of(real(node, 0, of, "x"), real(node, 3, weights, "w")));
        if (node.has(8)) {
            from.add(bias(node, 8, of, weights, 1));
        }
        String sums = unquantised(node);
        ContractionImport.conv(node.with(from, sums));
        codes(node, sums, 6, 7);
    }

    static void matMul(OnnxNode node) {
        String left = real(node, 0, steps(node, 0, -2), "a");
        String right = real(node, 3, steps(node, 3, -1), "b");
        String sums = unquantised(node);
        ContractionImport.matMul(node.with(List.of(left, right), sums));
        codes(node, sums, 6, 7);
    }

    /** QGemm, whose result stays FLOAT32 where it is given no scale. */
    static void gemm(OnnxNode node) {
        boolean transposed = node.attributes().flag("transB", false);
        Steps left = steps(node, 0, 0);
        Steps right = steps(node, 3, transposed ? 0 : 1);
        List<String> from = new ArrayList<>(List.of(real(node, 0, left, "a"), real(node, 3, right, "b")));
        if (node.has(6)) {
            from.add(bias(node, 6, left, right, node.attributes().number("alpha", 1)));
        }
        if (!node.has(7)) {
            ContractionImport.gemm(node.with(from, node.output()));
            return;
        }
        String sums = unquantised(node);
        ContractionImport.gemm(node.with(from, sums));
        codes(node, sums, 7, 8);
    }

    static void binary(OnnxNode node, Lanewise.Arithmetic arithmetic) {
        String left = real(node, 0, steps(node, 0, 0), "a");
        String right = real(node, 3, steps(node, 3, 0), "b");
        define(node, new Lanewise.Binary(arithmetic), List.of(left, right), 6, 7);
    }

    static void concat(OnnxNode node) {
        List<String> parts = new ArrayList<>();
        if (node.inputs() % 3 != 2) {
            throw new IllegalArgumentException(
                    "got " + node.inputs() + " inputs, expected two and three for each part");
        }
        for (int position = 2; position < node.inputs(); position += 3) {
            parts.add(real(node, position, steps(node, position, 0), "part" + position / 3));
        }
        if (!node.attributes().has("axis")) {
            throw new IllegalArgumentException("got no attribute axis, expected it");
        }
        Shape first = node.shape(2);
        int axis = first.normalise(node.attributes().integer("axis", 0, -Limits.RANK, Limits.RANK));
        define(node, new Move.Concat(axis), parts, 0, 1);
    }

    static void unary(OnnxNode node, Function.Kind kind) {
        FunctionTable.Row row = FunctionTable.row(kind).orElseThrow();
        String x = real(node, 0, steps(node, 0, 0), "x");
        define(node, new Lanewise.Unary(row.function(node.attributes())), List.of(x), 3, 4);
    }

    /** A pool of one input, which {@code make} imports. */
    static void pool(OnnxNode node, Consumer<OnnxNode> make) {
        if (node.attributes().flag("channels_last", false)) {
            throw node.unsupported("got channels_last 1, expected channels in axis 1");
        }
        String x = real(node, 0, steps(node, 0, 1), "x");
        String means = unquantised(node);
        make.accept(node.with(List.of(x), means));
        codes(node, means, 3, 4);
    }

    private static void define(OnnxNode node, Op op, List<String> from, int scale, int zero) {
        String result = unquantised(node);
        node.with(from, result).define(op, from);
        codes(node, result, scale, zero);
    }

    private static String unquantised(OnnxNode node) {
        return node.scope().freshValue(node.output() + "/unquantised");
    }

    private static Steps steps(OnnxNode node, int position, int axis) {
        return Steps.of(node, position + 1, position + 2, node.shape(position), axis, 0);
    }

    private static String real(OnnxNode node, int position, Steps steps, String suffix) {
        return QuantizeImport.real(node, node.input(position), steps, suffix);
    }

    /** Makes the node's output the codes of a value. */
    private static void codes(OnnxNode node, String value, int scale, int zero) {
        Optional<CodeType> given = node.has(zero) ? node.scope().codeType(node.input(zero)) : Optional.empty();
        if (node.has(zero) && given.isEmpty()) {
            throw node.unsupported("got codes of " + node.type(zero) + ", expected INT8 or UINT8");
        }
        CodeType type = given.orElse(CodeType.UINT8);
        Steps steps = Steps.of(node, scale, zero, node.scope().value(value).shape(), 0, 0);
        Quantizer.Uniform by = QuantizeImport.uniform(node, steps, type.range());
        String quantize = node.scope().freshNode(node.name() + "/quantize");
        node.scope().codes(node.output(), new Codes(value, by, type.host(), false, quantize));
    }

    /** A bias of INT32 counts in the product of the scales. */
    private static String bias(OnnxNode node, int position, Steps left, Steps right, float factor) {
        Tensor codes = node.constant(position)
                .orElseThrow(() -> node.unsupported("got a bias computed at run time, expected a constant"));
        Tensor scales = right.scales().values();
        if (codes.type() != ElementType.INT32
                || (scales.elements() > 1 && codes.elements() % scales.elements() != 0)
                || !left.scales().isOne()) {
            throw new IllegalArgumentException("got a bias of " + codes.type() + " " + codes.shape() + " for "
                    + left.scales().values().elements() + " and " + scales.elements()
                    + " scales, expected INT32, one scale of activations and as many of weights");
        }
        double step = (double) factor * left.scales().values().getFloat(0);
        Tensor reals = node.scope().allocate(ElementType.FLOAT32, codes.shape());
        for (long i = 0; i < reals.elements(); i++) {
            reals.set(i, codes.getLong(i) * step * scales.getFloat(i % scales.elements()));
        }
        return node.constant("bias", reals);
    }
}
