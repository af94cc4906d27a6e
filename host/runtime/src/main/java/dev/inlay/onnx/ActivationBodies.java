// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Quantizer;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/** Bodies of the functions that quantise activations; their inputs and attributes are {@link InlayFunction}'s. */
final class ActivationBodies {
    private ActivationBodies() {}

    static void integers(FunctionBody body) {
        String zero = body.floatAttribute("zero");
        String code = body.op("Add", body.op("Round", steps(body)), zero);
        String above = body.op("Max", code, body.floatAttribute("low"));
        String cut = body.op("Min", above, body.floatAttribute("high"));
        body.result("Mul", body.op("Sub", cut, zero), "scale");
    }

    static void odd(FunctionBody body) {
        String steps = steps(body);
        String half = body.op("Floor", body.op("Mul", steps, body.number(0.5f)));
        // Half of the least negative number is zero, but its sign still counts.
        String negative = body.op("Less", steps, body.number(0));
        String code = body.op("Where", negative, body.op("Min", half, body.number(-1)), half);
        String powers = body.numbers(0, 1, 2, 4, 8, 16, 32, 64, 128);
        String count = body.op("Gather", powers, body.attribute("bits"));
        String above = body.op("Max", code, body.op("Neg", count));
        String cut = body.op("Min", above, body.op("Sub", count, body.number(1)));
        String level = body.op("Add", body.op("Add", cut, cut), body.number(1));
        body.result("Mul", level, "scale");
    }

    static void logarithmic(FunctionBody body) {
        Tensor bounds = Tensor.allocate(ElementType.FLOAT32, Shape.of(2, 127));
        for (int root = 1; root <= 2; root++) {
            for (int index = 0; index < 127; index++) {
                bounds.set((root - 1) * 127L + index, Levels.Logarithmic.bound(index, root));
            }
        }
        String root = WeightBodies.root(body);
        String steps = steps(body);
        String reached = reached(body, body.op("Abs", steps), body.op("Gather", body.constant(bounds), root), 64);
        String index = body.op("Min", reached, body.attribute("magnitudes"));
        String level = body.op("Gather", body.op("Gather", WeightBodies.levels(body), root), index);
        String negative = body.op("Less", steps, body.number(0));
        body.result("Mul", body.op("Where", negative, body.op("Neg", level), level), "scale");
    }

    static void blockFloat(FunctionBody body) {
        String before = body.op("Gather", "view", body.integers(0));
        String channels = body.op("Gather", "view", body.integers(1));
        String after = body.op("Gather", "view", body.integers(2));
        String block = body.op("Unsqueeze", body.attribute("block"), body.integers(0));
        String missing = body.op("Mod", body.op("Neg", channels), block);
        String whole = body.op("Add", channels, missing);
        String zeros = body.op("ConstantOfShape", concat(body, before, missing, after));
        String padded =
                body.op("Concat", List.of(body.op("Reshape", "x", "view"), zeros), AttributeWriter.of("axis", 1));
        String blocks = concat(body, before, body.op("Div", whole, block), block, after);
        String x = body.op("Reshape", padded, blocks);
        String largest =
                body.op("ReduceMax", List.of(body.op("Abs", x), body.integers(2)), AttributeWriter.of("keepdims", 1));
        String mantissaBits = body.attribute("mantissa_bits");
        String power = power(body, largest, mantissaBits);
        String most = body.op("Gather", body.numbers(0, 0, 1, 3, 7, 15, 31, 63, 127), mantissaBits);
        String above = body.op("Max", body.op("Round", body.op("Div", x, power)), body.op("Neg", most));
        String projected = body.op("Mul", body.op("Min", above, most), power);
        String rows = body.op("Reshape", projected, concat(body, before, whole, after));
        String kept = body.op("Slice", rows, body.integers(0), channels, body.integers(1));
        body.result("Reshape", kept, body.op("Shape", "x"));
    }

    /** The power of two that mantissas of a block count in. */
    private static String power(FunctionBody body, String largest, String mantissaBits) {
        int least = Quantizer.BlockFloat.LEAST_EXPONENT;
        float[] powers = new float[Float.MAX_EXPONENT - least + 1];
        for (int i = 0; i < powers.length; i++) {
            powers[i] = Math.scalb(1f, least + i);
        }
        String rising = body.numbers(powers);
        // The first power counts for all below it too.
        float[] others = new float[255];
        Arrays.fill(others, Float.POSITIVE_INFINITY);
        System.arraycopy(powers, 1, others, 0, powers.length - 1);
        String exponent = reached(body, largest, body.numbers(others), 128);
        String lower = body.op("Sub", exponent, body.op("Sub", mantissaBits, body.integer(2)));
        return body.op("Gather", rising, body.op("Max", lower, body.integer(0)));
    }

    /** How many numbers of a rising table of {@code 2 step - 1} numbers a magnitude is not below. */
    private static String reached(FunctionBody body, String magnitude, String table, int step) {
        AttributeProto zero = AttributeWriter.of("value", Tensor.of(Shape.of(1), 0L));
        String count = body.op("ConstantOfShape", List.of(body.op("Shape", magnitude)), zero);
        for (int rest = step; rest > 0; rest /= 2) {
            String more = body.op("Add", count, body.integer(rest));
            String bound = body.op("Gather", table, body.op("Sub", more, body.integer(1)));
            count = body.op("Where", body.op("GreaterOrEqual", magnitude, bound), more, count);
        }
        return count;
    }

    private static String concat(FunctionBody body, String... parts) {
        return body.op("Concat", List.of(parts), AttributeWriter.of("axis", 0));
    }

    /** How many scales a number is; none if it is no number. */
    private static String steps(FunctionBody body) {
        String steps = body.op("Div", "x", "scale");
        return body.op("Where", body.op("IsNaN", steps), body.number(0), steps);
    }
}
