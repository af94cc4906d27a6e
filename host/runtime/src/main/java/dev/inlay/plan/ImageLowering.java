// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.graph.Node;
import dev.inlay.graph.Normalization;
import dev.inlay.graph.Pool;
import dev.inlay.graph.Window;

/** Operators on channels-last images that are not contractions: pooling and local response normalisation. */
final class ImageLowering {
    private final Draft draft;
    private final DeviceDescription device;

    ImageLowering(Draft draft, DeviceDescription device) {
        this.draft = draft;
        this.device = device;
    }

    Step.Launch pool(Node node, Pool pool) {
        Window window = pool.window();
        boolean largest = pool instanceof Pool.MaxPool;
        Stored x = largest ? draft.home(node.input(0), device.id()) : draft.arithmetic(node.input(0), device.id());
        Stored y = largest
                ? draft.define(node.output(), device.id(), x.held(), false)
                : draft.defineArithmetic(node.output(), device.id());
        boolean counted = switch (pool) {
            case Pool.MaxPool max -> false;
            case Pool.AveragePool average -> average.countPadding();
        };
        Step.Launch step = image("pool.window", x, y)
                .define("MAXIMUM", largest ? 1 : 0)
                .reads("x", x.held())
                .writes(y.held())
                .set("rows", x.shape().extent(2))
                .set("columns", x.shape().extent(3))
                .set("out_rows", y.shape().extent(2))
                .set("tap_rows", window.rows())
                .set("tap_cols", window.columns())
                .set("row_stride", window.rowStride())
                .set("column_stride", window.columnStride())
                .set("row_dilation", window.rowDilation())
                .set("column_dilation", window.columnDilation())
                .set("top", window.top())
                .set("left", window.left())
                .set("bottom", window.bottom())
                .set("right", window.right())
                .set("count_padding", counted ? 1 : 0)
                .work(
                        "f32",
                        y.shape().elements() * window.taps(),
                        4 * (x.shape().elements() + y.shape().elements()))
                .on(device.id(), node.name());
        draft.add(step);
        draft.finish(node.output(), y);
        return step;
    }

    Step.Launch lrn(Node node, Normalization.Lrn lrn) {
        Stored x = draft.home(node.input(0), device.id(), Held.REAL);
        Stored y = draft.defineReal(node.output(), device.id());
        Step.Launch step = image("norm.lrn", x, y)
                .set("rows", y.shape().extent(2))
                .set("size", lrn.size())
                .set("alpha", lrn.alpha())
                .set("beta", lrn.beta())
                .set("bias", lrn.bias())
                .work(
                        "f32",
                        y.shape().elements() * (2L * lrn.size() + 4),
                        8 * y.shape().elements())
                .on(device.id(), node.name());
        draft.add(step);
        draft.finish(node.output(), y);
        return step;
    }

    private static LaunchBuilder image(String kernel, Stored x, Stored y) {
        long[] xs = x.strides();
        long[] ys = y.strides();
        // Planes of bits are taken word by word.
        long channels = y.format().isAddressable() ? y.shape().extent(1) : ys[3];
        return new LaunchBuilder(kernel)
                .stored("x", x, x.base())
                .stored("y", y, y.base())
                .set("channels", channels)
                .set("x_image", xs[0])
                .set("x_line", xs[2])
                .set("x_pixel", xs[3])
                .set("y_image", ys[0])
                .set("y_line", ys[2])
                .set("y_pixel", ys[3])
                .lanes(
                        channels,
                        y.shape().extent(3),
                        y.shape().extent(2) * y.shape().extent(0));
    }
}
