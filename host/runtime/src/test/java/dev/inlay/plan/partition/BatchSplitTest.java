// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.partition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.plan.partition.BatchSplit.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Splits of a batch against all splits there are. */
final class BatchSplitTest {
    @Test
    void noSplitIsDoneSooner() {
        Random random = new Random(1);
        for (int i = 0; i < 500; i++) {
            List<Worker> workers = new ArrayList<>();
            for (int device = 0; device < 3; device++) {
                OptionalLong most = random.nextInt(3) == 0 ? OptionalLong.of(random.nextInt(9)) : OptionalLong.empty();
                double each = random.nextInt(8) == 0 ? 0 : random.nextDouble();
                workers.add(new Worker("device-" + device, random.nextInt(4), each, most));
            }
            int batch = 1 + random.nextInt(20);
            double least = least(batch, workers, 0);
            if (Double.isInfinite(least)) {
                assertThrows(PartitionException.class, () -> BatchSplit.best(batch, workers));
                continue;
            }
            BatchSplit split = BatchSplit.best(batch, workers);
            assertEquals(least, split.seconds());
            assertEquals(
                    batch,
                    split.samples().values().stream().mapToLong(Long::longValue).sum());
            double slowest = 0;
            for (Worker worker : workers) {
                long share = split.samples().getOrDefault(worker.device(), 0L);
                assertTrue(share <= worker.maxSamples().orElse(share));
                slowest = Math.max(slowest, worker.seconds(share));
            }
            assertEquals(slowest, split.seconds());
        }
    }

    private static double least(long batch, List<Worker> workers, int from) {
        if (from == workers.size()) {
            return batch == 0 ? 0 : Double.POSITIVE_INFINITY;
        }
        double least = Double.POSITIVE_INFINITY;
        Worker worker = workers.get(from);
        for (long share = 0; share <= Math.min(batch, worker.maxSamples().orElse(batch)); share++) {
            least = Math.min(least, Math.max(worker.seconds(share), least(batch - share, workers, from + 1)));
        }
        return least;
    }

    @Test
    void aHugeBatchIsSplitAtOnce() {
        List<Worker> workers =
                List.of(new Worker("fast", 0, 1, OptionalLong.empty()), new Worker("slow", 0, 3, OptionalLong.empty()));
        BatchSplit split = BatchSplit.best(4_000_000_000L, workers);
        assertEquals(Map.of("fast", 3_000_000_000L, "slow", 1_000_000_000L), split.samples());
    }

    @Test
    void isComparedWithAPartition() {
        Partition partition = new Heuristic(Duration.ofSeconds(5), 1)
                .partition(RandomProblems.large(1, new RandomProblems.Size(6, 2, 1, 1, 1.0)), Objective.THROUGHPUT);
        double each = partition.predicted().periodSeconds();
        BatchSplit slower = BatchSplit.best(100, List.of(new Worker("one", 0, 2 * each, OptionalLong.empty())));
        BatchSplit faster = BatchSplit.best(100, List.of(new Worker("one", 0, each / 2, OptionalLong.empty())));
        assertFalse(slower.beats(partition));
        assertTrue(faster.beats(partition));
        assertTrue(faster.words(partition).startsWith("batch of 100 split by samples (100 on one): "));
    }

    @Test
    void refusesWhatFitsNowhere() {
        List<Worker> workers =
                List.of(new Worker("a", 0, 1, OptionalLong.of(3)), new Worker("b", 0, 1, OptionalLong.of(4)));
        PartitionException refused = assertThrows(PartitionException.class, () -> BatchSplit.best(8, workers));
        assertEquals("batch: got 8 samples, expected 7 at most, all that a, b hold", refused.getMessage());
    }
}
