// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Quantizer;
import dev.inlay.graph.Function;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Lanewise.Arithmetic;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Locale;

/** How QONNX's operators make a number whole, by the names that their attribute {@code rounding_mode} has. */
enum QonnxRounding {
    /** To the nearest, halves to even. */
    ROUND,
    /** As {@link #ROUND}. */
    HALF_EVEN,
    /** To the nearest, halves away from zero. */
    HALF_UP,
    /** To the nearest, halves towards zero. */
    HALF_DOWN,
    CEIL,
    FLOOR,
    /** Away from zero. */
    UP,
    /** Towards zero. */
    DOWN,
    /** As {@link #DOWN}. */
    ROUND_TO_ZERO;

    private static final Quantizer.Uniform WHOLE = new Quantizer.Uniform(new Levels.Integers(-65_535, 65_535), 1, 0);

    /** The mode of a node, in upper or lower case. */
    static QonnxRounding of(OnnxNode node, QonnxRounding absent) {
        String name = node.attributes().text("rounding_mode", absent.name());
        for (QonnxRounding rounding : values()) {
            if (rounding.name().equals(name.toUpperCase(Locale.ROOT))) {
                return rounding;
            }
        }
        throw node.unsupported("got rounding_mode " + name + ", expected one of " + List.of(values()));
    }

    boolean isToNearestEven() {
        return this == ROUND || this == HALF_EVEN;
    }

    /** Whether zero is a number like any other, so that a whole number may be added before or after. */
    boolean isTheSameEverywhere() {
        return isToNearestEven() || this == CEIL || this == FLOOR;
    }

    double apply(double number) {
        return switch (this) {
            case ROUND, HALF_EVEN -> Math.rint(number);
            case CEIL -> Math.ceil(number);
            case FLOOR -> Math.floor(number);
            case UP -> Math.signum(number) * Math.ceil(Math.abs(number));
            case DOWN, ROUND_TO_ZERO -> Math.signum(number) * Math.floor(Math.abs(number));
            case HALF_UP -> Math.signum(number) * Math.floor(Math.abs(number) + 0.5);
            case HALF_DOWN -> Math.signum(number) * Math.ceil(Math.abs(number) - 0.5);
        };
    }

    /** Makes the nodes that round a value of at most 65535 either side of zero; the name of what they give. */
    String nodes(OnnxNode node, String value) {
        return switch (this) {
            case ROUND, HALF_EVEN -> node.step("whole", new Lanewise.Quantize(WHOLE), List.of(value));
            case CEIL -> unary(node, "whole", Function.Kind.CEIL, value);
            case FLOOR -> unary(node, "whole", Function.Kind.FLOOR, value);
            case UP -> magnitudes(node, value, Function.Kind.CEIL, 0);
            case DOWN, ROUND_TO_ZERO -> magnitudes(node, value, Function.Kind.FLOOR, 0);
            case HALF_UP -> magnitudes(node, value, Function.Kind.FLOOR, 0.5f);
            case HALF_DOWN -> magnitudes(node, value, Function.Kind.CEIL, -0.5f);
        };
    }

    private static String magnitudes(OnnxNode node, String value, Function.Kind kind, float shift) {
        String magnitude = unary(node, "magnitude", Function.Kind.ABS, value);
        if (shift != 0) {
            String by = node.constant("half", Tensor.of(Shape.SCALAR, shift));
            magnitude = node.step("moved", new Lanewise.Binary(Arithmetic.ADD), List.of(magnitude, by));
        }
        String whole = unary(node, "wholes", kind, magnitude);
        String sign = unary(node, "sign", Function.Kind.SIGN, value);
        return node.step("whole", new Lanewise.Binary(Arithmetic.MUL), List.of(sign, whole));
    }

    private static String unary(OnnxNode node, String suffix, Function.Kind kind, String from) {
        return node.step(suffix, new Lanewise.Unary(Function.of(kind)), List.of(from));
    }
}
