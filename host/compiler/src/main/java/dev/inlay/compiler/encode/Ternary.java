// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.encode;

import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Levels;
import java.util.List;
import java.util.Map;

/**
 * Ternary weight networks: {@code alpha {-1, 0, 1}}, zero where {@code |w| <= D}, {@code D = threshold · mean|w|} and
 * {@code alpha} the mean magnitude of the others.
 *
 * @param threshold 0.7 in the paper
 * @param granularity per tensor in the paper; per output channel is nearer to the weights
 */
public record Ternary(double threshold, Granularity granularity) implements CodeMethod {
    public Ternary {
        if (!(threshold >= 0 && threshold < 2) || granularity instanceof Granularity.PerGroup) {
            throw new IllegalArgumentException("ternary: got the threshold " + threshold + " "
                    + Affine.name(granularity) + ", expected 0 to below 2, per tensor or channel");
        }
    }

    @Override
    public String title() {
        return "twn";
    }

    @Override
    public Coded encode(LayerWeights weights) {
        Grouping grouping = Grouping.of(weights, granularity);
        float[] values = weights.values();
        float[][] parts = grouping.split(values);
        double[] bounds = new double[parts.length];
        float[] scales = new float[parts.length];
        for (int group = 0; group < parts.length; group++) {
            bounds[group] = threshold * Terms.meanMagnitude(parts[group]);
            scales[group] = (float) meanAbove(parts[group], bounds[group]);
        }
        int[] codes = new int[values.length];
        for (int i = 0; i < codes.length; i++) {
            boolean kept = Math.abs(values[i]) > bounds[grouping.of(i)];
            codes[i] = kept ? (int) Math.signum(values[i]) : 0;
        }
        return new Coded(
                weights.shape(),
                List.of(Terms.term(Levels.Integers.TERNARY, weights.shape(), codes, grouping.scales(scales))));
    }

    /** The mean of the magnitudes above a bound; 0 of none. */
    private static double meanAbove(float[] values, double bound) {
        double sum = 0;
        int count = 0;
        for (float value : values) {
            if (Math.abs(value) > bound) {
                sum += Math.abs(value);
                count++;
            }
        }
        return count == 0 ? 0 : sum / count;
    }

    @Override
    public Map<String, Object> parameters(Coded chosen) {
        return Map.of("threshold", threshold, "granularity", Affine.name(granularity));
    }
}
