// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.graph.Node;
import dev.inlay.graph.Normalization;
import dev.inlay.graph.Reduction;
import dev.inlay.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Operators that run along axes of a value of any rank: softmax and reductions, one work-item a line. */
final class AxisLowering {
    private final Draft draft;
    private final DeviceDescription device;

    AxisLowering(Draft draft, DeviceDescription device) {
        this.draft = draft;
        this.device = device;
    }

    /** Whether softmax runs along one axis only, as the kernel does. */
    static boolean alongOneAxis(Normalization.Softmax softmax, Shape shape) {
        int axis = shape.normalise(softmax.axis());
        return !softmax.flattened() || shape.elements(axis + 1, shape.rank()) == 1;
    }

    Step.Launch softmax(Node node, Normalization.Softmax softmax) {
        Stored x = draft.home(node.input(0), device.id(), Held.REAL);
        Stored y = draft.defineReal(node.output(), device.id());
        Shape shape = y.shape();
        int axis = shape.normalise(softmax.axis());
        int[] outer = IntStream.range(0, shape.rank()).filter(a -> a != axis).toArray();
        Box lines = box(node, select(shape.toArray(), outer), select(x.strides(), outer), select(y.strides(), outer));
        Step.Launch step = lines(new LaunchBuilder("norm.softmax"), lines, x, y)
                .define("LOGARITHM", softmax.logarithm() ? 1 : 0)
                .set("extent", shape.extent(axis))
                .set("xs", x.strides()[axis])
                .set("ys", y.strides()[axis])
                .work("f32", 4 * shape.elements(), 8 * shape.elements())
                .on(device.id(), node.name());
        draft.add(step);
        draft.finish(node.output(), y);
        return step;
    }

    Step.Launch reduce(Node node, Reduction.Reduce reduce) {
        Stored x = draft.arithmetic(node.input(0), device.id());
        Stored y = draft.defineArithmetic(node.output(), device.id());
        Shape shape = x.shape();
        int[] folded = reduce.axes().stream()
                .mapToInt(shape::normalise)
                .sorted()
                .distinct()
                .toArray();
        int[] outer = IntStream.range(0, shape.rank())
                .filter(axis -> Arrays.binarySearch(folded, axis) < 0)
                .toArray();
        long[] ys = reduce.keep() ? select(y.strides(), outer) : y.strides();
        Box lines = box(node, select(shape.toArray(), outer), select(x.strides(), outer), ys);
        long[] foldStrides = select(x.strides(), folded);
        Box fold = box(node, select(shape.toArray(), folded), foldStrides, foldStrides);
        Step.Launch step = lines(new LaunchBuilder("reduce.fold"), lines, x, y)
                .define("FOLD", reduce.kind())
                .reads("x", x.held())
                .writes(y.held())
                .strides("f", fold.extents())
                .strides("s", fold.strides().getFirst())
                .work("f32", shape.elements(), 4 * (shape.elements() + y.shape().elements()))
                .on(device.id(), node.name());
        draft.add(step);
        draft.finish(node.output(), y);
        return step;
    }

    private static LaunchBuilder lines(LaunchBuilder launch, Box lines, Stored x, Stored y) {
        return launch.stored("x", x, x.base())
                .stored("y", y, y.base())
                .set("e1", lines.extent(1))
                .set("e3", lines.extent(3))
                .strides("x", lines.strides().getFirst())
                .strides("y", lines.strides().getLast())
                .lanes(lines.extent(3), lines.extent(2), (long) lines.extent(1) * lines.extent(0));
    }

    private static Box box(Node node, long[] extents, long[] x, long[] y) {
        return Box.of(extents, List.of(x, y), 4)
                .orElseThrow(() ->
                        new IllegalStateException("node " + node.name() + ": more than four axes that do not merge"));
    }

    private static long[] select(long[] all, int[] axes) {
        return Arrays.stream(axes).mapToLong(axis -> all[axis]).toArray();
    }
}
