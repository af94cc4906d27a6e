// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.model;

import dev.inlay.plan.LayerWork;
import dev.inlay.plan.MultiplyAdd;
import dev.inlay.profile.DeviceProfile;
import dev.inlay.profile.Resource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The pipeline that an FPGA has room for and that takes least time for some layers. */
final class DesignSearch {
    /** The share of a resource that a design may take: fuller boards miss their clock or do not route. */
    private static final double FULL = 0.85;

    private static final List<Integer> WIDTHS = List.of(1, 2, 4, 8, 16, 32, 64, 128, 256);

    private DesignSearch() {}

    /**
     * The best design.
     *
     * @param layers contractions of a network, at least one
     */
    static Design of(DeviceProfile profile, List<LayerWork> layers) {
        double megahertz = profile.clock().orElseThrow().highest().value();
        Map<MultiplyAdd, List<LayerWork>> byArithmetic = new LinkedHashMap<>();
        for (LayerWork layer : layers) {
            byArithmetic
                    .computeIfAbsent(layer.multiply(), any -> new ArrayList<>())
                    .add(layer);
        }
        // Arrays work one after another: the sum of operations over multipliers is least where these are as the roots.
        double roots =
                byArithmetic.values().stream().mapToDouble(DesignSearch::root).sum();
        List<Design.Array> arrays = new ArrayList<>();
        Map<Resource, Double> used = new HashMap<>();
        byArithmetic.forEach((multiply, ofArithmetic) -> {
            double share = FULL * root(ofArithmetic) / roots;
            Map<Resource, Double> cost = MultiplierCost.of(profile, multiply);
            double multipliers = cost.entrySet().stream()
                    .mapToDouble(entry ->
                            share * profile.resources().get(entry.getKey()).value() / entry.getValue())
                    .min()
                    .orElseThrow();
            Design.Array array = best(multiply, ofArithmetic, multipliers);
            arrays.add(array);
            cost.forEach((resource, each) -> used.merge(resource, each * array.multipliers(), Double::sum));
        });
        return new Design(arrays, megahertz, used);
    }

    private static double root(List<LayerWork> layers) {
        return Math.sqrt(layers.stream().mapToDouble(LayerWork::operations).sum());
    }

    private static Design.Array best(MultiplyAdd multiply, List<LayerWork> layers, double multipliers) {
        Design.Array best = new Design.Array(multiply, 1, 1, 1);
        double least = PipelineModel.cycles(layers, best);
        for (int vec : WIDTHS) {
            int lane = (int) (multipliers / vec);
            for (int lanes = lane; lanes >= 1 && lanes > lane / 2; lanes--) {
                Design.Array array = new Design.Array(multiply, vec, lanes, 1);
                double cycles = PipelineModel.cycles(layers, array);
                if (cycles < least) {
                    least = cycles;
                    best = array;
                }
            }
        }
        return best;
    }
}
