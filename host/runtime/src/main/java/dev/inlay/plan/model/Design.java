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
 * @param buffers on the chip
 * @param used of the board's resources by the multipliers
 */
public record Design(List<Array> arrays, double megahertz, Buffers buffers, Map<Resource, Double> used) {
    public Design {
        arrays = List.copyOf(arrays);
        used = Map.copyOf(used);
        if (!(megahertz > 0)) {
            throw new IllegalArgumentException("design: got a clock of " + megahertz + " MHz, expected one above 0");
        }
    }

    /**
     * Multipliers that start a multiply-add each cycle.
     *
     * @param multiply what each does
     * @param vec channels that are contracted in a cycle (VEC)
     * @param lane output channels that are computed at once (LANE)
     * @param columns output pixels that are computed at once
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

    /**
     * What of a layer's operands lies on the chip.
     *
     * @param edge rows and columns of the block of outputs that a pass over the operands computes; 0 where every
     *     operand is read once
     * @param overlapped whether a block is read while the one before is computed
     * @param bytesPerCycle that the design's ports to memory take; infinite where memory is slower than any port
     */
    public record Buffers(int edge, boolean overlapped, double bytesPerCycle) {
        /** Operands read once, while others are computed. */
        public static final Buffers WHOLE = new Buffers(0, true, Double.POSITIVE_INFINITY);
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
