// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.encode;

/**
 * How the share of weights that stay falls while a network is trained: {@code s_t = s_f + (1 - s_f) (1 - t / steps)^3},
 * so that many go early, while many are of no use. Source: Zhu and Gupta, "To prune, or not to prune", 2017, with a
 * network that begins dense.
 *
 * @param density the share in the end, above 0, at most 1
 * @param steps how often weights are pruned, at least 1
 */
public record PruningSchedule(double density, int steps) {
    public PruningSchedule {
        WeightMethod.within("steps", steps, 1, Integer.MAX_VALUE);
        if (!(density > 0 && density <= 1)) {
            throw new IllegalArgumentException("density: got " + density + ", expected above 0 and at most 1");
        }
    }

    /** The share of weights that stay after so many times, 0 to all. */
    public double after(int times) {
        double rest = 1 - (double) WeightMethod.within("times", times, 0, steps) / steps;
        return density + (1 - density) * rest * rest * rest;
    }
}
