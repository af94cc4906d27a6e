// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Coded.Scales;
import dev.inlay.encoding.Coded.Term;
import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Quantizer;
import dev.inlay.graph.Function;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Lanewise.Arithmetic;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * QONNX's operators, which quantise FLOAT32 numbers to FLOAT32 numbers at any width. A half between two codes of a value
 * that is computed at run time goes to an even number of scales, as in QuantizeLinear, be the zero point odd or even.
 */
final class QonnxImport {
    private static final int MOST_BITS = 16;

    private QonnxImport() {}

    static void quant(OnnxNode node) {
        node.requireFloat32();
        boolean signed = node.attributes().flag("signed", true);
        boolean narrow = node.attributes().flag("narrow", false);
        QonnxRounding rounding = QonnxRounding.of(node, QonnxRounding.ROUND);
        int bits = whole(node, 3, "a bitwidth");
        int zero = whole(node, 2, "a zero point");
        Levels.Integers levels = levels(node, bits, signed, narrow);
        Scales scales = scales(node);
        Optional<Tensor> reals = node.constant(0);
        if (reals.isPresent()) {
            encode(node, reals.get(), levels, scales, zero, rounding);
            return;
        }
        Quantizer.Uniform by = new Quantizer.Uniform(levels, one(node, scales), zero);
        String x = node.input(0);
        if (!rounding.isToNearestEven()) {
            String scale = node.constant("scale", Tensor.of(Shape.SCALAR, by.scale()));
            String steps = node.step("steps", new Lanewise.Binary(Arithmetic.DIV), List.of(x, scale));
            String rounded;
            if (zero == 0 || rounding.isTheSameEverywhere()) {
                rounded = rounding.nodes(node, steps);
            } else {
                String shift = node.constant("zero", Tensor.of(Shape.SCALAR, (float) zero));
                String shifted = node.step("shifted", new Lanewise.Binary(Arithmetic.ADD), List.of(steps, shift));
                String codes = rounding.nodes(node, shifted);
                rounded = node.step("back", new Lanewise.Binary(Arithmetic.SUB), List.of(codes, shift));
            }
            x = node.step("rounded", new Lanewise.Binary(Arithmetic.MUL), List.of(rounded, scale));
        }
        node.define(new Lanewise.Quantize(by), List.of(x));
    }

    private static Levels.Integers levels(OnnxNode node, int bits, boolean signed, boolean narrow) {
        if (bits < (signed ? 2 : 1) || bits > MOST_BITS || (bits == 1 && narrow)) {
            throw node.unsupported("got " + (signed ? "signed" : "unsigned") + (narrow ? ", narrow" : "")
                    + " numbers of " + bits + " bits, expected 2 to " + MOST_BITS + ", or 1 unsigned and not narrow");
        }
        Levels.Integers full = Levels.Integers.ofBits(bits, signed);
        int cut = narrow ? 1 : 0;
        return signed ? new Levels.Integers(full.low() + cut, full.high()) : new Levels.Integers(0, full.high() - cut);
    }

    private static void encode(
            OnnxNode node, Tensor reals, Levels.Integers levels, Scales scales, int zero, QonnxRounding rounding) {
        Levels.Integers shifted = new Levels.Integers(levels.low() - zero, levels.high() - zero);
        boolean small = shifted.low() >= Byte.MIN_VALUE && shifted.high() <= Byte.MAX_VALUE;
        Tensor codes = node.scope().allocateCodes(small ? ElementType.INT8 : ElementType.INT32, reals.shape());
        for (long i = 0; i < codes.elements(); i++) {
            float steps = reals.getFloat(i) / scales.at(reals.shape(), i);
            double whole = Float.isNaN(steps) ? 0 : rounding.apply((double) steps + zero) - zero;
            codes.setLong(i, (long) Math.clamp(whole, shifted.low(), shifted.high()));
        }
        node.scope().encoded(node.output(), new Coded(reals.shape(), List.of(new Term(shifted, codes, scales))));
    }

    static void bipolar(OnnxNode node) {
        node.requireFloat32();
        Scales scales = scales(node);
        Optional<Tensor> reals = node.constant(0);
        if (reals.isEmpty()) {
            Quantizer.Uniform by = new Quantizer.Uniform(Levels.Odd.BINARY, one(node, scales), 0);
            node.define(new Lanewise.Quantize(by), List.of(node.input(0)));
            return;
        }
        Tensor codes = node.scope().allocateCodes(ElementType.INT8, reals.get().shape());
        for (long i = 0; i < codes.elements(); i++) {
            codes.setLong(i, reals.get().getFloat(i) >= 0 ? 0 : -1);
        }
        Term term = new Term(Levels.Odd.BINARY, codes, scales);
        node.scope().encoded(node.output(), new Coded(codes.shape(), List.of(term)));
    }

    /**
     * Drops low bits of codes. In version 1, of five inputs, the scale stays; in version 2 an output scale says how many
     * bits go, and the codes that are left are cut to their width.
     */
    static void trunc(OnnxNode node) {
        node.requireFloat32();
        boolean rescales = node.has(5);
        QonnxRounding rounding = QonnxRounding.of(node, QonnxRounding.FLOOR);
        int zero = whole(node, 2, "a zero point");
        int bits = whole(node, rescales ? 5 : 4, "an output bitwidth");
        float before = one(node, scales(node));
        float after = rescales ? outputScale(node) : before;
        int dropped = rescales
                ? (int) Math.rint(Math.log((double) after / before) / Math.log(2))
                : whole(node, 3, "an input bitwidth") - bits;
        if (dropped < 0 || dropped > MOST_BITS) {
            throw node.unsupported("got " + dropped + " bits to drop, expected 0 to " + MOST_BITS);
        }
        float part = Math.scalb(1f, -dropped);
        String scale = node.constant("scale", Tensor.of(Shape.SCALAR, before));
        String shift = node.constant("zero", Tensor.of(Shape.SCALAR, (float) zero));
        String parts = node.constant("part", Tensor.of(Shape.SCALAR, part));
        String steps = node.step("steps", new Lanewise.Binary(Arithmetic.DIV), List.of(node.input(0), scale));
        String shifted = node.step("shifted", new Lanewise.Binary(Arithmetic.ADD), List.of(steps, shift));
        String codes = QonnxRounding.ROUND.nodes(node, shifted);
        String high = node.step("high", new Lanewise.Binary(Arithmetic.MUL), List.of(codes, parts));
        String whole = rounding.nodes(node, high);
        if (rescales) {
            boolean signed = node.attributes().flag("signed", true);
            Levels.Integers levels =
                    levels(node, bits, signed, node.attributes().flag("narrow", false));
            Function cut = Function.clip(levels.low(), levels.high());
            whole = node.step("cut", new Lanewise.Unary(cut), List.of(whole));
            scale = node.constant("out_scale", Tensor.of(Shape.SCALAR, after));
            shift = node.constant("out_zero", Tensor.of(Shape.SCALAR, zero * part));
        }
        String back = node.step("back", new Lanewise.Binary(Arithmetic.SUB), List.of(whole, shift));
        node.define(new Lanewise.Binary(Arithmetic.MUL), List.of(back, scale));
    }

    private static float outputScale(OnnxNode node) {
        Tensor tensor = node.constant(4)
                .orElseThrow(() -> node.unsupported("got an output scale computed at run time, expected a constant"));
        float scale = node.number(tensor, "an output scale");
        if (!(scale > 0) || Float.isInfinite(scale)) {
            throw new IllegalArgumentException("got an output scale of " + scale + ", expected a number above zero");
        }
        return scale;
    }

    private static float one(OnnxNode node, Scales scales) {
        if (!scales.isOne()) {
            throw node.unsupported(
                    "got scales " + scales.values().shape() + " for a value computed at run time, expected one scale");
        }
        return scales.values().getFloat(0);
    }

    /** Scales that broadcast to input 0 along one axis at most. */
    private static Scales scales(OnnxNode node) {
        Tensor values = node.constant(1)
                .orElseThrow(() -> node.unsupported("got a scale computed at run time, expected a constant"));
        if (values.type() != ElementType.FLOAT32 || values.elements() == 0) {
            throw new IllegalArgumentException(
                    "got scales " + values.type() + " " + values.shape() + ", expected FLOAT32");
        }
        if (values.elements() == 1) {
            return Scales.of(values.getFloat(0));
        }
        Shape x = node.shape(0);
        int ahead = x.rank() - values.shape().rank();
        for (int axis = 0; axis < values.shape().rank(); axis++) {
            if (values.shape().extent(axis) == values.elements()
                    && ahead >= 0
                    && x.extent(axis + ahead) == values.elements()) {
                return new Scales(values.reshaped(Shape.of(values.elements())), axis + ahead, 0);
            }
        }
        throw node.unsupported("got scales " + values.shape() + " for " + x + ", expected them along one axis");
    }

    /** A whole number that a file holds as a float. */
    private static int whole(OnnxNode node, int position, String what) {
        Tensor tensor = node.constant(position)
                .orElseThrow(() -> node.unsupported("got " + what + " computed at run time, expected a constant"));
        float number = node.number(tensor, what);
        if (number != Math.rint(number) || Math.abs(number) > 65_535) {
            throw node.unsupported("got " + what + " of " + number + ", expected a whole number of at most 65535");
        }
        return (int) number;
    }
}
