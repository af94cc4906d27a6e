// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

import java.util.List;
import java.util.Optional;

/**
 * The index space of a launch.
 *
 * @param global work-items in all
 * @param local work-items of one work-group, of as many dimensions, dividing {@code global} evenly; empty lets the
 *     driver choose
 */
public record NdRange(Extent global, Optional<Extent> local) {
    /** One work-item: how a single work-item FPGA pipeline is launched. */
    public static final NdRange TASK = of(Extent.of(1), Extent.of(1));

    public NdRange {
        if (local.isPresent() && local.get().dimensions() != global.dimensions()) {
            throw new IllegalArgumentException("got a work-group of %s, expected %d dimensions as in %s"
                    .formatted(local.get(), global.dimensions(), global));
        }
    }

    /** A range whose work-group size the driver chooses. */
    public static NdRange of(Extent global) {
        return new NdRange(global, Optional.empty());
    }

    public static NdRange of(Extent global, Extent local) {
        return new NdRange(global, Optional.of(local));
    }

    /** A range of three dimensions, each list holding one number for each. */
    public static NdRange of(List<Long> global, List<Long> local) {
        return of(
                Extent.of(global.get(0), global.get(1), global.get(2)),
                Extent.of(local.get(0), local.get(1), local.get(2)));
    }

    @Override
    public String toString() {
        return local.map(l -> global + "/" + l).orElseGet(global::toString);
    }
}
