// SPDX-License-Identifier: Apache-2.0
package dev.inlay;

import java.util.Map;

/**
 * What the steps of one request took.
 *
 * @param steps seconds by position in {@link dev.inlay.plan.Plan#steps()}
 */
public record StepTimes(Map<Integer, Double> steps) {
    public StepTimes {
        steps = Map.copyOf(steps);
    }
}
