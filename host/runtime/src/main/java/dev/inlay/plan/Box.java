// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The index space of a strided kernel: axes in the order of the last operand's memory, those of extent 1 dropped,
 * neighbours merged wherever every operand allows it, and padded in front to the kernel's rank.
 *
 * @param extents outermost first
 * @param strides for each operand, one stride an axis
 */
record Box(List<Integer> extents, List<List<Integer>> strides) {
    /**
     * @param extents of every axis
     * @param operands for each operand its stride along every axis; the last one orders the axes
     * @param rank how many axes the kernel takes
     * @return empty if more axes than {@code rank} remain or a stride leaves the range of an int
     */
    static Optional<Box> of(long[] extents, List<long[]> operands, int rank) {
        long[] order = operands.getLast();
        List<Integer> axes = IntStream.range(0, extents.length)
                .filter(axis -> extents[axis] != 1)
                .boxed()
                .sorted(Comparator.comparingLong(axis -> -order[axis]))
                .toList();
        List<Long> merged = new ArrayList<>();
        List<List<Long>> mergedStrides = new ArrayList<>();
        for (int axis : axes) {
            int last = merged.size() - 1;
            if (last >= 0 && follows(operands, mergedStrides, last, axis, extents[axis])) {
                merged.set(last, merged.get(last) * extents[axis]);
                for (int operand = 0; operand < operands.size(); operand++) {
                    mergedStrides.get(last).set(operand, operands.get(operand)[axis]);
                }
            } else {
                merged.add(extents[axis]);
                List<Long> here = new ArrayList<>();
                operands.forEach(operand -> here.add(operand[axis]));
                mergedStrides.add(here);
            }
        }
        if (merged.size() > rank) {
            return Optional.empty();
        }
        List<Integer> boxExtents = new ArrayList<>(Collections.nCopies(rank - merged.size(), 1));
        List<List<Integer>> boxStrides = new ArrayList<>();
        operands.forEach(operand -> boxStrides.add(new ArrayList<>(Collections.nCopies(rank - merged.size(), 0))));
        for (int axis = 0; axis < merged.size(); axis++) {
            long widest = merged.get(axis);
            for (int operand = 0; operand < operands.size(); operand++) {
                long stride = mergedStrides.get(axis).get(operand);
                widest = Math.max(widest, stride);
                boxStrides.get(operand).add((int) stride);
            }
            if (widest > Integer.MAX_VALUE) {
                return Optional.empty();
            }
            boxExtents.add(merged.get(axis).intValue());
        }
        return Optional.of(new Box(boxExtents, boxStrides));
    }

    int extent(int axis) {
        return extents.get(axis);
    }

    private static boolean follows(List<long[]> operands, List<List<Long>> merged, int last, int axis, long extent) {
        for (int operand = 0; operand < operands.size(); operand++) {
            if (!merged.get(last).get(operand).equals(operands.get(operand)[axis] * extent)) {
                return false;
            }
        }
        return true;
    }
}
