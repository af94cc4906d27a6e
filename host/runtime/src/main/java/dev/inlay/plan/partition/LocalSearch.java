// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.partition;

import dev.inlay.plan.partition.Instance.Option;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Improves assignments by moving nodes, neighbours together and whole connected parts of a device, and shakes what does
 * not improve (iterated local search; Lourenço, Martin and Stützle, 2003). Limits may be broken on the way, at a price.
 */
final class LocalSearch {
    /** Largest part that a shake moves. */
    private static final int LARGEST_SHAKE = 8;

    /** Share of the merit by which a shaken assignment may be worse and is still gone on from. */
    private static final double SLACK = 0.01;

    /** The same for stretches of other assignments, at first. */
    private static final double CROSS_SLACK = 0.002;

    private final Instance instance;
    private final Random random;
    private final Deadline deadline;
    private final int[][] neighbours;
    private final BitSet frozen = new BitSet();
    private Optional<int[]> best = Optional.empty();
    private double bestValue = Double.POSITIVE_INFINITY;
    private double bestTie = Double.POSITIVE_INFINITY;
    private double fine = 1;

    LocalSearch(Instance instance, Random random, Deadline deadline) {
        this.instance = instance;
        this.random = random;
        this.deadline = deadline;
        neighbours = new int[instance.nodes()][];
        for (int node = 0; node < neighbours.length; node++) {
            BitSet near = new BitSet();
            for (int value : instance.inputs(node)) {
                if (instance.producer(value) >= 0) {
                    near.set(instance.producer(value));
                }
            }
            for (int value : instance.outputs(node)) {
                Arrays.stream(instance.readers(value)).forEach(near::set);
            }
            neighbours[node] = near.stream().toArray();
        }
    }

    /** The best that meets all limits; empty if none was met. */
    Optional<int[]> best() {
        return best.map(int[]::clone);
    }

    /** The value of the best; infinite if there is none. */
    double bestValue() {
        return bestValue;
    }

    /** Improves an assignment as long as a move does. */
    void descend(Assignment assignment) {
        fine = Math.max(fine, 10 * assignment.value());
        ArrayDeque<Integer> queue = new ArrayDeque<>();
        do {
            for (int node = 0; node < neighbours.length; node++) {
                queue.add(node);
            }
            settle(assignment, queue);
        } while (!deadline.isOver() && (movePairs(assignment) || moveParts(assignment)));
        assignment.recount();
        keep(assignment);
    }

    /** Keeps a node's option from now on, or no more. */
    void freeze(int node, boolean kept) {
        frozen.set(node, kept);
    }

    /** Gives the nodes around one the best options for it as it is. */
    void settleAround(Assignment assignment, int node) {
        fine = Math.max(fine, 10 * assignment.value());
        ArrayDeque<Integer> queue = new ArrayDeque<>();
        for (int near : neighbours[node]) {
            queue.add(near);
        }
        settle(assignment, queue);
        assignment.recount();
    }

    /** Shakes and settles an assignment a number of times. */
    void shake(Assignment assignment, int times) {
        double current = merit(assignment);
        int[] before = assignment.choice();
        for (int i = 0; i < times && !deadline.isOver(); i++) {
            ArrayDeque<Integer> queue = new ArrayDeque<>();
            for (int node : part()) {
                List<Option> options = instance.options(node);
                assignment.change(node, random.nextInt(options.size()));
                queue.add(node);
            }
            moveTogether(assignment, queue);
            settle(assignment, queue);
            keep(assignment);
            double merit = merit(assignment);
            if (merit <= current + SLACK * random.nextDouble() * Math.abs(current)) {
                current = merit;
                before = assignment.choice();
            } else {
                restore(assignment, before);
            }
            if (i % 64 == 63) {
                assignment.recount();
            }
        }
    }

    /**
     * Takes stretches of an order of the nodes from other assignments, where that helps; ever less that makes it worse is
     * gone on from.
     */
    void cross(Assignment assignment, List<int[]> pool, int[] order, int times) {
        double current = merit(assignment);
        int[] before = new int[order.length];
        for (int i = 0; i < times && !deadline.isOver(); i++) {
            int[] other = pool.get(random.nextInt(pool.size()));
            int length = (int) Math.ceil(Math.pow(order.length, random.nextDouble()));
            int first = random.nextInt(order.length - length + 1);
            for (int place = first; place < first + length; place++) {
                int node = order[place];
                before[node] = assignment.choice(node);
                assignment.change(node, other[node]);
            }
            double merit = merit(assignment);
            double slack = CROSS_SLACK * (1 - (double) i / times) * -Math.log(1 - random.nextDouble());
            if (merit <= current + slack * Math.abs(current)) {
                current = merit;
                keep(assignment);
            } else {
                for (int place = first; place < first + length; place++) {
                    assignment.change(order[place], before[order[place]]);
                }
            }
            if (i % 64 == 63) {
                assignment.recount();
            }
        }
    }

    /** Nodes near each other. */
    private List<Integer> part() {
        int size = 1 + random.nextInt(Math.min(LARGEST_SHAKE, neighbours.length));
        List<Integer> part = new ArrayList<>(List.of(random.nextInt(neighbours.length)));
        for (int i = 0; i < part.size() && part.size() < size; i++) {
            for (int near : neighbours[part.get(i)]) {
                if (part.size() < size && !part.contains(near)) {
                    part.add(near);
                }
            }
        }
        return part;
    }

    /** Half of the times, brings all nodes of a part to the device of its first. */
    private void moveTogether(Assignment assignment, ArrayDeque<Integer> part) {
        if (random.nextBoolean()) {
            int device = assignment.chosen(part.getFirst()).device();
            for (int node : part) {
                cheapest(node, device).ifPresent(option -> assignment.change(node, option));
            }
        }
    }

    private Optional<Integer> cheapest(int node, int device) {
        List<Option> options = instance.options(node);
        Optional<Integer> cheapest = Optional.empty();
        for (int i = 0; i < options.size(); i++) {
            boolean better = cheapest.isEmpty() || price(options.get(i)) < price(options.get(cheapest.get()));
            if (options.get(i).device() == device && better) {
                cheapest = Optional.of(i);
            }
        }
        return cheapest;
    }

    private double price(Option option) {
        return instance.objective() == Objective.ENERGY ? option.joules() : option.seconds();
    }

    /** What is to be little: the objective, what breaks ties, and the fine for broken limits. */
    private double merit(Assignment assignment) {
        double value = instance.objective() == Objective.THROUGHPUT
                ? smoothPeriod(assignment)
                : assignment.value() + 1e-3 * tie(assignment);
        return value + fine * assignment.violation();
    }

    /** The mean of order 16 of the devices' seconds: that of the busiest, but that the others count a little. */
    private double smoothPeriod(Assignment assignment) {
        double most = assignment.period();
        double sum = 0;
        for (int device = 0; device < instance.devices(); device++) {
            double share = assignment.busy(device) / most;
            double fourth = share * share * share * share;
            sum += fourth * fourth * fourth * fourth;
        }
        return most == 0 ? 0 : most * Math.sqrt(Math.sqrt(Math.sqrt(Math.sqrt(sum / instance.devices()))));
    }

    private double tie(Assignment assignment) {
        return instance.objective() == Objective.LATENCY
                ? assignment.period()
                : assignment.latency() / instance.devices();
    }

    /** Remembers an assignment that meets all limits, if it is the best. */
    void keep(Assignment assignment) {
        if (assignment.violation() > 0) {
            return;
        }
        double value = assignment.value();
        double tie = tie(assignment);
        double same = 1e-12 * Math.abs(bestValue);
        if (value < bestValue - same || (value <= bestValue + same && tie < bestTie)) {
            best = Optional.of(assignment.choice());
            bestValue = Math.min(bestValue, value);
            bestTie = tie;
        }
    }

    /** Gives queued nodes their best option, and their neighbours again when one changes. */
    private void settle(Assignment assignment, ArrayDeque<Integer> queue) {
        BitSet queued = new BitSet();
        queue.forEach(queued::set);
        double merit = merit(assignment);
        while (!queue.isEmpty() && !deadline.isOver()) {
            int node = queue.poll();
            queued.clear(node);
            if (frozen.get(node)) {
                continue;
            }
            int before = assignment.choice(node);
            int chosen = before;
            for (int option = 0; option < instance.options(node).size(); option++) {
                assignment.change(node, option);
                double tried = merit(assignment);
                if (tried < merit - 1e-12 * Math.abs(merit)) {
                    merit = tried;
                    chosen = option;
                }
            }
            assignment.change(node, chosen);
            if (chosen != before) {
                for (int near : neighbours[node]) {
                    if (!queued.get(near)) {
                        queued.set(near);
                        queue.add(near);
                    }
                }
            }
        }
    }

    /** Tries every option of two neighbours on one device; whether any was better. */
    private boolean movePairs(Assignment assignment) {
        boolean moved = false;
        double merit = merit(assignment);
        for (int node = 0; node < neighbours.length && !deadline.isOver(); node++) {
            for (int near : neighbours[node]) {
                double found = near > node ? movePair(assignment, node, near, merit) : merit;
                moved |= found < merit;
                merit = found;
            }
        }
        return moved;
    }

    private double movePair(Assignment assignment, int first, int second, double merit) {
        int[] chosen = {assignment.choice(first), assignment.choice(second)};
        double least = merit;
        List<Option> ones = instance.options(first);
        List<Option> others = instance.options(second);
        for (int one = 0; one < ones.size(); one++) {
            for (int other = 0; other < others.size(); other++) {
                if (ones.get(one).device() == others.get(other).device()) {
                    assignment.change(first, one);
                    assignment.change(second, other);
                    double tried = merit(assignment);
                    if (tried < least - 1e-9 * Math.abs(least)) {
                        least = tried;
                        chosen = new int[] {one, other};
                    }
                }
            }
        }
        assignment.change(first, chosen[0]);
        assignment.change(second, chosen[1]);
        return least;
    }

    /** Tries every connected part of a device on every other; whether any was better. */
    private boolean moveParts(Assignment assignment) {
        boolean moved = false;
        BitSet seen = new BitSet();
        for (int node = seen.nextClearBit(0); node < neighbours.length; node = seen.nextClearBit(node)) {
            List<Integer> part = connected(assignment, node, seen);
            for (int device = 0; device < instance.devices() && !deadline.isOver(); device++) {
                moved |= movePart(assignment, part, device);
            }
        }
        return moved;
    }

    private List<Integer> connected(Assignment assignment, int node, BitSet seen) {
        List<Integer> part = new ArrayList<>(List.of(node));
        seen.set(node);
        for (int i = 0; i < part.size(); i++) {
            for (int near : neighbours[part.get(i)]) {
                boolean same = assignment.chosen(near).device()
                        == assignment.chosen(node).device();
                if (same && !seen.get(near)) {
                    seen.set(near);
                    part.add(near);
                }
            }
        }
        return part;
    }

    private boolean movePart(Assignment assignment, List<Integer> part, int device) {
        if (assignment.chosen(part.getFirst()).device() == device) {
            return false;
        }
        int[] before = assignment.choice();
        double merit = merit(assignment);
        part.forEach(node -> cheapest(node, device).ifPresent(option -> assignment.change(node, option)));
        settle(assignment, new ArrayDeque<>(part));
        if (merit(assignment) < merit - 1e-9 * Math.abs(merit)) {
            return true;
        }
        restore(assignment, before);
        return false;
    }

    private static void restore(Assignment assignment, int[] choice) {
        for (int node = 0; node < choice.length; node++) {
            assignment.change(node, choice[node]);
        }
    }
}
