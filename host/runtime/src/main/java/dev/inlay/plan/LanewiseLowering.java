// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.encoding.Packing;
import dev.inlay.graph.Function;
import dev.inlay.graph.Node;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/** Element-wise operators as launches over the index space of their output. */
final class LanewiseLowering {
    private final Draft draft;
    private final DeviceDescription device;

    LanewiseLowering(Draft draft, DeviceDescription device) {
        this.draft = draft;
        this.device = device;
    }

    Step.Launch unary(Node node, Function function) {
        Stored x = draft.arithmetic(node.input(0), device.id());
        Stored y = draft.define(node.output(), device.id());
        Step.Launch step = unary(device, node, function, x, y);
        draft.add(step);
        return step;
    }

    /** A function applied where its argument lies. */
    static Step.Launch inPlace(DeviceDescription device, Node node, Function function, Stored value) {
        return unary(device, node, function, value, value);
    }

    private static Step.Launch unary(DeviceDescription device, Node node, Function function, Stored x, Stored y) {
        Box box = box(node, y.shape(), List.of(x.strides(), y.strides()));
        return ranged(new LaunchBuilder("lanewise.unary"), box)
                .define("FUNCTION", function.kind())
                .reads("x", x.held())
                .writes(y.held())
                .stored("x", x, x.base())
                .stored("y", y, y.base())
                .strides("x", box.strides().getFirst())
                .strides("y", box.strides().getLast())
                .set("a", function.alpha())
                .set("b", function.beta())
                .work("f32", y.shape().elements(), 8 * y.shape().elements())
                .on(device.id(), node.name());
    }

    /** An operand: where its first element is, and its stride along every axis of the output. */
    private record Operand(Step.Argument argument, Held held, long[] strides) {}

    Step.Launch binary(Node node, String operator) {
        Shape shape = draft.graph().value(node.output()).shape();
        Operand x = operand(node.input(0), shape);
        Operand z = operand(node.input(1), shape);
        Stored y = draft.defineArithmetic(node.output(), device.id());
        Box box = box(node, shape, List.of(x.strides, z.strides, y.strides()));
        Step.Launch step = ranged(new LaunchBuilder("lanewise.binary"), box)
                .define("OPERATOR", operator)
                .reads("x", x.held)
                .reads("z", z.held)
                .writes(y.held())
                .argument("x", x.argument)
                .argument("z", z.argument)
                .stored("y", y, y.base())
                .strides("x", box.strides().get(0))
                .strides("z", box.strides().get(1))
                .strides("y", box.strides().get(2))
                .work("f32", shape.elements(), 12 * shape.elements())
                .on(device.id(), node.name());
        draft.add(step);
        draft.finish(node.output(), y);
        return step;
    }

    private Operand operand(String value, Shape y) {
        Optional<Tensor> constant = draft.graph().constant(value);
        Shape shape = draft.graph().value(value).shape();
        Step.Argument argument;
        Held held = Held.REAL;
        long[] strides;
        if (constant.isPresent()) {
            argument = new Step.Argument.OfPacked(draft.pack(
                    device.id(), new Packing.Plain(value, constant.get().elements())));
            strides = shape.strides();
        } else {
            Stored stored = draft.arithmetic(value, device.id());
            held = stored.held();
            argument = new Step.Argument.OfStored(stored.id(), stored.base());
            strides = stored.strides();
        }
        long[] broadcast = new long[y.rank()];
        for (int axis = 1; axis <= shape.rank(); axis++) {
            broadcast[y.rank() - axis] = shape.extent(-axis) == 1 ? 0 : strides[shape.rank() - axis];
        }
        return new Operand(argument, held, broadcast);
    }

    private static Box box(Node node, Shape shape, List<long[]> strides) {
        return Box.of(shape.toArray(), strides, 5)
                .orElseThrow(() -> new IllegalStateException(
                        "node " + node.name() + ": shape " + shape + " has more than five axes that do not merge"));
    }

    private static LaunchBuilder ranged(LaunchBuilder launch, Box box) {
        return launch.set("e1", box.extent(1))
                .set("e2", box.extent(2))
                .set("e4", box.extent(4))
                .lanes(box.extent(4), box.extent(3), (long) box.extent(2) * box.extent(1) * box.extent(0));
    }
}
