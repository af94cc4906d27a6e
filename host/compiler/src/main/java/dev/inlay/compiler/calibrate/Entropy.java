// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.calibrate;

import java.util.Arrays;

/** Where to cut a distribution of magnitudes that is held at few levels: {@link RangeMethod.Entropy}. */
final class Entropy {
    private static final int NEIGHBOURS = 8;
    private static final double MOST_ABOVE = 2;

    private Entropy() {}

    /**
     * The magnitude beyond which numbers are cut off.
     *
     * @param levels levels from zero up to the largest magnitude
     */
    static double limit(Histogram histogram, int levels) {
        int middle = histogram.size() / 2;
        double[] magnitudes = new double[middle];
        int used = 0;
        for (int i = 0; i < middle; i++) {
            magnitudes[i] = histogram.bin(middle + i) + histogram.bin(middle - 1 - i);
            used = magnitudes[i] > 0 ? i + 1 : used;
        }
        flatten(magnitudes);
        double whole = histogram.range().magnitude();
        if (used <= levels) {
            return whole;
        }
        int best = used;
        double least = Double.POSITIVE_INFINITY;
        for (int bins = levels; bins <= used; bins++) {
            double divergence = divergence(magnitudes, used, bins, levels);
            if (divergence < least) {
                least = divergence;
                best = bins;
            }
        }
        return Math.min(best * histogram.binWidth(), whole);
    }

    /**
     * Cuts bins that stand far above their neighbours: a number that occurs over and over, as zero does behind a
     * rectifier and as a constant background becomes, says nothing of how wide a range should be.
     */
    private static void flatten(double[] magnitudes) {
        double[] original = magnitudes.clone();
        for (int i = 0; i < magnitudes.length; i++) {
            int from = Math.max(0, i - NEIGHBOURS);
            int to = Math.min(magnitudes.length, i + NEIGHBOURS + 1);
            double[] around = Arrays.copyOfRange(original, from, to);
            Arrays.sort(around);
            double usual = Math.max(1, around[around.length / 2]);
            magnitudes[i] = Math.min(original[i], MOST_ABOVE * usual);
        }
    }

    /** Of the first {@code bins} bins, those beyond added to the last, from the same held at a few levels. */
    private static double divergence(double[] magnitudes, int used, int bins, int levels) {
        double[] exact = new double[bins];
        System.arraycopy(magnitudes, 0, exact, 0, bins);
        for (int i = bins; i < used; i++) {
            exact[bins - 1] += magnitudes[i];
        }
        double[] held = new double[bins];
        for (int level = 0; level < levels; level++) {
            int from = (int) ((long) level * bins / levels);
            int to = (int) ((level + 1L) * bins / levels);
            double sum = 0;
            int filled = 0;
            for (int i = from; i < to; i++) {
                sum += magnitudes[i];
                filled += exact[i] > 0 ? 1 : 0;
            }
            for (int i = from; i < to; i++) {
                held[i] = exact[i] > 0 ? sum / filled : 0;
            }
        }
        return divergence(exact, held);
    }

    private static double divergence(double[] exact, double[] held) {
        double exactSum = 0;
        double heldSum = 0;
        for (int i = 0; i < exact.length; i++) {
            exactSum += exact[i];
            heldSum += held[i];
        }
        if (exactSum == 0 || heldSum == 0) {
            return Double.POSITIVE_INFINITY;
        }
        double total = 0;
        for (int i = 0; i < exact.length; i++) {
            if (exact[i] > 0) {
                // A bin that has nothing left is as far away as a bin can be, not infinitely far.
                double p = exact[i] / exactSum;
                double q = Math.max(held[i] / heldSum, 1e-9);
                total += p * Math.log(p / q);
            }
        }
        return total;
    }
}
