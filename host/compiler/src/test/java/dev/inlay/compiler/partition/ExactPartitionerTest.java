// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.partition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.ortools.Loader;
import com.google.ortools.sat.CpSolver;
import com.google.ortools.sat.CpSolverStatus;
import dev.inlay.plan.partition.Assignment;
import dev.inlay.plan.partition.ExhaustiveSearch;
import dev.inlay.plan.partition.Instance;
import dev.inlay.plan.partition.Objective;
import dev.inlay.plan.partition.Partition;
import dev.inlay.plan.partition.PartitionException;
import dev.inlay.plan.partition.PartitionProblem;
import dev.inlay.plan.partition.RandomNetworks;
import dev.inlay.plan.partition.RandomProblems;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** The solver against all assignments there are. */
final class ExactPartitionerTest {
    private static final int INSTANCES = 500;
    private static final List<Objective> OBJECTIVES = List.of(Objective.values());
    private static final ExactPartitioner EXACT = new ExactPartitioner(Duration.ofSeconds(10), 1);

    @Test
    void isAlwaysTheBest() {
        for (int seed = 0; seed < INSTANCES; seed++) {
            PartitionProblem problem = RandomProblems.small(seed);
            Objective objective = OBJECTIVES.get(seed % OBJECTIVES.size());
            OptionalDouble least = ExhaustiveSearch.least(problem, objective);
            if (least.isEmpty()) {
                assertThrows(PartitionException.class, () -> EXACT.partition(problem, objective));
                continue;
            }
            Partition partition = EXACT.partition(problem, objective);
            String what = "seed " + seed + ", " + objective;
            assertTrue(partition.optimal(), what);
            assertEquals(least.getAsDouble(), partition.value(), 2 * Partition.PRECISION * least.getAsDouble(), what);
            assertTrue(partition.lowerBound() <= least.getAsDouble() * (1 + 1e-9), what);
        }
    }

    /** The constraints alone, without what the heuristic knows. */
    @Test
    void theModelSaysWhatTheProblemSays() {
        Loader.loadNativeLibraries();
        for (int seed = INSTANCES; seed < INSTANCES + 150; seed++) {
            PartitionProblem problem = RandomProblems.small(seed);
            Objective objective = OBJECTIVES.get(seed % OBJECTIVES.size());
            OptionalDouble least = ExhaustiveSearch.least(problem, objective);
            Instance instance;
            try {
                instance = Instance.of(problem, objective);
            } catch (PartitionException none) {
                assertTrue(least.isEmpty());
                continue;
            }
            PartitionModel model = new PartitionModel(instance, Optional.empty());
            CpSolver solver = new CpSolver();
            solver.getParameters().setNumWorkers(1);
            CpSolverStatus status = solver.solve(model.model());
            String what = "seed " + seed + ", " + objective;
            assertEquals(least.isEmpty() ? CpSolverStatus.INFEASIBLE : CpSolverStatus.OPTIMAL, status, what);
            if (least.isPresent()) {
                double value = new Assignment(instance, model.choice(solver)).value();
                assertEquals(least.getAsDouble(), value, 1e-6 * value, what);
                assertEquals(value, model.bound(solver), 1e-6 * value, what);
            }
        }
    }

    @Test
    void boundsALargeNetwork() {
        PartitionProblem problem = RandomNetworks.of(2, 100, 4);
        ExactPartitioner quick = new ExactPartitioner(Duration.ofSeconds(4), 1);
        Partition latency = quick.partition(problem, Objective.LATENCY);
        assertTrue(latency.gap() <= 0.02, latency.value() + " over " + latency.lowerBound());
        Partition throughput = quick.partition(problem, Objective.THROUGHPUT);
        assertTrue(throughput.gap() <= 0.25, throughput.value() + " over " + throughput.lowerBound());
    }
}
