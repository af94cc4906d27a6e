// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.measure;

import java.util.Arrays;

/** The times of many queries, each of the same number of samples. */
public final class Latencies {
    private final int samplesPerQuery;
    private long[] nanos = new long[256];
    private int count;
    private long total;
    private long spanned;

    public Latencies(int samplesPerQuery) {
        this.samplesPerQuery = samplesPerQuery;
    }

    /** Samples of each query. */
    public int samplesPerQuery() {
        return samplesPerQuery;
    }

    /** Runs a query and keeps its time. */
    public void time(Runnable query) {
        long start = System.nanoTime();
        query.run();
        add(System.nanoTime() - start);
    }

    void add(long queryNanos) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * count);
        }
        nanos[count++] = queryNanos;
        total += queryNanos;
    }

    /** Counts the time that overlapping queries took together. */
    void spanned(long nanos) {
        spanned += nanos;
    }

    /** Queries timed. */
    public int queries() {
        return count;
    }

    /** Samples in all queries. */
    public long samples() {
        return (long) count * samplesPerQuery;
    }

    /** Seconds in which queries were under way. */
    public double seconds() {
        return (spanned > 0 ? spanned : total) / 1e9;
    }

    public double samplesPerSecond() {
        return samples() / seconds();
    }

    /**
     * The time in milliseconds that this part of the queries does not exceed, by nearest rank.
     *
     * @param part above 0, at most 1
     */
    public double percentileMs(double part) {
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        int rank = (int) Math.ceil(part * count);
        return sorted[Math.max(0, rank - 1)] / 1e6;
    }
}
