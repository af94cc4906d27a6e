// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.encode;

import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Levels;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Fixed point: {@code clip(round(x 2^f), -2^(b-1), 2^(b-1) - 1) 2^-f}.
 *
 * @param bits b, 2 to 16
 * @param fraction f; where absent each layer has its own, which is dynamic fixed point
 * @param fit how f is chosen where it is absent
 */
public record FixedPoint(int bits, OptionalInt fraction, Fit fit) implements CodeMethod {
    private static final int MOST_FRACTION = 126;
    private static final int FINER = 4;

    public FixedPoint {
        WeightMethod.bits(bits, 2, 16);
        requireFraction(fraction);
    }

    static void requireFraction(OptionalInt fraction) {
        if (fraction.isPresent() && Math.abs(fraction.getAsInt()) > 30) {
            throw new IllegalArgumentException("fraction: got " + fraction.getAsInt() + ", expected -30 to 30");
        }
    }

    @Override
    public String title() {
        return "fixed";
    }

    @Override
    public Coded encode(LayerWeights weights) {
        Levels levels = Levels.Integers.ofBits(bits, true);
        float scale = scale(fraction.orElseGet(() -> fraction(weights.values(), levels)));
        Grouping all = Grouping.of(weights, new Granularity.PerTensor());
        return new Coded(weights.shape(), List.of(Terms.nearest(levels, weights, all, new float[] {scale})));
    }

    private int fraction(float[] values, Levels levels) {
        float least = 0;
        float most = 0;
        for (float value : values) {
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
        int covering = covering(least, most, levels);
        if (fit == Fit.RANGE) {
            return covering;
        }
        int best = covering;
        double smallest = Double.POSITIVE_INFINITY;
        for (int candidate = covering; candidate <= Math.min(MOST_FRACTION, covering + FINER); candidate++) {
            double error = Terms.squaredError(values, levels, scale(candidate));
            if (error < smallest) {
                smallest = error;
                best = candidate;
            }
        }
        return best;
    }

    /** The largest fraction, -126 to 126, with which integer levels reach from {@code least} to {@code most}; 0 for no range. */
    public static int covering(float least, float most, Levels levels) {
        float largest = Math.max(-least, most);
        if (largest == 0) {
            return 0;
        }
        int fraction = Math.clamp(levels.bits() + 1L - Math.getExponent(largest), -MOST_FRACTION, MOST_FRACTION);
        while (fraction > -MOST_FRACTION
                && (Math.rint(Math.scalb((double) most, fraction)) > levels.high()
                        || Math.rint(Math.scalb((double) least, fraction)) < levels.low())) {
            fraction--;
        }
        return fraction;
    }

    /** {@code 2^-fraction}. */
    public static float scale(int fraction) {
        return Math.scalb(1f, -fraction);
    }

    @Override
    public Map<String, Object> parameters(Coded chosen) {
        float scale = chosen.terms().getFirst().scales().values().getFloat(0);
        return Map.of("bits", bits, "fraction", -Math.getExponent(scale));
    }
}
