// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.partition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** The heuristic against all assignments there are. */
final class HeuristicTest {
    private static final int INSTANCES = 500;
    private static final List<Objective> OBJECTIVES = List.of(Objective.values());
    private static final Heuristic HEURISTIC = new Heuristic(Duration.ofSeconds(5), 1);

    @Test
    void isNearTheBestAndFindsAPartitionWhereThereIsOne() {
        double excess = 0;
        int feasible = 0;
        for (int seed = 0; seed < INSTANCES; seed++) {
            PartitionProblem problem = RandomProblems.small(seed);
            Objective objective = OBJECTIVES.get(seed % OBJECTIVES.size());
            OptionalDouble least = ExhaustiveSearch.least(problem, objective);
            if (least.isEmpty()) {
                assertThrows(PartitionException.class, () -> HEURISTIC.partition(problem, objective));
                continue;
            }
            Partition partition = HEURISTIC.partition(problem, objective);
            String what = "seed " + seed + ", " + objective;
            double counted = ExhaustiveSearch.value(problem, objective, partition.choices());
            assertEquals(counted, partition.value(), 1e-9 * counted, what);
            assertTrue(partition.lowerBound() <= least.getAsDouble() * (1 + 1e-9), what);
            assertTrue(!partition.optimal() || counted <= least.getAsDouble() * (1 + 2e-6), what);
            excess += least.getAsDouble() == 0 ? 0 : counted / least.getAsDouble() - 1;
            feasible++;
        }
        assertTrue(feasible > INSTANCES / 2 && feasible < INSTANCES, feasible + " with a partition");
        assertTrue(excess / feasible <= 0.05, "mean excess " + excess / feasible);
    }

    @Test
    void predictsAllObjectivesOfWhatItChose() {
        for (int seed = 0; seed < 50; seed++) {
            PartitionProblem problem = RandomProblems.large(seed, new RandomProblems.Size(12, 3, 2, 3, 0.8));
            Partition partition = HEURISTIC.partition(problem, Objective.LATENCY);
            Partition.Prediction predicted = partition.predicted();
            double latency = ExhaustiveSearch.value(problem, Objective.LATENCY, partition.choices());
            double period = ExhaustiveSearch.value(problem, Objective.THROUGHPUT, partition.choices());
            double joules = ExhaustiveSearch.value(problem, Objective.ENERGY, partition.choices());
            assertEquals(latency, predicted.latencySeconds(), 1e-9 * latency);
            assertEquals(period, predicted.periodSeconds(), 1e-9 * period);
            assertEquals(joules, predicted.joules().orElseThrow(), 1e-9 * joules);
        }
    }

    @Test
    void givesTheSameAnswerAgain() {
        PartitionProblem problem = RandomProblems.large(7, new RandomProblems.Size(25, 3, 2, 2, 0.9));
        Partition first = new Heuristic(Duration.ofMinutes(1), 3).partition(problem, Objective.THROUGHPUT);
        Partition second = new Heuristic(Duration.ofMinutes(1), 3).partition(problem, Objective.THROUGHPUT);
        assertEquals(first, second);
    }

    @Test
    void isNearItsBoundOnANetwork() {
        PartitionProblem problem = RandomNetworks.of(1, 60, 4);
        Partition latency = HEURISTIC.partition(problem, Objective.LATENCY);
        assertTrue(latency.gap() <= 0.02, latency.value() + " over " + latency.lowerBound());
        Partition energy = HEURISTIC.partition(problem, Objective.ENERGY);
        assertTrue(energy.optimal());
        assertFalse(energy.predicted().joules().orElseThrow() > energy.value());
    }
}
