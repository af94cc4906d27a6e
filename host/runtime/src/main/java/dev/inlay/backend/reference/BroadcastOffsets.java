// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.reference;

import dev.inlay.tensor.Shape;

/** Where the elements of a broadcast operand come from. */
final class BroadcastOffsets {
    private BroadcastOffsets() {}

    /** For each element of {@code to} in row-major order, the row-major index in {@code from} that stands there. */
    static long[] of(Shape from, Shape to) {
        long[] strides = strides(from, to);
        long[] offsets = new long[Math.toIntExact(to.elements())];
        int filled = Math.min(1, offsets.length);
        for (int axis = to.rank() - 1; axis >= 0; axis--) {
            int size = to.size(axis);
            for (int i = 1; i < size; i++) {
                for (int j = 0; j < filled; j++) {
                    offsets[i * filled + j] = offsets[j] + i * strides[axis];
                }
            }
            filled *= size;
        }
        return offsets;
    }

    /** Strides, by the axes of {@code to}, of an operand that stays in place along the axes it is broadcast over. */
    static long[] strides(Shape from, Shape to) {
        long[] own = from.strides();
        long[] strides = new long[to.rank()];
        int lead = to.rank() - from.rank();
        for (int axis = lead; axis < strides.length; axis++) {
            strides[axis] = from.extent(axis - lead) == 1 ? 0 : own[axis - lead];
        }
        return strides;
    }
}
