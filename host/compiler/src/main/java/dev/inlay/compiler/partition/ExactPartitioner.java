// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.partition;

import com.google.ortools.Loader;
import com.google.ortools.sat.CpSolver;
import com.google.ortools.sat.CpSolverStatus;
import dev.inlay.plan.partition.Assignment;
import dev.inlay.plan.partition.Heuristic;
import dev.inlay.plan.partition.Instance;
import dev.inlay.plan.partition.Objective;
import dev.inlay.plan.partition.Partition;
import dev.inlay.plan.partition.PartitionException;
import dev.inlay.plan.partition.PartitionProblem;
import dev.inlay.plan.partition.Partitioner;
import java.time.Duration;
import java.util.Optional;

/**
 * Chooses by constraint programming (CP-SAT of OR-Tools), starting from what the heuristic found, and proves how far from
 * the best that is at most. The objective is that of whole numbers, about 10⁹ of them for the heuristic's value; the
 * value of what was chosen is counted anew from the problem's own figures, and the bound allows for the rounding.
 */
public final class ExactPartitioner implements Partitioner {
    private static final int WORKERS = 2;

    /** What the solver gets even if the heuristic took all. */
    private static final double LEAST_SECONDS = 0.1;

    private final Duration limit;
    private final long seed;

    /**
     * @param limit of time, of which the heuristic takes a part
     * @param seed of both searches
     */
    public ExactPartitioner(Duration limit, long seed) {
        this.limit = limit;
        this.seed = seed;
    }

    @Override
    public Partition partition(PartitionProblem problem, Objective objective) {
        long start = System.nanoTime();
        Instance instance = Instance.of(problem, objective);
        try {
            Heuristic.Result known = new Heuristic(limit.multipliedBy(2).dividedBy(3), seed).search(instance);
            return partition(isProven(known.assignment(), known.bound()) ? known : improve(instance, known, start));
        } catch (PartitionException none) {
            Solved solved = solve(instance, Optional.empty(), start);
            return partition(new Heuristic.Result(solved.found.orElseThrow(() -> none), solved.bound));
        }
    }

    /**
     * What the solver says.
     *
     * @param bound that the value of no assignment is below
     */
    private record Solved(Optional<Assignment> found, double bound) {}

    private Heuristic.Result improve(Instance instance, Heuristic.Result known, long start) {
        Solved solved = solve(instance, Optional.of(known.assignment()), start);
        Assignment best = solved.found
                .filter(found -> found.value() < known.assignment().value())
                .orElse(known.assignment());
        return new Heuristic.Result(best, Math.max(known.bound(), solved.bound));
    }

    private Solved solve(Instance instance, Optional<Assignment> known, long start) {
        Loader.loadNativeLibraries();
        PartitionModel model = new PartitionModel(instance, known);
        CpSolver solver = new CpSolver();
        double left = (limit.toNanos() - (System.nanoTime() - start)) * 1e-9;
        solver.getParameters()
                .setMaxTimeInSeconds(Math.max(LEAST_SECONDS, left))
                .setNumWorkers(WORKERS)
                .setLinearizationLevel(2)
                .setRandomSeed(Math.floorMod(seed, Integer.MAX_VALUE));
        CpSolverStatus status = solver.solve(model.model());
        Optional<Assignment> found = switch (status) {
            case OPTIMAL, FEASIBLE -> Optional.of(new Assignment(instance, model.choice(solver)));
            case INFEASIBLE, MODEL_INVALID, UNKNOWN, UNRECOGNIZED -> Optional.empty();
        };
        return new Solved(found, model.bound(solver));
    }

    private static Partition partition(Heuristic.Result result) {
        return Partition.of(result.assignment(), result.bound(), isProven(result.assignment(), result.bound()));
    }

    private static boolean isProven(Assignment assignment, double bound) {
        return assignment.value() - bound <= Partition.PRECISION * Math.abs(assignment.value());
    }
}
