// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.calibrate;

import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Quantizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How a value is held in a few levels around the centre of each channel: {@code x ≈ offset + factor · Σ levels}, the
 * factor being half the distance between the means of the channel's lower and upper numbers.
 *
 * @param offsets each channel's centre
 * @param factors what each channel's levels are multiplied by; 0 where its numbers are all alike
 * @param quantizers one for each level of a sum: the first holds {@code (x - offset) / factor}, the next what is left
 * @param rests where there are several levels: how {@code x - offset}, then {@code (x - offset) / factor} and what is left
 *     of it are held before the last level
 */
@SuppressWarnings("ArrayRecordComponent")
public record Centre(
        float[] offsets, float[] factors, List<Quantizer.Uniform> quantizers, List<Quantizer.Uniform> rests) {
    private static final Levels.Integers WIDE = Levels.Integers.symmetric(16);
    private static final int ROUNDS = 30;
    private static final int STEPS = 60;
    private static final double LARGEST_SCALE = 3;

    public Centre {
        quantizers = List.copyOf(quantizers);
        rests = List.copyOf(rests);
    }

    private Centre(float[] offsets, float[] factors, Quantizer.Uniform one) {
        this(offsets, factors, List.of(one), List.of());
    }

    /** The levels around the centres that are nearest to the numbers seen. */
    public static Centre of(ActivationMethod.Centred method, ValueStatistics seen) {
        float[] offsets = new float[seen.channels()];
        float[] factors = new float[seen.channels()];
        for (int channel = 0; channel < offsets.length; channel++) {
            double[] means = halves(seen.channel(channel));
            offsets[channel] = (float) ((means[0] + means[1]) / 2);
            factors[channel] = (float) ((means[1] - means[0]) / 2);
        }
        return switch (method) {
            case ActivationMethod.Binary binary
            when binary.levels() == 1 -> new Centre(offsets, factors, new Quantizer.Uniform(Levels.Odd.BINARY, 1, 0));
            case ActivationMethod.Binary binary -> residual(seen, offsets, factors, binary.levels());
            case ActivationMethod.Ternary ternary -> ternary(seen, offsets, factors);
        };
    }

    /** The means of the lower and the upper part, a number being in the part whose mean is nearer (Lloyd's algorithm). */
    private static double[] halves(Histogram histogram) {
        double bound = histogram.mean();
        double[] means = {bound, bound};
        for (int round = 0; round < ROUNDS; round++) {
            double[] sums = new double[2];
            long[] counts = new long[2];
            for (int i = 0; i < histogram.size(); i++) {
                double centre = histogram.centre(i);
                int part = centre < bound ? 0 : 1;
                sums[part] += histogram.bin(i) * centre;
                counts[part] += histogram.bin(i);
            }
            if (counts[0] == 0 || counts[1] == 0) {
                return means;
            }
            means = new double[] {sums[0] / counts[0], sums[1] / counts[1]};
            double next = (means[0] + means[1]) / 2;
            if (next == bound) {
                return means;
            }
            bound = next;
        }
        return means;
    }

    /** Each level's scale is the mean magnitude of what the levels before it leave. */
    private static Centre residual(ValueStatistics seen, float[] offsets, float[] factors, int levels) {
        List<Quantizer.Uniform> quantizers = new ArrayList<>();
        for (int level = 0; level < levels; level++) {
            List<Quantizer.Uniform> before = List.copyOf(quantizers);
            double[] sumAndCount = new double[2];
            visit(seen, offsets, factors, (value, weight) -> {
                double rest = value;
                for (Quantizer.Uniform quantizer : before) {
                    rest -= quantizer.real(quantizer.code((float) rest));
                }
                sumAndCount[0] += weight * Math.abs(rest);
                sumAndCount[1] += weight;
            });
            quantizers.add(binary(sumAndCount[0] / Math.max(Double.MIN_NORMAL, sumAndCount[1])));
        }
        return new Centre(offsets, factors, quantizers, rests(seen, offsets, factors));
    }

    /** Wide enough for all numbers seen. */
    private static List<Quantizer.Uniform> rests(ValueStatistics seen, float[] offsets, float[] factors) {
        double[] largest = new double[2];
        for (int channel = 0; channel < offsets.length; channel++) {
            Histogram histogram = seen.channel(channel);
            double most = Math.max(
                    histogram.range().high() - offsets[channel],
                    offsets[channel] - histogram.range().low());
            largest[0] = Math.max(largest[0], most);
            largest[1] = Math.max(largest[1], factors[channel] == 0 ? 0 : most / factors[channel]);
        }
        return Arrays.stream(largest)
                .mapToObj(most -> new Quantizer.Uniform(WIDE, most == 0 ? 1 : (float) (most / WIDE.high()), 0))
                .toList();
    }

    private static Quantizer.Uniform binary(double scale) {
        return new Quantizer.Uniform(Levels.Odd.BINARY, scale == 0 ? 1 : (float) scale, 0);
    }

    private static Centre ternary(ValueStatistics seen, float[] offsets, float[] factors) {
        Quantizer.Uniform best = ternary(1);
        double least = Double.POSITIVE_INFINITY;
        for (int step = 1; step < STEPS; step++) {
            Quantizer.Uniform candidate = ternary(LARGEST_SCALE * step / STEPS);
            double[] error = new double[1];
            visit(seen, offsets, factors, (value, weight) -> {
                double difference = value - candidate.real(candidate.code((float) value));
                error[0] += weight * difference * difference;
            });
            if (error[0] < least) {
                least = error[0];
                best = candidate;
            }
        }
        return new Centre(offsets, factors, best);
    }

    private static Quantizer.Uniform ternary(double scale) {
        return new Quantizer.Uniform(Levels.Integers.TERNARY, (float) scale, 0);
    }

    @FunctionalInterface
    private interface Visitor {
        void visit(double value, double weight);
    }

    /** Every bin of every channel, centre and factor taken off, an error in it weighing as much as it does in the channel. */
    private static void visit(ValueStatistics seen, float[] offsets, float[] factors, Visitor visitor) {
        for (int channel = 0; channel < offsets.length; channel++) {
            Histogram histogram = seen.channel(channel);
            for (int i = 0; i < histogram.size(); i++) {
                if (histogram.bin(i) > 0 && factors[channel] > 0) {
                    double rest = (histogram.centre(i) - offsets[channel]) / factors[channel];
                    visitor.visit(rest, factors[channel] * (double) factors[channel] * histogram.bin(i));
                }
            }
        }
    }
}
