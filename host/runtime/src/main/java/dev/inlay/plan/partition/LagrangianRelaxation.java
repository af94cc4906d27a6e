// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.partition;

import java.util.Arrays;
import java.util.Random;

/**
 * A lower bound by prices: the busiest device takes at least any weighted mean of all devices, and a limit may be traded
 * for a fine on what exceeds it. The prices follow the subgradient (Held, Wolfe and Crowder, Validation of subgradient
 * optimization, 1974).
 */
final class LagrangianRelaxation {
    private static final int PATIENCE = 3;

    /** Share of the bound by which it is hoped to rise at most. */
    private static final double TARGET = 0.02;

    /** Standard deviation of the logarithm of shaken prices. */
    private static final double NOISE = 0.1;

    private final Instance instance;
    private final DynamicProgram program;
    private final double[] busy;
    private final double[] fines;
    private double cutFine;
    private Prices best;
    private double bound = Double.NEGATIVE_INFINITY;
    private boolean exact;
    private double step = 1;
    private int since;

    LagrangianRelaxation(Instance instance, DynamicProgram program) {
        this.instance = instance;
        this.program = program;
        busy = fairPrices(instance);
        best = Prices.of(instance);
        fines = new double[instance.devices()];
    }

    /** Prices at which no device is more attractive than another to a request as a whole. */
    private static double[] fairPrices(Instance instance) {
        double[] prices = new double[instance.devices()];
        double sum = 0;
        for (int device = 0; device < prices.length; device++) {
            double alone = 0;
            for (int node = 0; node < instance.nodes(); node++) {
                int each = device;
                double slowest = 0;
                double here = Double.POSITIVE_INFINITY;
                for (Instance.Option option : instance.options(node)) {
                    slowest = Math.max(slowest, option.seconds());
                    here = option.device() == each ? Math.min(here, option.seconds()) : here;
                }
                alone += Double.isFinite(here) ? here : slowest;
            }
            prices[device] = alone > 0 ? 1 / alone : 1;
            sum += prices[device];
        }
        for (int device = 0; device < prices.length; device++) {
            prices[device] /= sum;
        }
        return prices;
    }

    /** The greatest bound so far. */
    double bound() {
        return bound;
    }

    /** Whether the prices alone decide, and no value was forgotten: the bound is then the least value. */
    boolean isExact() {
        return exact && instance.objective() != Objective.THROUGHPUT && !instance.isLimited();
    }

    /**
     * Solves for the prices as they are, and moves them.
     *
     * @param upper the value of the best partition known, infinite if there is none
     * @return the assignment of least price, which may break limits
     */
    Assignment next(double upper) {
        Prices objective = Prices.of(instance);
        double[] weight = new double[fines.length];
        double spared = 0;
        for (int device = 0; device < fines.length; device++) {
            if (instance.memory(device) < Long.MAX_VALUE) {
                weight[device] = fines[device] / Math.max(1, instance.memory(device));
                spared += weight[device] * instance.memory(device);
            }
        }
        if (instance.maxCuts() < Integer.MAX_VALUE) {
            spared += cutFine * instance.maxCuts();
        }
        boolean throughput = instance.objective() == Objective.THROUGHPUT;
        double[] seconds = throughput ? busy.clone() : objective.busy();
        Prices prices = new Prices(objective.latency(), seconds, objective.joules(), weight, cutFine);
        DynamicProgram.Solution solution = program.solve(prices);
        double found = solution.bound() - spared;
        exact = solution.exact();
        if (found > bound + 1e-4 * Math.abs(bound)) {
            since = 0;
        } else if (++since >= PATIENCE) {
            step /= 2;
            since = 0;
        }
        if (found > bound) {
            bound = found;
            best = prices;
        }
        Assignment assignment = new Assignment(instance, solution.choice());
        move(assignment, Math.min(upper, bound + TARGET * Math.abs(bound)), found);
        return assignment;
    }

    /** The assignment of least price when the prices of the greatest bound are shaken. */
    Assignment near(Random random) {
        double[] shaken = Arrays.stream(best.busy())
                .map(price -> price * Math.exp(NOISE * random.nextGaussian()))
                .toArray();
        Prices prices = new Prices(best.latency(), shaken, best.joules(), best.weight(), best.cut());
        return new Assignment(instance, program.solve(prices).choice());
    }

    private void move(Assignment assignment, double upper, double found) {
        double[] overweight = new double[fines.length];
        double[] overtime = new double[fines.length];
        double norm = 0;
        double mean = 0;
        for (int device = 0; device < fines.length; device++) {
            mean += assignment.busy(device) / fines.length;
        }
        for (int device = 0; device < fines.length; device++) {
            if (instance.objective() == Objective.THROUGHPUT) {
                overtime[device] = assignment.busy(device) - mean;
                norm += overtime[device] * overtime[device];
            }
            if (instance.memory(device) < Long.MAX_VALUE) {
                double limit = Math.max(1, instance.memory(device));
                overweight[device] = assignment.weight(device) / limit - 1;
                norm += fines[device] > 0 || overweight[device] > 0 ? overweight[device] * overweight[device] : 0;
            }
        }
        double overcut = instance.maxCuts() < Integer.MAX_VALUE ? (double) assignment.cuts() - instance.maxCuts() : 0;
        norm += cutFine > 0 || overcut > 0 ? overcut * overcut : 0;
        if (norm == 0) {
            return;
        }
        double length = step * Math.max(upper - found, 1e-9 * Math.abs(upper)) / norm;
        for (int device = 0; device < fines.length; device++) {
            fines[device] = Math.max(0, fines[device] + length * overweight[device]);
            busy[device] += length * overtime[device];
        }
        cutFine = Math.max(0, cutFine + length * overcut);
        if (instance.objective() == Objective.THROUGHPUT) {
            project(busy);
        }
    }

    /** Moves prices to the nearest that are not negative and sum to one (Duchi and others, 2008). */
    private static void project(double[] prices) {
        double[] falling = prices.clone();
        Arrays.sort(falling);
        double sum = 0;
        double shift = 0;
        for (int i = falling.length - 1, count = 1; i >= 0; i--, count++) {
            sum += falling[i];
            double candidate = (sum - 1) / count;
            if (falling[i] > candidate) {
                shift = candidate;
            }
        }
        for (int i = 0; i < prices.length; i++) {
            prices[i] = Math.max(0, prices[i] - shift);
        }
    }
}
