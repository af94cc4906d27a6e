// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.calibrate;

import dev.inlay.encoding.Quantizer;
import java.util.Arrays;
import java.util.List;

/**
 * How often numbers occur: equal bins from {@code -limit} to {@code limit}, the limit being a power of two that doubles,
 * pairs of bins becoming one, when a number lies beyond it.
 */
public final class Histogram {
    private static final double LEAST_LIMIT = 0x1p-40;

    private final long[] bins;
    private double limit = LEAST_LIMIT;
    private double low = Double.POSITIVE_INFINITY;
    private double high = Double.NEGATIVE_INFINITY;
    private double sum;
    private long count;

    /** A histogram of {@code bins} bins, a multiple of 4. */
    Histogram(int bins) {
        if (bins < 4 || bins % 4 != 0) {
            throw new IllegalArgumentException("histogram: got " + bins + " bins, expected a multiple of 4");
        }
        this.bins = new long[bins];
    }

    /**
     * @throws IllegalArgumentException if the number is not finite
     */
    void add(float value) {
        if (!Float.isFinite(value)) {
            throw new IllegalArgumentException("got " + value + ", expected finite numbers");
        }
        while (Math.abs(value) >= limit) {
            widen();
        }
        bins[(int) ((value + limit) / binWidth())]++;
        low = Math.min(low, value);
        high = Math.max(high, value);
        sum += value;
        count++;
    }

    private void widen() {
        int half = bins.length / 2;
        int quarter = bins.length / 4;
        long[] merged = new long[half];
        for (int i = 0; i < half; i++) {
            merged[i] = bins[2 * i] + bins[2 * i + 1];
        }
        Arrays.fill(bins, 0);
        System.arraycopy(merged, 0, bins, quarter, half);
        limit *= 2;
    }

    /** The numbers of both. */
    public static Histogram merged(Histogram left, Histogram right) {
        Histogram both = new Histogram(left.bins.length);
        for (Histogram one : List.of(left, right)) {
            Histogram other = new Histogram(one.bins.length);
            other.take(one);
            while (other.limit < both.limit) {
                other.widen();
            }
            while (both.limit < other.limit) {
                both.widen();
            }
            both.take(other);
        }
        return both;
    }

    private void take(Histogram other) {
        limit = other.limit;
        for (int i = 0; i < bins.length; i++) {
            bins[i] += other.bins[i];
        }
        low = Math.min(low, other.low);
        high = Math.max(high, other.high);
        sum += other.sum;
        count += other.count;
    }

    /** Numbers seen. */
    public long count() {
        return count;
    }

    /** From the least to the greatest number, and zero. */
    public Range range() {
        return count == 0 ? new Range(0, 0) : Range.of(low, high);
    }

    /** Whether a number below zero was seen. */
    public boolean hasNegatives() {
        return count > 0 && low < 0;
    }

    /** The mean of the numbers; 0 of none. */
    public double mean() {
        return count == 0 ? 0 : sum / count;
    }

    int size() {
        return bins.length;
    }

    /** Numbers in a bin. */
    long bin(int index) {
        return bins[index];
    }

    double binWidth() {
        return 2 * limit / bins.length;
    }

    /** The middle of a bin, cut to the numbers seen. */
    double centre(int index) {
        return Math.clamp((index + 0.5) * binWidth() - limit, low, high);
    }

    /** The magnitude that a part of the numbers, 0 to 1, does not exceed, as far as bins tell. */
    double quantile(double part) {
        long wanted = (long) Math.ceil(part * count);
        long seen = 0;
        int middle = bins.length / 2;
        for (int i = 0; i < middle; i++) {
            seen += bins[middle + i] + bins[middle - 1 - i];
            if (seen >= wanted) {
                return Math.min((i + 1) * binWidth(), range().magnitude());
            }
        }
        return range().magnitude();
    }

    /** The mean squared error of holding the numbers by a quantizer; steps finer than a bin count as {@code step² / 12}. */
    double squaredError(Quantizer.Uniform by) {
        double total = 0;
        double width = binWidth();
        for (int i = 0; i < bins.length; i++) {
            if (bins[i] == 0) {
                continue;
            }
            double value = centre(i);
            int code = by.code((float) value);
            double error = value - by.real(code);
            double step = Math.abs(by.real(Math.min(code + 1, by.levels().high()))
                            - by.real(Math.max(code - 1, by.levels().low())))
                    / 2.0;
            boolean within = Math.abs(error) <= Math.max(step, width);
            total += bins[i] * (within && step < width ? step * step / 12 : error * error);
        }
        return total / Math.max(1, count);
    }
}
