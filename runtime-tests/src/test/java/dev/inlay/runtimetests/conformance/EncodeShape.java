// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import dev.inlay.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * The extents of a value that changes its format.
 *
 * @param x {@code [N, C, H, W]}
 * @param groups groups of channels, each padded on its own
 * @param halo pixels above, before, below and after
 * @param channelsLast whether x lies channels-last, else {@code [N, C, H, W]}
 */
record EncodeShape(Shape x, int groups, List<Integer> halo, boolean channelsLast) {
    static final List<EncodeShape> ALL = List.of(
            new EncodeShape(Shape.of(1, 5, 2, 3), 1, List.of(0, 0, 0, 0), true),
            new EncodeShape(Shape.of(2, 15, 3, 2), 3, List.of(1, 2, 0, 1), false),
            new EncodeShape(Shape.of(1, 33, 1, 2), 1, List.of(1, 1, 1, 1), true),
            new EncodeShape(Shape.of(3, 131, 1, 1), 1, List.of(0, 0, 0, 0), false),
            new EncodeShape(Shape.of(1, 128, 2, 1), 2, List.of(0, 1, 2, 0), true));

    int channels() {
        return x.size(1) / groups;
    }

    int halo(int side) {
        return halo.get(side);
    }

    int[] halos() {
        return halo.stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public String toString() {
        return Arrays.toString(x.toArray()) + " in " + groups + " groups, halo " + halo;
    }
}
