// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.plan.cost.CostModel;
import dev.inlay.plan.partition.Heuristic;
import dev.inlay.plan.partition.Objective;
import dev.inlay.plan.partition.Partitioner;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How nodes that nobody pinned are spread over devices.
 *
 * @param objective what is to be little
 * @param maxCuts most hand-overs between devices; empty means any number
 * @param partitioner who chooses
 * @param costs what steps take; absent: what the engine measured, or measures now
 */
public record Spread(Objective objective, OptionalInt maxCuts, Partitioner partitioner, Optional<CostModel> costs) {
    private static final Duration LIMIT = Duration.ofSeconds(2);

    /** Spread by the heuristic, over as many cuts as pay. */
    public static Spread over(Objective objective) {
        return new Spread(objective, OptionalInt.empty(), new Heuristic(LIMIT, 1), Optional.empty());
    }

    public Spread withMaxCuts(OptionalInt changed) {
        return new Spread(objective, changed, partitioner, costs);
    }

    public Spread withPartitioner(Partitioner changed) {
        return new Spread(objective, maxCuts, changed, costs);
    }

    public Spread withCosts(CostModel changed) {
        return new Spread(objective, maxCuts, partitioner, Optional.of(changed));
    }
}
