// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.tensor.NumberFormat;
import dev.inlay.tensor.Shape;

/**
 * How a value lies in a device's memory.
 *
 * @param order axis order
 * @param halo elements around each image, filled with the format's code of zero; {@link Halo#NONE} when plain
 */
public record Layout(Order order, Halo halo) {
    /** The order of axes in memory. */
    public enum Order {
        /** Row-major in ONNX's order. */
        PLAIN,
        /** An image {@code [N, C, H, W]} as {@code [N][H][W][C]}, the channels padded to whole words. */
        CHANNELS_LAST,
        /** Row-major, the last axis padded to whole words. */
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

    public static final Layout PLAIN = new Layout(Order.PLAIN, Halo.NONE);

    public static final Layout ROWS = new Layout(Order.ROWS, Halo.NONE);

    public static Layout channelsLast(Halo halo) {
        return new Layout(Order.CHANNELS_LAST, halo);
    }

    /** Strides in elements, one for each axis of the shape. */
    public long[] strides(Shape shape, NumberFormat format) {
        return switch (order) {
            case PLAIN -> shape.strides();
            case ROWS -> padded(shape, format).strides();
            case CHANNELS_LAST -> {
                long pixel = words(shape.extent(1), format);
                long line = pixel * (shape.extent(3) + halo.left + halo.right);
                long image = line * (shape.extent(2) + halo.top + halo.bottom);
                yield new long[] {image, 1, line, pixel};
            }
        };
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
            return padded(shape, format).equals(shape);
        }
        boolean unpadded = words(shape.extent(1), format) == shape.extent(1);
        return halo.isNone() && unpadded && (shape.extent(1) == 1 || shape.extent(2) * shape.extent(3) == 1);
    }

    private static Shape padded(Shape shape, NumberFormat format) {
        if (shape.rank() == 0) {
            return shape;
        }
        long[] extents = shape.toArray();
        extents[extents.length - 1] = words(extents[extents.length - 1], format);
        return Shape.of(extents);
    }

    private static long words(long channels, NumberFormat format) {
        return Math.ceilDiv(channels, format.lanes()) * format.lanes();
    }
}
