// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.encode;

import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Levels;
import java.util.List;
import java.util.Map;

/**
 * Incremental network quantisation: {@code {0, ±2^n2 … ±2^n1}} with {@code n1 = floor(log2(4 max|w| / 3))} and
 * {@code n2 = n1 + 1 - 2^(bits-2)}; a magnitude goes to the nearest of them, ties to the larger. The paper's rounds of
 * training between steps are not run.
 *
 * @param bits zero included, 3 to 8
 */
public record IncrementalPowers(int bits) implements CodeMethod {
    public IncrementalPowers {
        WeightMethod.bits(bits, 3, 8);
    }

    @Override
    public String title() {
        return "inq";
    }

    @Override
    public Coded encode(LayerWeights weights) {
        int magnitudes = 1 << (bits - 2);
        float[] values = weights.values();
        float largest = Terms.largest(values);
        int top = largest == 0 ? 0 : Math.getExponent(4.0 * largest / 3);
        int least = Math.max(top + 1 - magnitudes, Float.MIN_EXPONENT);
        int[] codes = new int[values.length];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = code(values[i], least, magnitudes);
        }
        Levels levels = new Levels.Logarithmic(magnitudes, 1);
        return new Coded(
                weights.shape(),
                List.of(Terms.term(levels, weights.shape(), codes, Coded.Scales.of(Math.scalb(1f, least)))));
    }

    /** Bounds lie half way between neighbours: at half the least power, at three quarters of each other one. */
    private static int code(float value, int least, int magnitudes) {
        double magnitude = Math.scalb(Math.abs((double) value), -least);
        int index = 0;
        while (index < magnitudes && magnitude >= (index == 0 ? 0.5 : Math.scalb(0.75, index))) {
            index++;
        }
        return value < 0 ? -index : index;
    }

    @Override
    public Map<String, Object> parameters(Coded chosen) {
        int least = Math.getExponent(chosen.terms().getFirst().scales().values().getFloat(0));
        return Map.of("bits", bits, "n1", least + (1 << (bits - 2)) - 1, "n2", least);
    }
}
