// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.shape;

import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * What is left of an axis.
 *
 * @param axis which
 * @param positions those that stay, ascending
 * @param extent how many there were
 */
@SuppressWarnings("ArrayRecordComponent")
record Kept(int axis, int[] positions, int extent) {
    boolean isAll() {
        return positions.length == extent;
    }

    /** A tensor without what goes. */
    Tensor cut(Tensor tensor) {
        Tensor cut = Tensor.allocate(tensor.type(), tensor.shape().with(axis, positions.length));
        copy(tensor, cut, true);
        return cut;
    }

    /** A tensor with zeros where something went; any other axis than the one may be longer than it was. */
    Tensor spread(Tensor tensor) {
        Tensor whole = Tensor.allocate(tensor.type(), tensor.shape().with(axis, extent));
        copy(tensor, whole, false);
        return whole;
    }

    private void copy(Tensor from, Tensor to, boolean cutting) {
        Shape shape = from.shape();
        long run = shape.elements(axis + 1, shape.rank()) * from.type().bytes();
        long before = shape.elements(0, axis);
        for (long outer = 0; outer < before; outer++) {
            for (int next = 0; next < positions.length; next++) {
                long full = (outer * extent + positions[next]) * run;
                long part = (outer * positions.length + next) * run;
                MemorySegment.copy(from.data(), cutting ? full : part, to.data(), cutting ? part : full, run);
            }
        }
    }
}
