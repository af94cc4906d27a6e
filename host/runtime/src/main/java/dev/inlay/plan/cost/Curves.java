// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.cost;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** Curves through what was measured on a device, one for every family of steps that enough is known of. */
final class Curves {
    /** Samples that a curve stands on at least; with fewer the next family's is taken. */
    private static final int FEWEST = 2;

    /** Families that name a kernel with its formats. */
    private static final int EXACT = 2;

    private final Map<String, CostCurve> byFamily = new TreeMap<>();

    Curves(List<CostCurve.Sample> samples) {
        Map<String, List<CostCurve.Sample>> families = new LinkedHashMap<>();
        for (CostCurve.Sample sample : samples) {
            for (String family : sample.workload().families()) {
                families.computeIfAbsent(family, key -> new ArrayList<>()).add(sample);
            }
        }
        families.forEach((family, of) -> {
            if (of.size() >= FEWEST) {
                byFamily.put(family, CostCurve.fitted(of));
            }
        });
    }

    /** The time that a step is expected to take; empty if nothing like it was measured. */
    Optional<Double> seconds(Workload workload) {
        return workload.families().stream()
                .map(byFamily::get)
                .filter(Objects::nonNull)
                .findFirst()
                .map(curve -> curve.seconds(workload));
    }

    /** Whether steps of the same kernel in the same formats were measured. */
    boolean isExact(Workload workload) {
        return workload.families().stream().limit(EXACT).anyMatch(byFamily::containsKey);
    }
}
