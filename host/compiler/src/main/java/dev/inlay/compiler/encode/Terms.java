// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.encode;

import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Levels;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;

/** Makes the terms of encoded weights. */
final class Terms {
    private Terms() {}

    /** Codes of a shape, in the smallest type that holds all codes of the levels. */
    static Coded.Term term(Levels levels, Shape shape, int[] codes, Coded.Scales scales) {
        boolean bytes = levels.low() >= Byte.MIN_VALUE && levels.high() <= Byte.MAX_VALUE;
        Tensor tensor = Tensor.allocate(bytes ? ElementType.INT8 : ElementType.INT32, shape);
        for (int i = 0; i < codes.length; i++) {
            tensor.setLong(i, codes[i]);
        }
        return new Coded.Term(levels, tensor, scales);
    }

    /** Each number's nearest code, its group having a scale; code of zero where the scale is zero. */
    static Coded.Term nearest(Levels levels, LayerWeights weights, Grouping grouping, float[] scales) {
        float[] values = weights.values();
        int[] codes = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            float scale = scales[grouping.of(i)];
            codes[i] = levels.nearest(scale == 0 ? 0 : values[i] / scale);
        }
        return term(levels, weights.shape(), codes, grouping.scales(scales));
    }

    /** The largest magnitude. */
    static float largest(float[] values) {
        float largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    /** The mean magnitude; 0 of none. */
    static double meanMagnitude(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += Math.abs(value);
        }
        return values.length == 0 ? 0 : sum / values.length;
    }

    /** Sum of the squared errors that levels times a scale make. */
    static double squaredError(float[] values, Levels levels, float scale) {
        double sum = 0;
        for (float value : values) {
            double error = value - levels.level(levels.nearest(value / scale)) * scale;
            sum += error * error;
        }
        return sum;
    }
}
