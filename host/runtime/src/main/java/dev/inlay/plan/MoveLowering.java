// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.encoding.Packing;
import dev.inlay.graph.Move;
import dev.inlay.graph.Node;
import dev.inlay.tensor.Shape;

/** Operators that move elements: nothing at all where the memory already is right, strided copies elsewhere. */
final class MoveLowering {
    private final Draft draft;
    private final DeviceDescription device;

    MoveLowering(Draft draft, DeviceDescription device) {
        this.draft = draft;
        this.device = device;
    }

    /** The same bytes under another shape; no kernel where both sides are plain. */
    void reshape(Node node) {
        draft.alias(node.output(), draft.compact(node.input(0), device.id()));
    }

    void transpose(Node node, Move.Transpose transpose) {
        Stored x = draft.home(node.input(0), device.id());
        Stored y = draft.define(node.output(), device.id());
        long[] xs = x.strides();
        long[] strides = transpose.order().stream().mapToLong(axis -> xs[axis]).toArray();
        draft.copy(node.name(), x, strides, x.base(), y, y.strides(), y.base(), y.shape());
    }

    void concat(Node node, Move.Concat concat) {
        Stored y = draft.define(node.output(), device.id());
        long[] ys = y.strides();
        int axis = y.shape().normalise(concat.axis());
        long at = 0;
        for (String input : node.inputs()) {
            Shape shape = draft.graph().value(input).shape();
            long base = y.base() + at * ys[axis];
            if (draft.graph().constant(input).isPresent()) {
                int packed = draft.pack(device.id(), new Packing.Plain(input, shape.elements()));
                draft.copy(
                        node.name(),
                        new Step.Argument.OfPacked(packed),
                        Held.REAL,
                        shape.strides(),
                        y,
                        y.held(),
                        ys,
                        base,
                        shape);
            } else {
                Stored x = draft.home(input, device.id());
                draft.copy(node.name(), x, x.strides(), x.base(), y, ys, base, shape);
            }
            at += shape.extent(axis);
        }
    }

    void pad(Node node, Move.Pad pad) {
        Stored x = draft.home(node.input(0), device.id());
        Stored y = draft.defineUnfilled(node.output(), device.id());
        long count = y.layout().elements(y.shape(), y.format());
        Held held = y.held();
        float value = held.isReal() ? pad.value() : held.code(pad.value());
        draft.add(MoveLaunches.of(new LaunchBuilder("move.fill"), y)
                .stored("y", y)
                .set("count", count)
                .set("value", value)
                .lanes(count, 1, 1)
                .work("f32", 0, y.bytes())
                .on(device.id(), node.name()));
        draft.fillHalo(y);
        long[] ys = y.strides();
        long base = y.base();
        for (int axis = 0; axis < ys.length; axis++) {
            base += pad.before().get(axis) * ys[axis];
        }
        draft.copy(node.name(), x, x.strides(), x.base(), y, ys, base, x.shape());
    }
}
