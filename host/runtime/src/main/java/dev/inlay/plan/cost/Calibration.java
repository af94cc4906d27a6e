// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.cost;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What was measured on a device, as curves.
 *
 * @param schemaVersion 1
 * @param device id of the device
 * @param driver its driver's version
 * @param visitSeconds of waking the device's thread for a request and waiting until it is done
 * @param curves by the name of a family; see {@link Workload#families()}
 */
public record Calibration(
        int schemaVersion, String device, String driver, double visitSeconds, Map<String, CostCurve> curves) {
    public static final int SCHEMA_VERSION = 1;

    /** Steps that a curve of a family stands on at least; with fewer the next family's is taken. */
    private static final int FEWEST = 4;

    public Calibration {
        curves = Collections.unmodifiableMap(new TreeMap<>(curves));
    }

    /** The curves of every family that enough samples are of. */
    public static Calibration of(String device, String driver, double visitSeconds, List<CostCurve.Sample> samples) {
        Map<String, List<CostCurve.Sample>> families = new LinkedHashMap<>();
        for (CostCurve.Sample sample : samples) {
            for (String family : sample.workload().families()) {
                families.computeIfAbsent(family, key -> new ArrayList<>()).add(sample);
            }
        }
        Map<String, CostCurve> curves = new TreeMap<>();
        families.forEach((family, of) -> {
            if (of.size() >= FEWEST) {
                curves.put(family, CostCurve.fitted(of));
            }
        });
        return new Calibration(SCHEMA_VERSION, device, driver, visitSeconds, curves);
    }

    /** The time that a step is expected to take; empty if nothing like it was measured. */
    public Optional<Double> seconds(Workload workload) {
        return workload.families().stream()
                .map(curves::get)
                .filter(curve -> curve != null)
                .findFirst()
                .map(curve -> curve.seconds(workload));
    }
}
