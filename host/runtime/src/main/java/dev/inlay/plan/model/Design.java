// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.model;

import dev.inlay.plan.MultiplyAdd;
import dev.inlay.profile.Resource;
import java.util.List;
import java.util.Map;

/**
 * A pipeline on an FPGA.
 *
 * @param arrays of multipliers, one for each arithmetic of the network
 * @param megahertz its clock
 * @param used of the board's resources
 */
public record Design(List<Array> arrays, double megahertz, Map<Resource, Double> used) {
    public Design {
        arrays = List.copyOf(arrays);
        used = Map.copyOf(used);
    }

    /**
     * Multipliers that start a multiply-add each cycle.
     *
     * @param multiply what each does
     * @param vec channels that are contracted in a cycle (VEC)
     * @param lane output channels that are computed at once (LANE)
     * @param columns neighbouring output pixels that are computed at once
     */
    public record Array(MultiplyAdd multiply, int vec, int lane, int columns) {
        public Array {
            if (vec < 1 || lane < 1 || columns < 1) {
                throw new IllegalArgumentException("array: got VEC " + vec + ", LANE " + lane + " and " + columns
                        + " columns, expected at least 1 of each");
            }
        }

        /** Multiply-adds a cycle. */
        public long multipliers() {
            return (long) vec * lane * columns;
        }
    }

    /** The array for an arithmetic. */
    Array array(MultiplyAdd multiply) {
        return arrays.stream()
                .filter(array -> array.multiply().equals(multiply))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("design: got arrays for "
                        + arrays.stream().map(Array::multiply).toList() + ", expected one for " + multiply));
    }
}
