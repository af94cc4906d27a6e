// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Coded.Scales;
import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Quantizer;
import dev.inlay.graph.Function;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Lanewise.Arithmetic;
import dev.inlay.graph.Node;
import dev.inlay.graph.Reduction;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Operators that quantise by what they see, and sums of integers. Sums are computed in FLOAT32 where the weights say
 * that every sum is exact in it, otherwise digit by digit of the weights, which are added as INT32.
 */
final class IntegerImport {
    /** Whole numbers up to this magnitude are exact in FLOAT32. */
    private static final double EXACT = 1 << 24;

    private static final Quantizer.Uniform WHOLE = new Quantizer.Uniform(Levels.Integers.UNSIGNED_8, 1, 0);

    private IntegerImport() {}

    static void dynamicQuantize(OnnxNode node) {
        node.requireFloat32();
        Scope scope = node.scope();
        String x = node.input(0);
        String zero = node.scalar("nought", 0);
        String high = bound(node, Reduction.Fold.MAX, Arithmetic.MAX, zero);
        String low = bound(node, Reduction.Fold.MIN, Arithmetic.MIN, zero);
        String span = node.step("span", new Lanewise.Binary(Arithmetic.SUB), List.of(high, low));
        String step = node.step("step", new Lanewise.Binary(Arithmetic.DIV), List.of(span, node.scalar("most", 255)));
        // Zeros alone have no span, and any scale.
        String scale = named(node, 1, "scale");
        scope.node(new Node(
                scope.freshNode(node.name() + "/scale"),
                new Lanewise.Binary(Arithmetic.MAX),
                List.of(step, node.scalar("least", Float.MIN_NORMAL)),
                List.of(scale)));
        String below = node.step("below", new Lanewise.Binary(Arithmetic.DIV), List.of(low, scale));
        String above = node.step("above", new Lanewise.Unary(Function.of(Function.Kind.NEGATE)), List.of(below));
        String point = node.step("point", new Lanewise.Quantize(WHOLE), List.of(above));
        String steps = node.step("steps", new Lanewise.Binary(Arithmetic.DIV), List.of(x, scale));
        Quantizer.Uniform rounding = new Quantizer.Uniform(new Levels.Integers(-255, 255), 1, 0);
        String rounded = node.step("rounded", new Lanewise.Quantize(rounding), List.of(steps));
        String shifted = node.step("shifted", new Lanewise.Binary(Arithmetic.ADD), List.of(rounded, point));
        String codes = node.step("codes", new Lanewise.Quantize(WHOLE), List.of(shifted));
        scope.codes(node.output(), new Codes(codes, WHOLE, ElementType.UINT8, true, node.name()));
        if (!node.output(2).isEmpty()) {
            String name = scope.freshNode(node.name() + "/zero");
            scope.codes(node.output(2), new Codes(point, WHOLE, ElementType.UINT8, true, name));
        }
    }

    private static String named(OnnxNode node, int output, String suffix) {
        return node.output(output).isEmpty()
                ? node.scope().freshValue(node.output() + "/" + suffix)
                : node.output(output);
    }

    private static String bound(OnnxNode node, Reduction.Fold fold, Arithmetic arithmetic, String zero) {
        List<Integer> axes = IntStream.range(0, node.shape(0).rank()).boxed().toList();
        String suffix = fold == Reduction.Fold.MAX ? "max" : "min";
        String found = axes.isEmpty()
                ? node.input(0)
                : node.step(suffix, new Reduction.Reduce(fold, axes, false), List.of(node.input(0)));
        return node.step(suffix + "0", new Lanewise.Binary(arithmetic), List.of(found, zero));
    }

    static void matMul(OnnxNode node) {
        sums(node, -1, ContractionImport::matMul);
    }

    static void conv(OnnxNode node) {
        sums(node, 0, ContractionImport::conv);
    }

    /**
     * @param axis of the weights along which zero points may lie
     * @param make imports the operator on floating-point numbers
     */
    private static void sums(OnnxNode node, int axis, Consumer<OnnxNode> make) {
        Scope scope = node.scope();
        Coded weights = weights(node, axis);
        String x = activations(node);
        if (isExact(weights, axis)) {
            String sums = contraction(node, x, weights, "", make);
            scope.whole(node.output(), sums);
            define(node, new Lanewise.Cast(ElementType.INT32), List.of(sums));
            return;
        }
        for (int bits = 4; bits > 0; bits /= 2) {
            List<Coded> digits = digits(node, weights, bits);
            if (digits.stream().allMatch(digit -> isExact(digit, axis))) {
                String sum = "";
                for (int place = digits.size() - 1; place >= 0; place--) {
                    String part = contraction(node, x, digits.get(place), "/digit" + place, make);
                    String whole = node.step("whole" + place, new Lanewise.Cast(ElementType.INT32), List.of(part));
                    if (sum.isEmpty()) {
                        sum = whole;
                        continue;
                    }
                    Tensor base = Tensor.allocate(ElementType.INT32, Shape.SCALAR);
                    base.setLong(0, 1L << bits);
                    String above = node.step(
                            "above" + place,
                            new Lanewise.Binary(Arithmetic.MUL),
                            List.of(sum, node.constant("base" + place, base)));
                    if (place == 0) {
                        define(node, new Lanewise.Binary(Arithmetic.ADD), List.of(above, whole));
                    } else {
                        sum = node.step("sum" + place, new Lanewise.Binary(Arithmetic.ADD), List.of(above, whole));
                    }
                }
                return;
            }
        }
        throw node.unsupported("got weights " + weights.shape() + ", expected no more than " + EXACT / 255
                + " that meet in one output");
    }

    private static void define(OnnxNode node, Lanewise op, List<String> from) {
        Scope scope = node.scope();
        scope.node(new Node(scope.freshNode(node.name() + "/integers"), op, from, List.of(node.output())));
    }

    private static String contraction(OnnxNode node, String x, Coded weights, String suffix, Consumer<OnnxNode> make) {
        Scope scope = node.scope();
        String w = scope.freshValue(node.output() + "/w" + suffix);
        String sums = scope.freshValue(node.output() + "/sums" + suffix);
        scope.encoded(w, weights);
        make.accept(node.named(suffix).with(List.of(x, w), sums));
        return sums;
    }

    private static boolean isExact(Coded weights, int axis) {
        return reached(weights, axis) * 255.0 <= EXACT;
    }

    /** Weights as digits of so many bits, the lowest first; the sign is the highest one's. */
    private static List<Coded> digits(OnnxNode node, Coded weights, int bits) {
        Coded.Term term = weights.terms().getFirst();
        int last = 8 / bits - (bits == 1 ? 0 : 1);
        List<Coded> digits = new ArrayList<>();
        for (int place = 0; place <= last; place++) {
            boolean top = place == last;
            int shift = place * bits;
            Tensor codes = node.scope().allocateCodes(ElementType.INT8, weights.shape());
            for (long i = 0; i < codes.elements(); i++) {
                long rest = term.codes().getLong(i) >> shift;
                codes.setLong(i, top ? rest : rest & ((1L << bits) - 1));
            }
            Levels.Integers levels = top
                    ? new Levels.Integers(
                            Math.min(-1, term.levels().low() >> shift),
                            Math.max(0, term.levels().high() >> shift))
                    : new Levels.Integers(0, (1 << bits) - 1);
            digits.add(new Coded(weights.shape(), List.of(new Coded.Term(levels, codes, term.scales()))));
        }
        return digits;
    }

    /** The greatest sum of magnitudes of the weights that meet in one output. */
    private static double reached(Coded weights, int axis) {
        Shape shape = weights.shape();
        int along = axis < 0 ? shape.rank() - 1 : axis;
        long inner = shape.elements(along + 1, shape.rank());
        long[] sums = new long[Math.toIntExact(shape.extent(along))];
        Tensor codes = weights.terms().getFirst().codes();
        for (long i = 0; i < shape.elements(); i++) {
            sums[(int) (i / inner % sums.length)] += Math.abs(codes.getLong(i));
        }
        long most = 0;
        for (long sum : sums) {
            most = Math.max(most, sum);
        }
        return (double) most;
    }

    private static Coded weights(OnnxNode node, int axis) {
        Tensor codes = node.constant(1)
                .orElseThrow(() -> node.unsupported("got weights computed at run time, expected a constant"));
        CodeType type = node.scope()
                .codeType(node.input(1))
                .orElseThrow(() -> node.unsupported("got weights of " + node.type(1) + ", expected INT8 or UINT8"));
        Optional<Tensor> zeros = node.constant(3);
        if (node.has(3) && zeros.isEmpty()) {
            throw node.unsupported("got a zero point of weights computed at run time, expected a constant");
        }
        Shape shape = codes.shape();
        if (shape.rank() < 2) {
            throw node.unsupported("got weights of shape " + shape + ", expected rank >= 2");
        }
        long count = zeros.map(Tensor::elements).orElse(1L);
        float[] ones = new float[Math.toIntExact(count)];
        Arrays.fill(ones, 1);
        Scales scales =
                count == 1 ? Scales.of(1) : new Scales(Tensor.of(Shape.of(count), ones), shape.normalise(axis), 0);
        scales.requireFits(shape);
        return new Steps(scales, zeros).encoded(codes, node.scope().range(node.input(1), type), node.scope());
    }

    /** The activations less their zero point, as FLOAT32. */
    private static String activations(OnnxNode node) {
        Scope scope = node.scope();
        String x = whole(node, 0, "x");
        if (!node.has(2)) {
            return x;
        }
        Optional<Tensor> zero = node.constant(2);
        if (zero.isPresent()) {
            if (zero.get().elements() != 1) {
                throw node.unsupported("got " + zero.get().elements() + " zero points of activations, expected one");
            }
            if (zero.get().getLong(0) == 0) {
                return x;
            }
            String value = scope.freshValue(node.output() + "/zero");
            scope.constant(value, Tensor.of(Shape.SCALAR, zero.get().getFloat(0)));
            return node.step("shifted", new Lanewise.Binary(Arithmetic.SUB), List.of(x, value));
        }
        if (node.shape(2).elements() != 1) {
            throw node.unsupported("got " + node.shape(2).elements() + " zero points of activations, expected one");
        }
        String point = whole(node, 2, "zero");
        if (node.shape(2).rank() > 0) {
            point = node.reshaped("scalar", point, Shape.SCALAR);
        }
        return node.step("shifted", new Lanewise.Binary(Arithmetic.SUB), List.of(x, point));
    }

    /** Codes as the FLOAT32 numbers that they are. */
    private static String whole(OnnxNode node, int position, String suffix) {
        String codes = node.input(position);
        CodeType type = node.scope()
                .codeType(codes)
                .orElseThrow(
                        () -> node.unsupported("got codes of " + node.type(position) + ", expected INT8 or UINT8"));
        Optional<Codes> of = node.scope().codes(codes);
        if (of.isPresent() && of.get().by().scale() == 1 && of.get().by().zero() == 0) {
            return node.scope().real(codes, node.scope().freshValue(codes + "/real"));
        }
        node.scope().materialise(codes);
        return node.step(suffix, new Lanewise.Decode(new Quantizer.Uniform(type.range(), 1, 0)), List.of(codes));
    }
}
