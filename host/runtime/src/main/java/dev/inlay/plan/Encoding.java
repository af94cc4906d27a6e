// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.tensor.NumberFormat;
import dev.inlay.tensor.Shape;

/** The launch that makes a contraction's operand of a value held in single elements. */
final class Encoding {
    private Encoding() {}

    /**
     * @param x elements of their own
     * @param y room for the operand, images channels-last or rows
     * @param groups groups of channels that are padded apart
     */
    static Step.Launch of(Stored x, Stored y, int groups) {
        Shape shape = x.shape();
        Held held = y.held();
        NumberFormat format = y.format();
        boolean image = shape.rank() == 4;
        long[] xs = x.strides();
        long[] ys = y.strides();
        int rank = shape.rank();
        Layout.Halo halo = y.layout().halo();
        long images = image ? shape.extent(0) : 1;
        long rows = image ? shape.extent(2) : 1;
        long channels = shape.extent(image ? 1 : -1);
        long columns = image ? shape.extent(3) : shape.elements() / channels;
        int run = Math.max(y.layout().lanes(), format.lanes());
        long runs = Math.ceilDiv(channels / groups, run);
        boolean binary = format.equals(NumberFormat.B1);
        LaunchBuilder launch = new LaunchBuilder("move.encode")
                .define("RUN", run)
                .reads("x", x.held())
                .reads("y", held)
                // Of odd levels the bounds count from zero.
                .set("y_low", held.odd() ? held.low() - held.zero() : held.low())
                .set("y_high", held.odd() ? held.high() - held.zero() : held.high())
                .stored("x", x, x.base())
                .stored("y", y)
                .set("groups", groups)
                .set("channels", channels / groups)
                .set("rows", rows)
                .set("columns", columns)
                .set("top", halo.top())
                .set("left", halo.left())
                .set("bottom", halo.bottom())
                .set("right", halo.right())
                .set("x_image", image ? xs[0] : 0)
                .set("x_channel", xs[image ? 1 : rank - 1])
                .set("x_line", image ? xs[2] : 0)
                .set("x_pixel", image ? xs[3] : rank == 1 ? 0 : xs[rank - 2])
                .set("y_image", image ? ys[0] : 0)
                .set("y_group", y.layout().group(shape, format))
                .set("y_line", image ? ys[2] : 0)
                .set("y_pixel", image ? ys[3] : rank == 1 ? 0 : ys[rank - 2])
                .set("runs", runs)
                .set("fill", binary ? 1f : 0f);
        if (held.odd()) {
            launch.define("ODD", 1);
        }
        if (held.format().kind() == NumberFormat.Kind.BLOCK_FLOAT) {
            launch.define("BLOCK", format.run())
                    .define("MANTISSA_BITS", Integer.SIZE - Integer.numberOfLeadingZeros(held.high()) + 1);
        }
        return launch.lanes(
                        groups * runs,
                        halo.left() + columns + halo.right(),
                        (halo.top() + rows + halo.bottom()) * images)
                .work("f32", 0, x.bytes() + y.bytes())
                .on(y.device(), y.value());
    }
}
