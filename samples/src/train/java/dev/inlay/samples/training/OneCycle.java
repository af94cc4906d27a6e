// SPDX-License-Identifier: Apache-2.0
package dev.inlay.samples.training;

import ai.djl.training.tracker.Tracker;

/**
 * A learning rate that rises in a line for the first {@code warmUp} steps and falls along half a cosine to zero at
 * {@code steps}.
 */
record OneCycle(float peak, int warmUp, int steps) implements Tracker {
    /** A cycle whose first tenth is the warm-up. */
    static OneCycle over(int steps, float peak) {
        return new OneCycle(peak, Math.max(1, steps / 10), steps);
    }

    @Override
    public float getNewValue(int step) {
        if (step < warmUp) {
            return peak * (step + 1) / (warmUp + 1);
        }
        if (step >= steps) {
            return 0;
        }
        double part = (double) (step - warmUp) / (steps - warmUp);
        return (float) (peak * 0.5 * (1 + Math.cos(Math.PI * part)));
    }
}
