// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.encoding.NofM;
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

/** Contractions of floats with weights of which N of M neighbouring input channels are held. */
final class NofMLowering {
    /** Sums that stay in registers beside the weights of a group, their codes and what they pick. */
    private static final int PIXELS = 4;

    private static final int VECTORS_OF_ONE = 4;

    private final Draft draft;
    private final DeviceDescription device;
    private final Node node;
    private final Contraction op;
    private final WeightsShape weights;
    private final NofM pattern;
    private final Operands operands;

    NofMLowering(Draft draft, DeviceDescription device, Node node, Contraction op, WeightsShape weights, NofM pattern) {
        this.draft = draft;
        this.device = device;
        this.node = node;
        this.op = op;
        this.weights = weights;
        this.pattern = pattern;
        this.operands = Operands.of(draft, device.id(), node);
    }

    /** Elements of a buffer before the first pixel, and from one image, group, row and pixel to the next. */
    private record Place(Stored stored, long base, long image, long group, long line, long pixel) {
        static Place of(Stored image, long group) {
            long[] strides = image.strides();
            return new Place(image, image.base(), strides[0], group, strides[2], strides[3]);
        }

        static Place matrix(Stored matrix) {
            return new Place(matrix, 0, 0, 0, 0, matrix.shape().extent(-1));
        }

        void addTo(LaunchBuilder launch, String prefix) {
            launch.stored(prefix, stored, base)
                    .set(prefix + "_image", image)
                    .set(prefix + "_group", group)
                    .set(prefix + "_line", line)
                    .set(prefix + "_pixel", pixel);
        }
    }

    Step.Launch conv(Contraction.Conv conv) {
        Window window = conv.window();
        Stored x = draft.operand(node, device.id());
        Optional<Place> r = op.epilogue().residual()
                ? Optional.of(Place.of(draft.home(node.input(3), device.id(), operands.r()), weights.outputs()))
                : Optional.empty();
        Stored y = operands.define(draft, device.id(), node);
        long[] xs = x.strides();
        long group =
                conv.groups() == x.layout().groups() ? x.layout().group(x.shape(), x.format()) : weights.channels();
        Place from = new Place(
                x,
                x.base() - window.top() * xs[2] - window.left() * xs[3],
                xs[0],
                group,
                window.rowStride() * xs[2],
                window.columnStride() * xs[3]);
        LaunchBuilder launch = new LaunchBuilder("contract.nofm")
                .set("tap_rows", window.rows())
                .set("tap_cols", window.columns())
                .set("tap_row", window.rowDilation() * xs[2])
                .set("tap_col", window.columnDilation() * xs[3]);
        Shape out = y.shape();
        return finish(launch, from, r, Place.of(y, weights.outputs()), out.extent(0), out.extent(2), out.extent(3));
    }

    /** A matrix product: each row of activations is a pixel. */
    Step.Launch rows() {
        Stored x = draft.plain(node.input(0), device.id());
        Optional<Place> r = op.epilogue().residual()
                ? Optional.of(Place.matrix(draft.plain(node.input(3), device.id())))
                : Optional.empty();
        Stored y = draft.definePlain(node.output(), device.id());
        LaunchBuilder launch = new LaunchBuilder("contract.nofm")
                .set("tap_rows", 1)
                .set("tap_cols", 1)
                .set("tap_row", 0)
                .set("tap_col", 0);
        return finish(
                launch, Place.matrix(x), r, Place.matrix(y), 1, 1, y.shape().elements() / weights.outputs());
    }

    private Step.Launch finish(
            LaunchBuilder launch, Place x, Optional<Place> r, Place y, long images, long rows, long columns) {
        Pairing pairing = operands.pairing();
        NumberFormat format = SparseForm.pickFormat(pairing).orElseThrow();
        float factor = pairing.terms() == 0 ? (float) CodedForm.alpha(op) : 1;
        int lanes = device.deviceClass() == DeviceClass.CPU ? Math.clamp(device.vectorWidth(), 4, 16) : 4;
        int pixels = (int) Math.min(columns, PIXELS);
        int vectors = columns == 1 ? VECTORS_OF_ONE : 1;
        int packed = draft.pack(
                device.id(),
                new SparsePacking.Picks(node.input(1), 0, format, factor, weights, pattern, vectors, lanes));
        launch.define("N", pattern.n())
                .define("M", pattern.m())
                .define("W_FORMAT", format)
                .define("FUNCTION", op.epilogue().activation().kind())
                .define("RESIDUAL", r.isPresent() ? 1 : 0)
                .define("VW", lanes)
                .define("NV", vectors)
                .define("MR", pixels)
                .packed("w", packed)
                .set("channels", weights.outputs())
                .set("depth", weights.channels())
                .set("out_rows", rows)
                .set("out_columns", columns)
                .set("act_a", op.epilogue().activation().alpha())
                .set("act_b", op.epilogue().activation().beta());
        if (device.deviceClass() == DeviceClass.CPU
                && lanes == 8
                && device.features().contains("AVX2")) {
            launch.define("INLAY_HAS_AVX2", 1);
        }
        x.addTo(launch, "x");
        y.addTo(launch, "y");
        r.orElse(y).addTo(launch, "r");
        operands.addVectors(launch, draft, device.id(), node, op, 0, weights, vectors * lanes);
        long panels = Math.ceilDiv(weights.outputs(), (long) vectors * lanes) * weights.groups();
        long sums = y.stored.shape().elements() * weights.taps() * weights.channels() * pattern.n() / pattern.m();
        long bytes = x.stored.bytes()
                + y.stored.bytes()
                + draft.packed().get(packed).packing().bytes();
        Step.Launch step = launch.range(
                        List.of(Math.ceilDiv(columns, (long) pixels), rows * images, panels), List.of(1L, 1L, 1L))
                .work("f32", 2 * sums, bytes)
                .on(device.id(), node.name());
        draft.add(step);
        operands.finish(draft, node, y.stored);
        return step;
    }
}
