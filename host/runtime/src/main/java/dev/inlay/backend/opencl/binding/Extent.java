// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

/**
 * Work-items in one to three dimensions.
 *
 * @param dimensions 1 to 3
 * @param x work-items in dimension 0
 * @param y work-items in dimension 1; 1 where there is no such dimension
 * @param z work-items in dimension 2; 1 where there is no such dimension
 */
public record Extent(int dimensions, long x, long y, long z) {
    public Extent {
        if (dimensions < 1 || dimensions > 3 || x < 1 || y < 1 || z < 1) {
            throw new IllegalArgumentException(
                    "got %d dimensions of %d, %d, %d; expected 1 to 3, each above zero".formatted(dimensions, x, y, z));
        }
    }

    public static Extent of(long x) {
        return new Extent(1, x, 1, 1);
    }

    public static Extent of(long x, long y) {
        return new Extent(2, x, y, 1);
    }

    public static Extent of(long x, long y, long z) {
        return new Extent(3, x, y, z);
    }

    @Override
    public String toString() {
        return switch (dimensions) {
            case 1 -> "" + x;
            case 2 -> x + "x" + y;
            default -> x + "x" + y + "x" + z;
        };
    }
}
