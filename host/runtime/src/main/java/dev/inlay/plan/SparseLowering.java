// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.encoding.Occupancy;
import dev.inlay.encoding.SparsePacking;
import dev.inlay.encoding.WeightsShape;
import dev.inlay.graph.CodedForm;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Node;
import dev.inlay.graph.Window;
import dev.inlay.tensor.NumberFormat;
import dev.inlay.tensor.Shape;
import java.util.List;
import java.util.Optional;

/** Contractions whose weights are multiplied one by one where they are not zero. */
final class SparseLowering {
    /** Vector registers that hold sums on processors of narrow and of wide vectors. */
    private static final int NARROW_SUMS = 8;

    private static final int WIDE_SUMS = 24;
    private static final int WIDE = 16;
    private static final int MOST_VECTORS = 7;

    private final Draft draft;
    private final DeviceDescription device;
    private final Node node;
    private final Contraction op;
    private final Operands operands;
    private final Occupancy kept;
    private List<Integer> weights = List.of();

    SparseLowering(Draft draft, DeviceDescription device, Node node, Contraction op, Occupancy kept) {
        this.draft = draft;
        this.device = device;
        this.node = node;
        this.op = op;
        this.operands = Operands.of(draft, device.id(), node);
        this.kept = kept.byChannel();
    }

    /** Whether the pixels of a convolution fill vectors. */
    static boolean fillsVectors(DeviceDescription device, Shape y) {
        return 2 * y.extent(3) > lanes(device);
    }

    private static int lanes(DeviceDescription device) {
        return Math.clamp(device.vectorWidth(), 4, WIDE);
    }

    Step.Launch conv(Contraction.Conv conv) {
        Window window = conv.window();
        Shape shape = draft.graph().value(node.output()).shape();
        int lanes = lanes(device);
        int vectors = fillsVectors(device, shape)
                ? (int) Math.min(MOST_VECTORS, Math.ceilDiv(shape.extent(3), (long) lanes))
                : 0;
        int sums = lanes == WIDE ? WIDE_SUMS : NARROW_SUMS;
        int rows = vectors == 0 ? 1 : (int) Math.clamp(sums / vectors, 1, shape.extent(2));
        long tile = Math.max(1, (long) vectors * lanes);
        long columns = Math.ceilDiv(shape.extent(3), tile) * tile;
        long last = (columns - 1) * window.columnStride() + (window.columns() - 1L) * window.columnDilation();
        Shape in = draft.graph().value(node.input(0)).shape();
        Layout.Halo halo = new Layout.Halo(window.top(), window.left(), window.bottom(), (int)
                Math.max(window.right(), last + 1 - window.left() - in.extent(3)));
        Stored x = draft.pixels(node.input(0), device.id(), halo);
        long[] xs = x.strides();
        long channel = xs[0];
        Optional<Stored> r = op.epilogue().residual()
                ? Optional.of(draft.home(node.input(3), device.id(), operands.r()))
                : Optional.empty();
        Stored y = operands.define(draft, device.id(), node);
        LaunchBuilder launch = launch(
                        x,
                        r.orElse(y),
                        y,
                        new SparsePacking.Places(
                                kept,
                                window.columns(),
                                window.rowDilation() * xs[2],
                                window.columnDilation() * xs[3],
                                channel))
                .define("STRIDED", window.columnStride() == 1 ? 0 : 1)
                .define("VW", lanes)
                .define("PV", vectors)
                .define("PR", rows)
                .define("RESIDUAL", r.isPresent() ? 1 : 0)
                .set("out_rows", shape.extent(2))
                .set("out_columns", shape.extent(3))
                .set("x_base", x.base() - window.top() * xs[2] - window.left() * xs[3])
                .set("x_image", in.extent(1) * channel)
                .set("x_group", kept.weights().channels() * channel)
                .set("x_line", window.rowStride() * xs[2])
                .set("x_pixel", window.columnStride() * xs[3]);
        place(launch, "y", y);
        place(launch, "r", r.orElse(y));
        return finish(
                launch,
                y,
                Math.ceilDiv(shape.extent(3), tile),
                Math.ceilDiv(shape.extent(2), (long) rows) * shape.extent(0));
    }

    private static void place(LaunchBuilder launch, String name, Stored image) {
        long[] strides = image.strides();
        launch.set(name + "_base", image.base())
                .set(name + "_image", strides[0])
                .set(name + "_channel", strides[1])
                .set(name + "_line", strides[2])
                .set(name + "_pixel", strides[3]);
    }

    /** A matrix product: each row of activations is a pixel. */
    Step.Launch rows() {
        int outputs = kept.weights().outputs();
        Stored x = draft.plain(node.input(0), device.id());
        Optional<Stored> r =
                op.epilogue().residual() ? Optional.of(draft.plain(node.input(3), device.id())) : Optional.empty();
        Stored y = draft.definePlain(node.output(), device.id());
        long count = y.shape().elements() / outputs;
        LaunchBuilder launch = launch(x, r.orElse(y), y, new SparsePacking.Places(kept, 1, 0, 0, 1, shortest()))
                .define("STRIDED", 0)
                .define("VW", lanes(device))
                .define("PV", 0)
                .define("PR", 1)
                .define("RESIDUAL", r.isPresent() ? 1 : 0)
                .set("out_rows", 1)
                .set("out_columns", count)
                .set("x_base", 0)
                .set("x_image", 0)
                .set("x_group", 0)
                .set("x_line", 0)
                .set("x_pixel", kept.weights().channels());
        for (String name : new String[] {"y", "r"}) {
            launch.set(name + "_base", 0)
                    .set(name + "_image", 0)
                    .set(name + "_channel", 1)
                    .set(name + "_line", 0)
                    .set(name + "_pixel", outputs);
        }
        return finish(launch, y, count, 1);
    }

    /** Bits of the places of input channels. */
    private int shortest() {
        return kept.weights().channels() <= 1 << Short.SIZE ? Short.SIZE : Integer.SIZE;
    }

    private LaunchBuilder launch(Stored x, Stored r, Stored y, SparsePacking.Places places) {
        Pairing pairing = operands.pairing();
        NumberFormat format = SparseForm.rowFormat(draft.graph(), node, pairing).orElseThrow();
        float factor = pairing.terms() == 0 ? (float) CodedForm.alpha(op) : 1;
        WeightsShape shape = kept.weights();
        int packed = draft.pack(device.id(), new SparsePacking.Values(node.input(1), 0, format, factor, kept));
        int list = draft.pack(device.id(), places);
        weights = List.of(packed, list);
        LaunchBuilder launch = new LaunchBuilder("contract.sparse")
                .define("W_FORMAT", format)
                .define("PLACE", places.bits() == Short.SIZE ? "ushort" : "int")
                .define("FUNCTION", op.epilogue().activation().kind())
                .stored("x", x)
                .packed("w", packed)
                .packed(
                        "table",
                        pairing.terms() == 0
                                ? packed
                                : operands.table(draft, device.id(), node, 0).orElse(packed))
                .packed("list", list)
                .stored("r", r)
                .stored("y", y)
                .set("outputs", kept.slices())
                .set("channels", shape.outputs())
                .set("act_a", op.epilogue().activation().alpha())
                .set("act_b", op.epilogue().activation().beta());
        operands.addVectors(launch, draft, device.id(), node, op, 0, shape, 1);
        return launch;
    }

    private Step.Launch finish(LaunchBuilder launch, Stored y, long columns, long rows) {
        long pixels = y.shape().elements() / kept.slices();
        long bytes = weights.stream()
                        .mapToLong(id -> draft.packed().get(id).packing().bytes())
                        .sum()
                + y.bytes()
                + draft.graph().value(node.input(0)).shape().elements() * Float.BYTES;
        Step.Launch step = launch.range(List.of((long) kept.slices(), columns, rows), List.of(1L, 1L, 1L))
                .work("f32", 2L * kept.entries() * pixels, bytes)
                .on(device.id(), node.name());
        draft.add(step);
        operands.finish(draft, node, y);
        return step;
    }
}
