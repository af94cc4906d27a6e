// SPDX-License-Identifier: Apache-2.0
package dev.inlay;

import java.util.Map;

/**
 * What the steps of one request took.
 *
 * @param steps seconds by position in {@link dev.inlay.plan.Plan#steps()}
 * @param visits device id to the seconds beside its steps: waking its thread and waiting until all is done
 */
public record StepTimes(Map<Integer, Double> steps, Map<String, Double> visits) {
    public StepTimes {
        steps = Map.copyOf(steps);
        visits = Map.copyOf(visits);
    }
}
