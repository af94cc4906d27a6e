// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.encode;

import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Levels;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Affine codes {@code (q - zero) scale}: symmetric ones have {@code zero} 0 and as many levels below zero as above.
 *
 * @param bits 2 to 16
 * @param symmetric whether the zero point is 0; other weights have one for the tensor
 * @param granularity which weights share a scale; all of them where there is a zero point
 * @param fit how scales are chosen; by range where there is a zero point
 */
public record Affine(int bits, boolean symmetric, Granularity granularity, Fit fit) implements CodeMethod {
    private static final int STEPS = 40;
    private static final float LEAST_RATIO = 0.3f;

    public Affine {
        WeightMethod.bits(bits, 2, 16);
        if (!symmetric && (!(granularity instanceof Granularity.PerTensor) || fit != Fit.RANGE)) {
            throw new IllegalArgumentException("symmetric: got false with scales per channel or group or fitted by mse,"
                    + " expected one zero point per tensor, fitted by range");
        }
    }

    @Override
    public String title() {
        return "affine";
    }

    @Override
    public Coded encode(LayerWeights weights) {
        Coded.Term term = symmetric ? symmetric(weights) : shifted(weights);
        return new Coded(weights.shape(), List.of(term));
    }

    private Coded.Term symmetric(LayerWeights weights) {
        Levels levels = Levels.Integers.symmetric(bits);
        Grouping grouping = Grouping.of(weights, granularity);
        float[][] parts = grouping.split(weights.values());
        float[] scales = new float[parts.length];
        for (int group = 0; group < parts.length; group++) {
            scales[group] = scale(parts[group], levels, fit);
        }
        return Terms.nearest(levels, weights, grouping, scales);
    }

    /** A scale above zero for levels that are symmetric. */
    static float scale(float[] values, Levels levels, Fit fit) {
        float largest = Terms.largest(values);
        if (largest == 0) {
            return 1;
        }
        float covering = positive(largest / (float) levels.largest());
        if (fit == Fit.RANGE) {
            return covering;
        }
        float best = covering;
        double smallest = Double.POSITIVE_INFINITY;
        for (int step = 0; step <= STEPS; step++) {
            float candidate = positive(covering * (1 - (1 - LEAST_RATIO) * step / STEPS));
            double error = Terms.squaredError(values, levels, candidate);
            if (error < smallest) {
                smallest = error;
                best = candidate;
            }
        }
        return best;
    }

    /** A scale is at least the smallest normal float, for devices without subnormals. */
    private static float positive(float scale) {
        return Math.max(scale, Float.MIN_NORMAL);
    }

    /** Levels {@code -zero .. 2^bits - 1 - zero}: codes that have their zero point taken off. */
    private Coded.Term shifted(LayerWeights weights) {
        float least = 0;
        float most = 0;
        for (float value : weights.values()) {
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
        int steps = (1 << bits) - 1;
        double span = (double) most - least;
        float scale = span == 0 ? 1 : positive((float) (span / steps));
        int zero = (int) Math.clamp(Math.rint(-least / (double) scale), 0, steps);
        Levels levels = new Levels.Integers(-zero, steps - zero);
        Grouping all = Grouping.of(weights, granularity);
        return Terms.nearest(levels, weights, all, new float[] {scale});
    }

    @Override
    public Map<String, Object> parameters(Coded chosen) {
        Map<String, Object> parameters = new TreeMap<>();
        parameters.put("bits", bits);
        parameters.put("symmetric", symmetric);
        parameters.put("granularity", name(granularity));
        parameters.put("fit", fit.name().toLowerCase(Locale.ROOT));
        Coded.Term term = chosen.terms().getFirst();
        if (!symmetric) {
            parameters.put("zeroPoint", -term.levels().low());
        }
        return parameters;
    }

    static String name(Granularity granularity) {
        return switch (granularity) {
            case Granularity.PerTensor all -> "tensor";
            case Granularity.PerChannel channel -> "channel";
            case Granularity.PerGroup group -> "group of " + group.size();
        };
    }
}
