// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.encoding.ColumnPacking;
import dev.inlay.encoding.Occupancy;
import dev.inlay.graph.CodedForm;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Function;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Move;
import dev.inlay.graph.Node;
import dev.inlay.graph.Op;
import dev.inlay.graph.Pool;
import dev.inlay.tensor.NumberFormat;
import dev.inlay.tensor.Shape;
import java.util.List;
import java.util.Optional;

/**
 * The product of one row of activations by weights that are not zero: one launch finds the activations that are not zero,
 * the next multiplies only their columns.
 */
final class ColumnLowering {
    /** The share of activations that a rectifier leaves, and that of others, neither known when planning. */
    private static final double RECTIFIED = 0.4;

    private static final double OTHERS = 1;

    /** Slices a core: long columns are read fast, even ones keep all cores busy to the end. */
    private static final int SLICES_OF_CORE = 4;

    private static final int MOST_OUTPUTS = 1024;

    private final Draft draft;
    private final DeviceDescription device;
    private final Node node;
    private final Contraction op;
    private final Occupancy kept;

    ColumnLowering(Draft draft, DeviceDescription device, Node node, Contraction op, Occupancy kept) {
        this.draft = draft;
        this.device = device;
        this.node = node;
        this.op = op;
        this.kept = kept;
    }

    /** The modelled share of a value's elements that are not zero. */
    static double activeShare(Graph graph, String value) {
        Optional<Node> producer = graph.producer(value);
        if (producer.isEmpty()) {
            return OTHERS;
        }
        Op op = producer.get().op();
        if (op instanceof Move.Reshape || op instanceof Move.Transpose || op instanceof Pool.MaxPool) {
            return activeShare(graph, producer.get().input(0));
        }
        boolean rectified = (op instanceof Lanewise.Unary(Function function) && isRectifier(function))
                || (op instanceof Contraction contraction
                        && isRectifier(contraction.epilogue().activation()));
        return rectified ? RECTIFIED : OTHERS;
    }

    private static boolean isRectifier(Function function) {
        return function.kind() == Function.Kind.RELU
                || (function.kind() == Function.Kind.CLIP && function.alpha() == 0);
    }

    Step.Launch row() {
        Operands operands = Operands.of(draft, device.id(), node);
        Pairing pairing = operands.pairing();
        NumberFormat format = SparseForm.rowFormat(draft.graph(), node, pairing).orElseThrow();
        float factor = pairing.terms() == 0 ? (float) CodedForm.alpha(op) : 1;
        int outputs = kept.slices();
        int depth = kept.weights().channels();
        int height = Math.clamp(Math.ceilDiv(outputs, (long) SLICES_OF_CORE * device.computeUnits()), 1, MOST_OUTPUTS);
        Stored x = draft.plain(node.input(0), device.id());
        Optional<Stored> r =
                op.epilogue().residual() ? Optional.of(draft.plain(node.input(3), device.id())) : Optional.empty();
        Stored y = draft.definePlain(node.output(), device.id());
        Stored active = draft.scratch(node.input(0), device.id(), Shape.of(1, depth + 1L, 1, 1));
        draft.add(new LaunchBuilder("contract.nonzeros")
                .stored("x", x)
                .stored("list", active)
                .set("depth", depth)
                .work("f32", 0, x.bytes() + active.bytes())
                .on(device.id(), node.input(0)));
        int weights = draft.pack(device.id(), new ColumnPacking.Values(node.input(1), 0, format, factor, kept, height));
        ColumnPacking.Places places = new ColumnPacking.Places(kept, height);
        int list = draft.pack(device.id(), places);
        Optional<Integer> table = pairing.terms() == 0 ? Optional.empty() : operands.table(draft, device.id(), node, 0);
        LaunchBuilder launch = new LaunchBuilder("contract.columns")
                .define("W_FORMAT", format)
                .define("HEIGHT", height)
                .define("PLACE", places.placeBytes() == Byte.BYTES ? "uchar" : "ushort")
                .define("FUNCTION", op.epilogue().activation().kind())
                .define("RESIDUAL", r.isPresent() ? 1 : 0)
                .stored("x", x)
                .stored("active", active)
                .packed("w", weights)
                .packed("list", list)
                .packed("table", table.orElse(weights))
                .stored("r", r.orElse(y))
                .stored("y", y)
                .set("outputs", outputs)
                .set("depth", depth)
                .set("act_a", op.epilogue().activation().alpha())
                .set("act_b", op.epilogue().activation().beta());
        operands.addVectors(launch, draft, device.id(), node, op, 0, kept.weights(), 1);
        double share = activeShare(draft.graph(), node.input(0));
        long packed = draft.packed().get(weights).packing().bytes()
                + draft.packed().get(list).packing().bytes();
        Step.Launch step = launch.range(List.of((long) Math.ceilDiv(outputs, height), 1L, 1L), List.of(1L, 1L, 1L))
                .work("f32", (long) (2 * share * kept.entries()), (long) (share * packed) + x.bytes() + y.bytes())
                .on(device.id(), node.name());
        draft.add(step);
        operands.finish(draft, node, y);
        return step;
    }
}
