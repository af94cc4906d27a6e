// SPDX-License-Identifier: Apache-2.0
package dev.inlay.graph;

/**
 * A window that slides over the rows and columns of an image.
 *
 * @param rows window height in taps
 * @param columns window width in taps
 * @param rowStride rows between output rows
 * @param columnStride columns between output columns
 * @param rowDilation rows between taps
 * @param columnDilation columns between taps
 * @param top padding rows above
 * @param left padding columns before
 * @param bottom padding rows below
 * @param right padding columns after
 */
public record Window(
        int rows,
        int columns,
        int rowStride,
        int columnStride,
        int rowDilation,
        int columnDilation,
        int top,
        int left,
        int bottom,
        int right) {
    public Window {
        if (Math.min(rows, columns) < 1
                || Math.min(rowStride, columnStride) < 1
                || Math.min(rowDilation, columnDilation) < 1
                || Math.min(Math.min(top, left), Math.min(bottom, right)) < 0) {
            throw new IllegalArgumentException("window: got " + rows + "x" + columns + " stride " + rowStride + "x"
                    + columnStride + " dilation " + rowDilation + "x" + columnDilation + " pads " + top + "," + left
                    + "," + bottom + "," + right + ", expected extents, strides and dilations >= 1 and pads >= 0");
        }
        if (Math.max((rows - 1L) * rowDilation, (columns - 1L) * columnDilation) >= Integer.MAX_VALUE
                || (long) rows * columns > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("window: got " + rows + "x" + columns + " dilation " + rowDilation + "x"
                    + columnDilation + ", expected taps and reach below 2^31");
        }
    }

    /** A window without stride, dilation or padding. */
    public static Window of(int rows, int columns) {
        return new Window(rows, columns, 1, 1, 1, 1, 0, 0, 0, 0);
    }

    public int taps() {
        return rows * columns;
    }

    /** Rows from the first to the last tap. */
    public int reachRows() {
        return (rows - 1) * rowDilation + 1;
    }

    /** Columns from the first to the last tap. */
    public int reachColumns() {
        return (columns - 1) * columnDilation + 1;
    }

    /** Output rows for an input height. */
    public long outputRows(long height, boolean ceil) {
        return extent(height, top, bottom, reachRows(), rowStride, ceil);
    }

    /** Output columns for an input width. */
    public long outputColumns(long width, boolean ceil) {
        return extent(width, left, right, reachColumns(), columnStride, ceil);
    }

    private static long extent(long size, int before, int after, int reach, int stride, boolean ceil) {
        long span = size + before + after - reach;
        if (span < 0) {
            throw new IllegalArgumentException("window: got a padded extent of " + (size + before + after)
                    + ", expected at least the window's reach of " + reach);
        }
        long extent = (ceil ? Math.ceilDiv(span, stride) : span / stride) + 1;
        // ONNX drops a last window that would start in the padding after the image.
        return ceil && (extent - 1) * stride >= size + before ? extent - 1 : extent;
    }
}
