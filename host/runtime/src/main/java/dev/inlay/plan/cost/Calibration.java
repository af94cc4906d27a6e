// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.cost;

import java.util.ArrayList;
import java.util.List;

/**
 * What was measured on a device.
 *
 * @param schemaVersion {@value #SCHEMA_VERSION}
 * @param device id of the device
 * @param driver its driver's version
 * @param visitSeconds of waking the device's thread for a request and waiting until it is done
 * @param samples steps and what each took
 */
public record Calibration(
        int schemaVersion, String device, String driver, double visitSeconds, List<CostCurve.Sample> samples) {
    public static final int SCHEMA_VERSION = 1;

    /** Samples that are kept; older ones go first. */
    private static final int MOST_SAMPLES = 8192;

    public Calibration {
        samples = List.copyOf(samples);
    }

    /** The same with what was measured since. */
    public Calibration with(List<CostCurve.Sample> more) {
        List<CostCurve.Sample> all = new ArrayList<>(samples);
        all.addAll(more);
        List<CostCurve.Sample> kept = all.subList(Math.max(0, all.size() - MOST_SAMPLES), all.size());
        return new Calibration(schemaVersion, device, driver, visitSeconds, kept);
    }
}
