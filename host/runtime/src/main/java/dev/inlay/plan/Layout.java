// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.tensor.NumberFormat;
import dev.inlay.tensor.Shape;

/**
 * How a value lies in a device's memory.
 *
 * @param order axis order
 * @param halo elements around each image, filled with the format's code of zero; {@link Halo#NONE} when plain
 * @param lanes numbers that the channels of a group, or the last axis, are padded to; at least the format's own run
 * @param groups groups of channels that are padded each
 */
public record Layout(Order order, Halo halo, int lanes, int groups) {
    /** The order of axes in memory. */
    public enum Order {
        /** Row-major in ONNX's order. */
        PLAIN,
        /** An image {@code [N, C, H, W]} as {@code [N][H][W][C]}, the channels padded to whole runs. */
        CHANNELS_LAST,
        /** Row-major, the last axis padded to whole runs. */
        ROWS
    }

    /** Rows and columns around an image. */
    public record Halo(int top, int left, int bottom, int right) {
        public static final Halo NONE = new Halo(0, 0, 0, 0);

        public boolean isNone() {
            return equals(NONE);
        }

        /** The least halo that holds both. */
        public Halo union(Halo other) {
            return new Halo(
                    Math.max(top, other.top),
                    Math.max(left, other.left),
                    Math.max(bottom, other.bottom),
                    Math.max(right, other.right));
        }
    }

    public static final Layout PLAIN = new Layout(Order.PLAIN, Halo.NONE, 1, 1);

    /** Rows padded to the format's runs and to {@code lanes}. */
    public static Layout rows(int lanes) {
        return new Layout(Order.ROWS, Halo.NONE, lanes, 1);
    }

    /** Images whose channels are padded to the format's runs and to {@code lanes}. */
    public static Layout channelsLast(Halo halo, int lanes) {
        return new Layout(Order.CHANNELS_LAST, halo, lanes, 1);
    }

    /** The same layout with the channels of each of {@code changed} groups padded apart. */
    public Layout withGroups(int changed) {
        return new Layout(order, halo, lanes, changed);
    }

    /**
     * Strides in elements of the buffer, one for each axis of the shape. The channels of a format whose numbers have no
     * address have stride 1 too: their runs lie side by side.
     */
    public long[] strides(Shape shape, NumberFormat format) {
        return switch (order) {
            case PLAIN -> shape.strides();
            case ROWS -> padded(shape, format).strides();
            case CHANNELS_LAST -> {
                long pixel = groups * group(shape, format);
                long line = pixel * (shape.extent(3) + halo.left + halo.right);
                long image = line * (shape.extent(2) + halo.top + halo.bottom);
                yield new long[] {image, 1, line, pixel};
            }
        };
    }

    /** Elements of the buffer from one group's channels to the next's. */
    public long group(Shape shape, NumberFormat format) {
        return padded(shape.extent(order == Order.CHANNELS_LAST ? 1 : -1) / groups, format);
    }

    /** Elements from the region's start to the first element of the value itself. */
    public long base(Shape shape, NumberFormat format) {
        long[] strides = strides(shape, format);
        return order == Order.CHANNELS_LAST ? halo.top * strides[2] + halo.left * strides[3] : 0;
    }

    /** Elements of the whole region, halo and padding included. */
    public long elements(Shape shape, NumberFormat format) {
        return switch (order) {
            case PLAIN -> shape.elements();
            case ROWS -> padded(shape, format).elements();
            case CHANNELS_LAST -> shape.extent(0) * strides(shape, format)[0];
        };
    }

    /** Whether the bytes are those of the plain layout. */
    public boolean isPlainMemory(Shape shape, NumberFormat format) {
        if (order == Order.PLAIN) {
            return true;
        }
        if (order == Order.ROWS) {
            return format.isAddressable() && padded(shape, format).equals(shape);
        }
        boolean unpadded = format.isAddressable() && groups * group(shape, format) == shape.extent(1);
        return halo.isNone() && unpadded && (shape.extent(1) == 1 || shape.extent(2) * shape.extent(3) == 1);
    }

    private Shape padded(Shape shape, NumberFormat format) {
        if (shape.rank() == 0) {
            return shape;
        }
        long[] extents = shape.toArray();
        extents[extents.length - 1] = groups * group(shape, format);
        return Shape.of(extents);
    }

    private long padded(long numbers, NumberFormat format) {
        int run = Math.max(lanes, format.lanes());
        return format.elements(Math.ceilDiv(numbers, run) * run);
    }
}
