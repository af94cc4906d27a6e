// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.model;

import dev.inlay.graph.Graph;
import dev.inlay.profile.DeviceProfile;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** What follows from the seconds of layers. */
final class Estimates {
    private Estimates() {}

    /**
     * @param samples of a run
     * @param seconds of a run alone
     * @param stream seconds of a run in a stream of runs
     */
    static Estimate of(
            DeviceProfile profile,
            long samples,
            List<Estimate.Layer> layers,
            double seconds,
            double stream,
            Optional<Design> design) {
        double each = stream / samples;
        OptionalDouble joules = profile.power()
                .map(watts -> OptionalDouble.of(watts.value() * each))
                .orElse(OptionalDouble.empty());
        return new Estimate(layers, seconds, 1 / each, joules, design);
    }

    /** Images of one run of a network. */
    static long samples(Graph graph) {
        return graph.inputs().isEmpty() || graph.inputs().getFirst().shape().rank() == 0
                ? 1
                : Math.max(1, graph.inputs().getFirst().shape().extent(0));
    }
}
