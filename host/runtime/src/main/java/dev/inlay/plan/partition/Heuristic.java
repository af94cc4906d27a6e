// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.partition;

import dev.inlay.plan.partition.Instance.Option;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Chooses in little time: the assignments of least price of a Lagrangian relaxation and those of single devices are
 * improved by local search. The relaxation gives the lower bound. The same seed gives the same partition unless the time
 * limit ends the search.
 */
public final class Heuristic implements Partitioner {
    /** States that the dynamic program keeps. */
    private static final int WIDTH = 1024;

    /** Nodes up to which every assignment is improved wholly. */
    private static final int SMALL = 20;

    private static final int RELAXATIONS = 30;
    private static final int SHAKEN_PRICES = 20;
    private static final int ROUNDS = 10;

    /** Stretches that are tried, for each node. */
    private static final int CROSSINGS = 40;

    private static final int SHAKES = 400;
    private static final int SHAKEN = 3;

    private final Duration limit;
    private final long seed;

    /** @param limit of time, which a search may overrun by its first step */
    public Heuristic(Duration limit, long seed) {
        this.limit = limit;
        this.seed = seed;
    }

    @Override
    public Partition partition(PartitionProblem problem, Objective objective) {
        Result result = search(Instance.of(problem, objective));
        double value = result.assignment.value();
        boolean optimal = value - result.bound <= Partition.PRECISION * Math.abs(value);
        return Partition.of(result.assignment, result.bound, optimal);
    }

    /**
     * The best assignment that was found.
     *
     * @param bound that the value of none is below
     */
    public record Result(Assignment assignment, double bound) {}

    /**
     * The best assignment and a lower bound.
     *
     * @throws PartitionException if none that meets the limits was found
     */
    public Result search(Instance instance) {
        return new Search(instance).run();
    }

    private final class Search {
        private final Instance instance;
        private final Random random = new Random(seed);
        private final Deadline deadline = Deadline.in(limit);
        private final Deadline pricing = Deadline.in(limit.multipliedBy(2).dividedBy(3));
        private final DynamicProgram program;
        private final LagrangianRelaxation relaxation;
        private final LocalSearch local;
        private final List<int[]> pool = new ArrayList<>();

        Search(Instance instance) {
            this.instance = instance;
            program = new DynamicProgram(instance, WIDTH);
            relaxation = new LagrangianRelaxation(instance, program);
            local = new LocalSearch(instance, random, deadline);
        }

        Result run() {
            add(relaxation.next(Double.POSITIVE_INFINITY));
            for (int device = 0; device < instance.devices() && !isProven(); device++) {
                add(onOne(instance, device));
            }
            boolean priced = instance.objective() == Objective.THROUGHPUT || instance.isLimited();
            for (int i = 0; i < (priced ? RELAXATIONS : 0) && !pricing.isOver() && !isProven(); i++) {
                add(relaxation.next(local.bestValue()));
            }
            cross();
            shake();
            int[] best = local.best().or(this::anyFeasible).orElseThrow(this::none);
            return new Result(new Assignment(instance, best), relaxation.bound());
        }

        /** Improves an assignment, wholly where that is quick, and lets others take stretches of it as it was. */
        private void add(Assignment assignment) {
            pool.add(assignment.choice());
            if (instance.nodes() <= SMALL) {
                local.descend(assignment);
            } else {
                local.keep(assignment);
            }
        }

        private boolean isProven() {
            return local.bestValue() - relaxation.bound() <= 1e-9 * Math.abs(local.bestValue());
        }

        private void cross() {
            for (int i = 0; i < SHAKEN_PRICES && instance.nodes() > SMALL && !pricing.isOver() && !isProven(); i++) {
                add(relaxation.near(random));
            }
            int times = CROSSINGS * instance.nodes();
            for (int i = 0; i < ROUNDS && instance.nodes() > SMALL && !deadline.isOver() && !isProven(); i++) {
                Assignment crossed = new Assignment(instance, local.best().orElse(pool.getFirst()));
                local.cross(crossed, pool, program.order(), times);
                pool.add(crossed.choice());
                local.descend(crossed);
                pool.add(crossed.choice());
            }
        }

        private void shake() {
            for (int i = 0; i < SHAKEN && !deadline.isOver() && !isProven(); i++) {
                int[] from = i == 0 && local.best().isPresent() ? local.best().get() : pool.get(i % pool.size());
                local.shake(new Assignment(instance, from), SHAKES + instance.nodes());
            }
            if (local.best().isPresent() && !isProven()) {
                local.descend(new Assignment(instance, local.best().get()));
            }
        }

        private Optional<int[]> anyFeasible() {
            Optional<int[]> found = new FeasibleSearch(instance, instance.maxCuts(), true).find();
            found.ifPresent(choice -> local.descend(new Assignment(instance, choice)));
            return local.best().or(() -> found);
        }

        private PartitionException none() {
            Assignment nearest = new Assignment(instance, pool.getFirst());
            for (int[] choice : pool) {
                Assignment each = new Assignment(instance, choice);
                nearest = each.violation() < nearest.violation() ? each : nearest;
            }
            return Infeasibility.of(instance, nearest);
        }
    }

    private static Assignment onOne(Instance instance, int device) {
        int[] choice = new int[instance.nodes()];
        for (int node = 0; node < choice.length; node++) {
            List<Option> options = instance.options(node);
            for (int i = 1; i < options.size(); i++) {
                boolean here = options.get(i).device() == device;
                boolean there = options.get(choice[node]).device() == device;
                boolean faster =
                        options.get(i).seconds() < options.get(choice[node]).seconds();
                choice[node] = (here && !there) || (here == there && faster) ? i : choice[node];
            }
        }
        return new Assignment(instance, choice);
    }
}
