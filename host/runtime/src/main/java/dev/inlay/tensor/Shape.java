// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tensor;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The extents of a tensor, outermost first; every extent is at least 0 and a scalar has rank 0. */
public final class Shape {
    public static final Shape SCALAR = new Shape(new long[0]);

    private final long[] extents;

    private Shape(long[] extents) {
        this.extents = extents;
    }

    /**
     * @throws IllegalArgumentException if an extent is negative or the element count exceeds 2^62
     */
    public static Shape of(long... extents) {
        long count = 1;
        for (long extent : extents) {
            if (extent < 0) {
                throw new IllegalArgumentException(
                        "shape " + Arrays.toString(extents) + ": got an extent of " + extent + ", expected >= 0");
            }
            if (extent != 0 && count > (1L << 62) / extent) {
                throw new IllegalArgumentException(
                        "shape " + Arrays.toString(extents) + ": got more than 2^62 elements");
            }
            count *= extent;
        }
        return new Shape(extents.clone());
    }

    public int rank() {
        return extents.length;
    }

    /** Extent of an axis; a negative axis counts from the last. */
    public long extent(int axis) {
        return extents[normalise(axis)];
    }

    /** Extent of an axis as an int. */
    public int size(int axis) {
        return Math.toIntExact(extent(axis));
    }

    /** The axis counted from the first, for one that may count from the last. */
    public int normalise(int axis) {
        int positive = axis < 0 ? axis + extents.length : axis;
        if (positive < 0 || positive >= extents.length) {
            throw new IllegalArgumentException("axis: got " + axis + ", expected " + -extents.length + " to "
                    + (extents.length - 1) + " for shape " + this);
        }
        return positive;
    }

    public long elements() {
        return elements(0, extents.length);
    }

    /** Product of the extents of axes {@code from} (inclusive) to {@code to} (exclusive). */
    public long elements(int from, int to) {
        long count = 1;
        for (int axis = from; axis < to; axis++) {
            count *= extents[axis];
        }
        return count;
    }

    public long[] toArray() {
        return extents.clone();
    }

    /** Row-major strides in elements. */
    public long[] strides() {
        long[] strides = new long[extents.length];
        long stride = 1;
        for (int axis = extents.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= extents[axis];
        }
        return strides;
    }

    public Shape with(int axis, long extent) {
        long[] changed = extents.clone();
        changed[normalise(axis)] = extent;
        return of(changed);
    }

    /** ONNX multidirectional broadcasting of two shapes. */
    public static Shape broadcast(Shape left, Shape right) {
        int rank = Math.max(left.rank(), right.rank());
        long[] extents = new long[rank];
        for (int i = 1; i <= rank; i++) {
            long a = i <= left.rank() ? left.extent(-i) : 1;
            long b = i <= right.rank() ? right.extent(-i) : 1;
            if (a != b && a != 1 && b != 1) {
                throw new IllegalArgumentException(
                        "broadcast: got shapes " + left + " and " + right + ", expected equal extents or 1");
            }
            extents[rank - i] = a == 1 ? b : a;
        }
        return of(extents);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(extents, shape.extents);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(extents);
    }

    /** {@code 1x3x224x224}; {@code scalar} for rank 0. */
    @Override
    public String toString() {
        return extents.length == 0
                ? "scalar"
                : Arrays.stream(extents).mapToObj(Long::toString).collect(Collectors.joining("x"));
    }
}
