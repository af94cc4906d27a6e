// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.encode;

import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Levels;
import java.util.List;
import java.util.Map;

/**
 * Trained ternary quantisation: {@code {-Wn, 0, Wp}}, zero where {@code |w| <= threshold · max|w|}. Wp and Wn, which the
 * paper trains, are the mean magnitudes of the weights above and below.
 *
 * @param threshold 0.05 in the paper
 */
public record TrainedTernary(double threshold) implements CodeMethod {
    private static final Levels STEP = new Levels.Integers(0, 1);

    public TrainedTernary {
        if (!(threshold >= 0 && threshold < 1)) {
            throw new IllegalArgumentException("threshold: got " + threshold + ", expected 0 to below 1");
        }
    }

    @Override
    public String title() {
        return "ttq";
    }

    @Override
    public Coded encode(LayerWeights weights) {
        float[] values = weights.values();
        double bound = threshold * Terms.largest(values);
        int[] signs = new int[values.length];
        int[] steps = new int[values.length];
        double[] sums = new double[2];
        int[] counts = new int[2];
        for (int i = 0; i < values.length; i++) {
            if (Math.abs(values[i]) > bound) {
                int side = values[i] > 0 ? 1 : 0;
                signs[i] = 2 * side - 1;
                steps[i] = 1;
                sums[side] += Math.abs(values[i]);
                counts[side]++;
            }
        }
        double below = counts[0] == 0 ? 0 : sums[0] / counts[0];
        double above = counts[1] == 0 ? 0 : sums[1] / counts[1];
        // Wp {0, 1} - Wn {0, 1} in terms of one sign each.
        return new Coded(
                weights.shape(),
                List.of(
                        Terms.term(Levels.Integers.TERNARY, weights.shape(), signs, Coded.Scales.of((float)
                                ((above + below) / 2))),
                        Terms.term(STEP, weights.shape(), steps, Coded.Scales.of((float) ((above - below) / 2)))));
    }

    @Override
    public Map<String, Object> parameters(Coded chosen) {
        float mean = chosen.terms().get(0).scales().values().getFloat(0);
        float half = chosen.terms().get(1).scales().values().getFloat(0);
        return Map.of("threshold", threshold, "positive", mean + half, "negative", mean - half);
    }
}
