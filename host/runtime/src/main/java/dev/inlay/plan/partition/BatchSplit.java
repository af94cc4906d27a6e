// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.partition;

import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.stream.Collectors;

/**
 * A batch cut over devices that each compute the whole network for their samples, at the same time.
 *
 * @param samples device id to its share, devices without one left out; the shares sum to the batch
 * @param seconds until the slowest device is done
 */
public record BatchSplit(Map<String, Long> samples, double seconds) {
    /**
     * A device that computes the whole network.
     *
     * @param fixedSeconds of any number of samples but none, at least 0
     * @param secondsPerSample of each, at least 0
     * @param maxSamples most that its memory holds; empty means any number
     */
    public record Worker(String device, double fixedSeconds, double secondsPerSample, OptionalLong maxSamples) {
        public Worker {
            boolean holds = fixedSeconds >= 0 && secondsPerSample >= 0 && fixedSeconds + secondsPerSample < 1e18;
            if (!holds) {
                throw new IllegalArgumentException("seconds of " + device + ": got " + fixedSeconds + " and "
                        + secondsPerSample + " a sample, expected >= 0");
            }
        }

        /** Seconds for a number of samples. */
        public double seconds(long samples) {
            return samples == 0 ? 0 : fixedSeconds + samples * secondsPerSample;
        }

        /** The most samples that are done in a time. */
        private long within(double seconds, long samples) {
            long most = Math.min(samples, maxSamples.orElse(Long.MAX_VALUE));
            long low = 0;
            while (low < most) {
                long middle = low + (most - low + 1) / 2;
                if (seconds(middle) <= seconds) {
                    low = middle;
                } else {
                    most = middle - 1;
                }
            }
            return low;
        }
    }

    /** Until the two times of a search are neighbours among doubles. */
    private static final int HALVINGS = 64;

    public BatchSplit {
        samples = Collections.unmodifiableMap(new LinkedHashMap<>(samples));
    }

    /**
     * The split of {@code batch} samples of which the slowest device is done soonest. Among those, the last samples go
     * where they are done first.
     *
     * @throws PartitionException if the devices hold fewer samples
     */
    public static BatchSplit best(long batch, List<Worker> workers) {
        if (batch < 1) {
            throw new IllegalArgumentException("batch: got " + batch + " samples, expected 1 at least");
        }
        long room = workers.stream()
                .mapToLong(worker -> Math.min(batch, worker.maxSamples.orElse(batch)))
                .reduce(0, (a, b) -> Math.min(batch, a + b));
        if (room < batch) {
            throw new PartitionException("batch: got " + batch + " samples, expected " + room + " at most, all that "
                    + workers.stream().map(Worker::device).collect(Collectors.joining(", ")) + " hold");
        }
        return fill(batch, workers, tooShort(batch, workers));
    }

    /** A time in which the devices do the whole batch. */
    private static double enough(long batch, List<Worker> workers) {
        return workers.stream()
                .mapToDouble(worker -> worker.seconds(worker.within(Double.MAX_VALUE, batch)))
                .max()
                .orElseThrow();
    }

    /** A time near the least in which the batch is done, in which it is not. */
    private static double tooShort(long batch, List<Worker> workers) {
        double low = -1;
        double high = enough(batch, workers);
        for (int i = 0; i < HALVINGS; i++) {
            double middle = low + (high - low) / 2;
            if (done(middle, batch, workers) < batch) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static long done(double seconds, long batch, List<Worker> workers) {
        return workers.stream()
                .mapToLong(worker -> worker.within(seconds, batch))
                .reduce(0, (a, b) -> Math.min(batch, a + b));
    }

    /** What is done in a time, and the samples that are left each where it is done first. */
    private static BatchSplit fill(long batch, List<Worker> workers, double seconds) {
        long[] shares = workers.stream()
                .mapToLong(worker -> worker.within(seconds, batch))
                .toArray();
        long left = batch;
        PriorityQueue<Integer> next = new PriorityQueue<>(
                Comparator.comparingDouble(i -> workers.get(i).seconds(shares[i] + 1)));
        for (int i = 0; i < shares.length; i++) {
            left -= shares[i];
            if (shares[i] < workers.get(i).maxSamples.orElse(Long.MAX_VALUE)) {
                next.add(i);
            }
        }
        while (left > 0) {
            int first = next.remove();
            // All that are done at once: where a sample takes no time, that is many.
            long done = workers.get(first).within(workers.get(first).seconds(shares[first] + 1), batch);
            long given = Math.min(left, done - shares[first]);
            shares[first] += given;
            left -= given;
            if (shares[first] < workers.get(first).maxSamples.orElse(Long.MAX_VALUE)) {
                next.add(first);
            }
        }
        Map<String, Long> samples = new LinkedHashMap<>();
        double slowest = 0;
        for (int i = 0; i < shares.length; i++) {
            slowest = Math.max(slowest, workers.get(i).seconds(shares[i]));
            if (shares[i] > 0) {
                samples.merge(workers.get(i).device, shares[i], Long::sum);
            }
        }
        return new BatchSplit(samples, slowest);
    }

    /** Seconds in which a partition answers a batch, one sample behind the other. */
    public static double seconds(Partition partition, long batch) {
        Partition.Prediction predicted = partition.predicted();
        return predicted.latencySeconds() + (batch - 1) * predicted.periodSeconds();
    }

    /** Whether the split is done before a partition is. */
    public boolean beats(Partition partition) {
        long batch = samples.values().stream().mapToLong(Long::longValue).sum();
        return seconds < seconds(partition, batch);
    }

    /** The shares, and against what. */
    public String words(Partition partition) {
        long batch = samples.values().stream().mapToLong(Long::longValue).sum();
        String shares = samples.entrySet().stream()
                .map(share -> share.getValue() + " on " + share.getKey())
                .collect(Collectors.joining(", "));
        return String.format(
                Locale.ROOT,
                "batch of %d split by samples (%s): %.3g s, partitioned by nodes %.3g s",
                batch,
                shares,
                seconds,
                seconds(partition, batch));
    }
}
