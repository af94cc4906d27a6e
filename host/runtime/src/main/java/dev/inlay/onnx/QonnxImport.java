// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import dev.inlay.encoding.Encoded;
import dev.inlay.encoding.Encoded.Scales;
import dev.inlay.encoding.Encoded.Term;
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

/** QONNX's operators, which quantise FLOAT32 numbers to FLOAT32 numbers at any width. */
final class QonnxImport {
    private static final int MOST_BITS = 16;

    /** How a number of scales becomes whole. */
    private enum Rounding {
        ROUND,
        FLOOR,
        CEIL,
        ROUND_TO_ZERO;

        static Rounding of(OnnxNode node, String absent) {
            String name = node.attributes().text("rounding_mode", absent);
            for (Rounding rounding : values()) {
                if (rounding.name().equals(name)) {
                    return rounding;
                }
            }
            throw node.unsupported("got rounding_mode " + name + ", expected one of " + List.of(values()));
        }

        double apply(double steps) {
            return switch (this) {
                case ROUND -> Math.rint(steps);
                case FLOOR -> Math.floor(steps);
                case CEIL -> Math.ceil(steps);
                case ROUND_TO_ZERO -> Math.copySign(Math.floor(Math.abs(steps)), steps);
            };
        }
    }

    private QonnxImport() {}

    static void quant(OnnxNode node) {
        node.requireFloat32();
        boolean signed = node.attributes().flag("signed", true);
        boolean narrow = node.attributes().flag("narrow", false);
        Rounding rounding = Rounding.of(node, "ROUND");
        int bits = whole(node, 3, "a bitwidth");
        int zero = whole(node, 2, "a zero point");
        if (bits < (signed ? 2 : 1) || bits > MOST_BITS || (bits == 1 && narrow)) {
            throw node.unsupported("got " + (signed ? "signed" : "unsigned") + (narrow ? ", narrow" : "")
                    + " numbers of " + bits + " bits, expected 2 to " + MOST_BITS + ", or 1 unsigned and not narrow");
        }
        Levels.Integers full = Levels.Integers.ofBits(bits, signed);
        int cut = narrow ? 1 : 0;
        Levels.Integers levels =
                signed ? new Levels.Integers(full.low() + cut, full.high()) : new Levels.Integers(0, full.high() - cut);
        Scales scales = scales(node);
        Optional<Tensor> reals = node.constant(0);
        if (reals.isPresent()) {
            encode(node, reals.get(), levels, scales, zero, rounding);
            return;
        }
        Quantizer.Uniform by = new Quantizer.Uniform(levels, one(node, scales), zero);
        String x = node.input(0);
        if (rounding != Rounding.ROUND) {
            String scale = node.constant("scale", Tensor.of(Shape.SCALAR, by.scale()));
            String steps = node.step("steps", new Lanewise.Binary(Arithmetic.DIV), List.of(x, scale));
            String rounded = rounded(node, rounding, steps);
            x = node.step("rounded", new Lanewise.Binary(Arithmetic.MUL), List.of(rounded, scale));
        }
        node.define(new Lanewise.Quantize(by), List.of(x));
    }

    private static void encode(
            OnnxNode node, Tensor reals, Levels.Integers levels, Scales scales, int zero, Rounding rounding) {
        Levels.Integers shifted = new Levels.Integers(levels.low() - zero, levels.high() - zero);
        boolean small = shifted.low() >= Byte.MIN_VALUE && shifted.high() <= Byte.MAX_VALUE;
        Tensor codes = node.scope().allocateCodes(small ? ElementType.INT8 : ElementType.INT32, reals.shape());
        for (long i = 0; i < codes.elements(); i++) {
            float steps = reals.getFloat(i) / scales.at(reals.shape(), i);
            double whole = Float.isNaN(steps) ? 0 : rounding.apply((double) steps);
            codes.setLong(i, (long) Math.clamp(whole, shifted.low(), shifted.high()));
        }
        node.scope().encoded(node.output(), new Encoded(reals.shape(), List.of(new Term(shifted, codes, scales))));
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
        node.scope().encoded(node.output(), new Encoded(codes.shape(), List.of(term)));
    }

    /** Drops low bits of codes; the scale stays. */
    static void trunc(OnnxNode node) {
        node.requireFloat32();
        Rounding rounding = Rounding.of(node, "FLOOR");
        int zero = whole(node, 2, "a zero point");
        int dropped = whole(node, 3, "an input bitwidth") - whole(node, 4, "an output bitwidth");
        if (dropped < 0 || dropped > MOST_BITS) {
            throw node.unsupported("got " + dropped + " bits to drop, expected 0 to " + MOST_BITS);
        }
        float one = one(node, scales(node));
        String scale = node.constant("scale", Tensor.of(Shape.SCALAR, one));
        String shift = node.constant("zero", Tensor.of(Shape.SCALAR, (float) zero));
        String part = node.constant("part", Tensor.of(Shape.SCALAR, Math.scalb(1f, -dropped)));
        Quantizer.Uniform integers = new Quantizer.Uniform(new Levels.Integers(-65_535, 65_535), 1, 0);
        String steps = node.step("steps", new Lanewise.Binary(Arithmetic.DIV), List.of(node.input(0), scale));
        String shifted = node.step("shifted", new Lanewise.Binary(Arithmetic.ADD), List.of(steps, shift));
        String codes = node.step("codes", new Lanewise.Quantize(integers), List.of(shifted));
        String parts = node.step("parts", new Lanewise.Binary(Arithmetic.MUL), List.of(codes, part));
        String whole = rounded(node, rounding, parts);
        String back = node.step("back", new Lanewise.Binary(Arithmetic.SUB), List.of(whole, shift));
        node.define(new Lanewise.Binary(Arithmetic.MUL), List.of(back, scale));
    }

    private static String rounded(OnnxNode node, Rounding rounding, String steps) {
        return switch (rounding) {
            case ROUND -> {
                Quantizer.Uniform integers = new Quantizer.Uniform(new Levels.Integers(-65_535, 65_535), 1, 0);
                yield node.step("whole", new Lanewise.Quantize(integers), List.of(steps));
            }
            case FLOOR -> unary(node, "whole", Function.Kind.FLOOR, steps);
            case CEIL -> unary(node, "whole", Function.Kind.CEIL, steps);
            case ROUND_TO_ZERO -> {
                String magnitude = unary(node, "magnitude", Function.Kind.ABS, steps);
                String floor = unary(node, "floor", Function.Kind.FLOOR, magnitude);
                String sign = unary(node, "sign", Function.Kind.SIGN, steps);
                yield node.step("whole", new Lanewise.Binary(Arithmetic.MUL), List.of(sign, floor));
            }
        };
    }

    private static String unary(OnnxNode node, String suffix, Function.Kind kind, String from) {
        return node.step(suffix, new Lanewise.Unary(Function.of(kind)), List.of(from));
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
