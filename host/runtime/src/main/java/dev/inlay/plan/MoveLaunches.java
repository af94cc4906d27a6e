// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.tensor.Shape;
import java.util.List;
import java.util.Optional;

/** Launches that move numbers and compute nothing but how they are held. */
final class MoveLaunches {
    private MoveLaunches() {}

    /** Fills the halo of an image with zero; empty where it has none. */
    static Optional<Step> halo(Stored image) {
        Layout.Halo halo = image.layout().halo();
        if (halo.isNone()) {
            return Optional.empty();
        }
        Shape shape = image.shape();
        long[] strides = image.strides();
        long width = halo.left() + shape.extent(3) + halo.right();
        long pixels = (halo.top() + halo.bottom()) * width + shape.extent(2) * (halo.left() + halo.right());
        return Optional.of(of(new LaunchBuilder("move.halo"), image)
                .stored("y", image)
                .set("channels", strides[3])
                .set("rows", shape.extent(2))
                .set("columns", shape.extent(3))
                .set("top", halo.top())
                .set("left", halo.left())
                .set("right", halo.right())
                .set("bottom", halo.bottom())
                .set("y_image", strides[0])
                .set("y_line", strides[2])
                .set("y_pixel", strides[3])
                .set("value", (float) image.held().zero())
                .lanes(strides[3], pixels, shape.extent(0))
                .work("f32", 0, image.format().bytes(pixels * strides[3] * shape.extent(0)))
                .on(image.device(), image.value()));
    }

    /** The type of the elements, where it is not float. */
    static LaunchBuilder of(LaunchBuilder launch, Stored value) {
        return value.held().isReal()
                ? launch
                : launch.define("ELEMENT", value.held().element());
    }

    /**
     * Copies a box of elements from how they are held in one place to how they are held in another; strides are given
     * along the axes of {@code box}. Empty where the box is.
     */
    static Optional<Step> copy(
            String node,
            Step.Argument x,
            Held held,
            long[] xStrides,
            Stored y,
            Held to,
            long[] yStrides,
            long yBase,
            Shape box) {
        Box index = Box.of(box.toArray(), List.of(xStrides, yStrides), 5)
                .orElseThrow(() -> new IllegalStateException("copy of " + box + " has more than five axes"));
        if (box.elements() == 0) {
            return Optional.empty();
        }
        boolean alike = held.equals(to);
        LaunchBuilder launch = alike
                ? of(new LaunchBuilder("move.copy"), y)
                : new LaunchBuilder("lanewise.unary")
                        .define("FUNCTION", "IDENTITY")
                        .reads("x", held)
                        .writes(to)
                        .set("a", 0f)
                        .set("b", 0f);
        return Optional.of(launch.argument("x", x)
                .stored("y", y, yBase)
                .set("e1", index.extent(1))
                .set("e2", index.extent(2))
                .set("e4", index.extent(4))
                .strides("x", index.strides().getFirst())
                .strides("y", index.strides().getLast())
                .lanes(index.extent(4), index.extent(3), (long) index.extent(2) * index.extent(1) * index.extent(0))
                .work("f32", 0, held.format().bytes(box.elements()) + y.format().bytes(box.elements()))
                .on(y.device(), node));
    }
}
