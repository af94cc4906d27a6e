// SPDX-License-Identifier: Apache-2.0
package dev.inlay.encoding;

import java.util.Comparator;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * At most N of M neighbouring input channels of each output channel and tap are not zero; the last group of a tap may be
 * of fewer channels. Source: Mishra et al., "Accelerating Sparse Deep Neural Networks", 2021.
 *
 * @param n 1 to m - 1
 * @param m 2 to {@value #MOST}
 */
public record NofM(int n, int m) {
    /** The most channels of a group. */
    public static final int MOST = 16;

    public NofM {
        if (m < 2 || m > MOST || n < 1 || n >= m) {
            throw new IllegalArgumentException(
                    "weights of a group: got " + n + " of " + m + ", expected 1 to m - 1 of 2 to " + MOST);
        }
    }

    /**
     * The pattern that holds given weights in the fewest bits; empty where in each some group is full.
     *
     * @param kept panels of one output channel, runs of one number
     * @param bits of a weight
     */
    public static Optional<NofM> of(Occupancy kept, int bits) {
        return IntStream.rangeClosed(2, Math.min(MOST, kept.weights().channels()))
                .mapToObj(m -> new int[] {Math.max(1, fullest(kept, m)), m})
                .filter(pattern -> pattern[0] < pattern[1])
                .map(pattern -> new NofM(pattern[0], pattern[1]))
                .min(Comparator.comparingLong(
                        pattern -> pattern.held(kept.weights().channels()) * (bits + pattern.codeBits())));
    }

    /** Weights that are not zero of the group that has the most. */
    private static int fullest(Occupancy kept, int m) {
        int channels = kept.weights().channels();
        int most = 0;
        for (int slice = 0; slice < kept.slices(); slice++) {
            long last = -1;
            int count = 0;
            for (int entry = kept.start(slice); entry < kept.start(slice + 1); entry++) {
                int run = kept.run(entry);
                long group = (long) run / channels * channels + run % channels / m;
                count = group == last ? count + 1 : 1;
                last = group;
                most = Math.max(most, count);
            }
        }
        return most;
    }

    /** The share of weights that are held, 0 to 1. */
    public double density() {
        return (double) n / m;
    }

    /** Weights of so many channels that are held, those that fill up the last group too. */
    private long held(int channels) {
        return (long) Math.ceilDiv(channels, m) * n;
    }

    /** Bits that say which of a group a weight is. */
    public int codeBits() {
        return Integer.SIZE - Integer.numberOfLeadingZeros(m - 1);
    }

    @Override
    public String toString() {
        return n + " of " + m;
    }
}
