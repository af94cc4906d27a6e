// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.model;

import dev.inlay.plan.LayerWork;
import dev.inlay.plan.MultiplyAdd;
import dev.inlay.profile.DeviceProfile;
import dev.inlay.profile.Figure;
import dev.inlay.profile.Resource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The pipeline that an FPGA has room for and that takes the fewest cycles for some layers. */
public final class DesignSearch {
    /** The share of a resource that multipliers may take: fuller boards miss their clock or do not route. */
    private static final double FULL = 0.85;

    /** Of logic: the rest of a design, its memory ports and its control, are logic too. */
    private static final double FULL_LOGIC = 0.6;

    private static final List<Integer> WIDTHS = List.of(4, 8, 16, 32, 64, 128);

    private DesignSearch() {}

    /**
     * The best design.
     *
     * @param profile a board with DSP blocks
     * @param layers contractions of a network, at least one
     * @param megahertz the clock it is to reach
     */
    public static Design of(DeviceProfile profile, List<LayerWork> layers, double megahertz) {
        if (layers.isEmpty()) {
            return new Design(List.of(), megahertz, Design.Buffers.WHOLE, Map.of());
        }
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
        Map<Resource, Double> used = new EnumMap<>(Resource.class);
        byArithmetic.forEach((multiply, ofArithmetic) -> {
            Budget budget = new Budget(profile, multiply, root(ofArithmetic) / roots);
            Design.Array array = best(multiply, ofArithmetic, budget.multipliers());
            arrays.add(array);
            budget.charge((double) array.multipliers(), used);
        });
        return new Design(arrays, megahertz, Design.Buffers.WHOLE, used);
    }

    /**
     * A design of given arrays; empty if the board has no room for them.
     *
     * @param profile a board with DSP blocks
     * @param megahertz the clock it is to reach
     */
    public static Optional<Design> of(List<Design.Array> arrays, DeviceProfile profile, double megahertz) {
        Map<Resource, Double> used = new EnumMap<>(Resource.class);
        for (Design.Array array : arrays) {
            Budget budget = new Budget(profile, array.multiply(), 1);
            if (array.multipliers() > budget.multipliers()) {
                return Optional.empty();
            }
            budget.charge((double) array.multipliers(), used);
        }
        Budget whole = new Budget(profile, MultiplyAdd.F32, 1);
        return used.entrySet().stream().allMatch(each -> each.getValue() <= whole.room(each.getKey()))
                ? Optional.of(new Design(arrays, megahertz, Design.Buffers.WHOLE, used))
                : Optional.empty();
    }

    private static double root(List<LayerWork> layers) {
        return Math.sqrt(layers.stream()
                .mapToDouble(layer -> (double) layer.operations())
                .sum());
    }

    private static Design.Array best(MultiplyAdd multiply, List<LayerWork> layers, double multipliers) {
        Design.Array best = new Design.Array(multiply, 1, 1, 1);
        double least = cycles(layers, best);
        for (int vec : WIDTHS) {
            for (int columns = 1; columns <= 16; columns++) {
                int most = (int) (multipliers / vec / columns);
                for (int lane = most; lane >= 1 && lane > most * 3 / 4; lane--) {
                    Design.Array array = new Design.Array(multiply, vec, lane, columns);
                    double cycles = cycles(layers, array);
                    if (cycles < least) {
                        least = cycles;
                        best = array;
                    }
                }
            }
        }
        return best;
    }

    private static double cycles(List<LayerWork> layers, Design.Array array) {
        return layers.stream()
                .mapToDouble(layer -> PipelineModel.cycles(layer, array))
                .sum();
    }

    /**
     * What an array may take of a board.
     *
     * @param share of what designs may take
     */
    private record Budget(DeviceProfile profile, MultiplyAdd multiply, double share) {
        double multipliers() {
            return Math.max(
                    1,
                    MultiplierCost.of(profile, multiply).stream()
                            .mapToDouble(this::most)
                            .sum());
        }

        /** Multipliers of one way that there is room for. */
        private double most(Map<Resource, Double> cost) {
            return cost.entrySet().stream()
                    .mapToDouble(entry -> share * room(entry.getKey()) / entry.getValue())
                    .min()
                    .orElseThrow();
        }

        private double room(Resource resource) {
            double all = Optional.ofNullable(profile.resources().get(resource))
                    .map(Figure::value)
                    .orElse(0.0);
            return all * (resource == Resource.DSP ? FULL : FULL_LOGIC);
        }

        /** Adds what multipliers take, way after way. */
        void charge(double multipliers, Map<Resource, Double> used) {
            double left = multipliers;
            for (Map<Resource, Double> cost : MultiplierCost.of(profile, multiply)) {
                double here = Math.min(left, most(cost));
                cost.forEach((resource, each) -> used.merge(resource, each * here, Double::sum));
                left -= here;
            }
        }
    }
}
