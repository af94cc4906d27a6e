// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.graph.Contraction;
import dev.inlay.graph.Node;
import dev.inlay.graph.Window;
import dev.inlay.tensor.Shape;
import java.util.List;
import java.util.Optional;

/**
 * The real operands of a contraction of one group as kernels see them that go from pixel to pixel: images, or the rows of
 * a matrix as the pixels of one row.
 *
 * @param x what output (0, 0) reads first, and steps between pixels of the input
 * @param residual what is added
 * @param y the output
 * @param window of 1 x 1 for a matrix
 * @param in pixels of the input, its halo included
 * @param out pixels of the output
 */
record PixelOperands(Place x, Optional<Place> residual, Place y, Window window, Pixels in, Pixels out) {
    /** Images, rows and columns of pixels. */
    record Pixels(long images, long rows, long columns) {
        long count() {
            return images * rows * columns;
        }
    }

    /** Pixels of one buffer: the first, and elements from one image, row and column to the next. */
    record Place(Stored stored, long base, long image, long line, long pixel) {
        static Place of(Stored image) {
            long[] strides = image.strides();
            return new Place(image, image.base(), strides[0], strides[2], strides[3]);
        }

        static Place matrix(Stored matrix) {
            return new Place(
                    matrix,
                    0,
                    0,
                    0,
                    matrix.shape().rank() < 2 ? 0 : matrix.shape().extent(-1));
        }

        void addTo(LaunchBuilder launch, String prefix) {
            launch.stored(prefix, stored, base)
                    .set(prefix + "_image", image)
                    .set(prefix + "_line", line)
                    .set(prefix + "_pixel", pixel);
        }

        /** The same pixels, from the one that an output reads first to that which the next output does. */
        Place strided(Window window) {
            return new Place(stored, base, image, window.rowStride() * line, window.columnStride() * pixel);
        }
    }

    /** Brings the inputs to a device and makes room for the output. */
    static PixelOperands of(Draft draft, DeviceDescription device, Node node, Contraction op, int depth) {
        Optional<Place> residual = Optional.empty();
        if (op instanceof Contraction.Conv conv) {
            Window window = conv.window();
            Stored x = draft.operand(node, device.id());
            if (op.epilogue().residual()) {
                residual = Optional.of(Place.of(draft.home(node.input(3), device.id(), Held.REAL)));
            }
            Stored y = draft.defineReal(node.output(), device.id());
            Place whole = Place.of(x);
            Place from = new Place(
                    x,
                    whole.base() - window.top() * whole.line() - window.left() * whole.pixel(),
                    whole.image(),
                    whole.line(),
                    whole.pixel());
            Shape image = x.shape();
            Pixels in = new Pixels(
                    image.extent(0),
                    window.top() + image.extent(2) + window.bottom(),
                    window.left() + image.extent(3) + window.right());
            Pixels out =
                    new Pixels(image.extent(0), y.shape().extent(2), y.shape().extent(3));
            return new PixelOperands(from, residual, Place.of(y), window, in, out);
        }
        Stored x = draft.plain(node.input(0), device.id());
        if (op.epilogue().residual()) {
            residual = Optional.of(Place.matrix(draft.plain(node.input(3), device.id())));
        }
        Stored y = draft.definePlain(node.output(), device.id());
        Pixels rows = new Pixels(1, 1, x.shape().elements() / depth);
        return new PixelOperands(Place.matrix(x), residual, Place.matrix(y), Window.of(1, 1), rows, rows);
    }

    /** The same operands with another place for the input, of the same pixels. */
    PixelOperands reading(Place other) {
        return new PixelOperands(other, residual, y, window, in, out);
    }

    /** Sets the arguments that say where pixels and taps lie, and what follows the sum. */
    void addTo(LaunchBuilder launch, Contraction op) {
        launch.define("RESIDUAL", op.epilogue().residual() ? 1 : 0)
                .define("FUNCTION", op.epilogue().activation().kind())
                .set("out_rows", out.rows)
                .set("tap_rows", window.rows())
                .set("tap_cols", window.columns())
                .set("tap_row", window.rowDilation() * x.line)
                .set("tap_col", window.columnDilation() * x.pixel)
                .set("act_a", op.epilogue().activation().alpha())
                .set("act_b", op.epilogue().activation().beta());
        x.strided(window).addTo(launch, "x");
        residual.orElse(y).addTo(launch, "r");
        y.addTo(launch, "y");
    }

    /**
     * Sets the range of work-items.
     *
     * @param inner work-items of a pixel, or of a tile of pixels
     */
    static void range(LaunchBuilder launch, DeviceDescription device, long inner, long columns, long rows) {
        if (device.deviceClass() == DeviceClass.CPU) {
            launch.range(List.of(inner, columns, rows), List.of(1L, 1L, 1L));
        } else {
            launch.lanes(inner, columns, rows);
        }
    }

    /** Floats of a vector in kernels of which a work-item makes neighbouring channels. */
    static int lanes(DeviceDescription device) {
        return device.deviceClass() != DeviceClass.CPU
                ? 4
                : device.vectorWidth() >= 16 ? 16 : device.vectorWidth() >= 8 ? 8 : 4;
    }
}
