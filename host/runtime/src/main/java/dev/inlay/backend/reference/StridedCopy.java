// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.reference;

import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Copies a block of elements of any type between two tensors.
 *
 * @param extents extents of the block
 * @param from where the block lies in the source
 * @param to where it goes in the target
 */
record StridedCopy(Shape extents, View from, View to) {
    /** A block in a tensor: the first element's index and the distance between neighbours along each axis. */
    static final class View {
        private final Tensor tensor;
        private final long offset;
        private final long[] strides;

        View(Tensor tensor, long offset, long[] strides) {
            this.tensor = tensor;
            this.offset = offset;
            this.strides = strides;
        }

        /** All of a tensor. */
        static View of(Tensor tensor) {
            return new View(tensor, 0, tensor.shape().strides());
        }
    }

    /** The tensor repeated to a shape it broadcasts to; itself where it has that shape. */
    static Tensor broadcast(Tensor tensor, Shape shape) {
        if (tensor.shape().equals(shape)) {
            return tensor;
        }
        if (!Shape.broadcast(tensor.shape(), shape).equals(shape)) {
            throw new IllegalArgumentException(
                    "got a shape of " + tensor.shape() + ", expected one that broadcasts to " + shape);
        }
        Tensor result = Tensor.allocate(tensor.type(), shape);
        View source = new View(tensor, 0, BroadcastOffsets.strides(tensor.shape(), shape));
        new StridedCopy(shape, source, View.of(result)).run();
        return result;
    }

    void run() {
        if (extents.elements() == 0) {
            return;
        }
        // Innermost axes that are contiguous on both sides are copied as one run.
        int outer = extents.rank();
        long run = 1;
        while (outer > 0 && from.strides[outer - 1] == run && to.strides[outer - 1] == run) {
            run *= extents.extent(--outer);
        }
        long[] place = new long[outer];
        long source = from.offset;
        long target = to.offset;
        while (true) {
            copy(source, target, run);
            int axis = outer - 1;
            while (axis >= 0 && ++place[axis] == extents.extent(axis)) {
                place[axis] = 0;
                source -= (extents.extent(axis) - 1) * from.strides[axis];
                target -= (extents.extent(axis) - 1) * to.strides[axis];
                axis--;
            }
            if (axis < 0) {
                return;
            }
            source += from.strides[axis];
            target += to.strides[axis];
        }
    }

    private void copy(long source, long target, long run) {
        MemorySegment in = from.tensor.data();
        MemorySegment out = to.tensor.data();
        int bytes = from.tensor.type().bytes();
        if (run > 1) {
            MemorySegment.copy(in, source * bytes, out, target * bytes, run * bytes);
            return;
        }
        switch (from.tensor.type()) {
            case BOOL, INT8, UINT8 -> out.set(ValueLayout.JAVA_BYTE, target, in.get(ValueLayout.JAVA_BYTE, source));
            case FLOAT32, INT32 ->
                out.setAtIndex(ValueLayout.JAVA_INT, target, in.getAtIndex(ValueLayout.JAVA_INT, source));
            case FLOAT64, INT64 ->
                out.setAtIndex(ValueLayout.JAVA_LONG, target, in.getAtIndex(ValueLayout.JAVA_LONG, source));
        }
    }
}
