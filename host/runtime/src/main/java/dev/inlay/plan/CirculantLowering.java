// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.encoding.BlockCirculant;
import dev.inlay.encoding.CirculantPacking;
import dev.inlay.encoding.Packing;
import dev.inlay.graph.CodedForm;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Function;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Node;
import dev.inlay.graph.Window;
import dev.inlay.tensor.NumberFormat;
import dev.inlay.tensor.Shape;
import java.util.List;
import java.util.Optional;

/**
 * Contractions with block-circulant weights: the spectra of the input's blocks in one launch, their products with those
 * of the weights and the inverse transform in another; where the transforms cost more than they save, one launch that
 * multiplies the numbers.
 */
final class CirculantLowering {
    /** Work-items that keep all cores of a processor busy to the end. */
    private static final long ENOUGH_ITEMS = 16;

    /** The most blocks that a work-item transforms, or gives, at once. */
    private static final int MOST_BLOCKS = 4;

    private final Draft draft;
    private final DeviceDescription device;

    CirculantLowering(Draft draft, DeviceDescription device) {
        this.draft = draft;
        this.device = device;
    }

    /** The weights of a node that are held as circulant blocks. */
    static Optional<BlockCirculant> weights(Graph graph, Node node) {
        return graph.encoded(node.input(1))
                .filter(BlockCirculant.class::isInstance)
                .map(BlockCirculant.class::cast);
    }

    /** Why weights held as circulant blocks are made floats first; empty where they are not. */
    static Optional<String> whyDecoded(BlockCirculant weights, Contraction op) {
        if (op instanceof Contraction.Conv conv && conv.groups() > 1) {
            return Optional.of("its " + conv.groups() + " groups cut through circulant blocks");
        }
        return weights.outputAxis() == CodedForm.outputAxis(op)
                ? Optional.empty()
                : Optional.of("its circulant blocks have their output channels along axis " + weights.outputAxis());
    }

    /** Images, rows and columns of pixels. */
    private record Pixels(long images, long rows, long columns) {
        long count() {
            return images * rows * columns;
        }
    }

    /** Pixels of one buffer: the first, and elements from one image, row and column to the next. */
    private record Place(Stored stored, long base, long image, long line, long pixel) {
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
    }

    /** The operands of a contraction. */
    private record Operation(
            Contraction op, BlockCirculant weights, int channels, int depth, Window window, Pixels in, Pixels out) {
        long transforms() {
            return 2L * weights.block() * weights.block() * in.count() * weights.inputBlocks();
        }

        /** Four products and sums a frequency, of which there are half as many as numbers, and the inverse transforms. */
        long spectral() {
            long products = 4L * weights.block() * weights.inputBlocks() * weights.taps();
            return (products + 2L * weights.block() * weights.block()) * weights.outputBlocks() * out.count();
        }

        long direct() {
            return 2L * weights.outputBlocks() * weights.block() * depth * weights.taps() * out.count();
        }
    }

    Step.Launch lower(Node node, Contraction op, BlockCirculant weights) {
        Shape w = weights.shape();
        int channels = w.size(weights.outputAxis());
        int depth = w.size(weights.inputAxis());
        Stored y;
        Place from;
        Place to;
        Optional<Place> beside = Optional.empty();
        Pixels in;
        Pixels out;
        Window window;
        if (op instanceof Contraction.Conv conv) {
            window = conv.window();
            Stored x = draft.operand(node, device.id());
            if (op.epilogue().residual()) {
                beside = Optional.of(Place.of(draft.home(node.input(3), device.id(), Held.REAL)));
            }
            y = draft.defineReal(node.output(), device.id());
            Place whole = Place.of(x);
            from = new Place(
                    x,
                    whole.base - window.top() * whole.line - window.left() * whole.pixel,
                    whole.image,
                    whole.line,
                    whole.pixel);
            to = Place.of(y);
            Shape image = x.shape();
            in = new Pixels(
                    image.extent(0),
                    window.top() + image.extent(2) + window.bottom(),
                    window.left() + image.extent(3) + window.right());
            out = new Pixels(image.extent(0), y.shape().extent(2), y.shape().extent(3));
        } else {
            window = Window.of(1, 1);
            Stored x = draft.plain(node.input(0), device.id());
            if (op.epilogue().residual()) {
                beside = Optional.of(Place.matrix(draft.plain(node.input(3), device.id())));
            }
            y = draft.definePlain(node.output(), device.id());
            from = Place.matrix(x);
            to = Place.matrix(y);
            in = new Pixels(1, 1, x.shape().elements() / depth);
            out = in;
        }
        Operation operation = new Operation(op, weights, channels, depth, window, in, out);
        boolean spectral = operation.transforms() + operation.spectral() < operation.direct();
        Step.Launch step = product(
                node, operation, spectral ? spectra(node, operation, from) : from, beside.orElse(to), to, spectral);
        draft.add(step);
        draft.finish(node.output(), y);
        return step;
    }

    private Place spectra(Node node, Operation operation, Place x) {
        BlockCirculant weights = operation.weights;
        Pixels in = operation.in;
        int numbers = weights.inputBlocks() * weights.block();
        Place y =
                Place.of(draft.scratch(node.input(0), device.id(), Shape.of(in.images, numbers, in.rows, in.columns)));
        int blocks = weights.inputBlocks() < ENOUGH_ITEMS ? 1 : atOnce(2L * vectorsOfHalf(weights));
        LaunchBuilder launch = new LaunchBuilder("contract.spectrum")
                .define("BLOCK", weights.block())
                .define("BLOCKS", blocks)
                .define("VW", lanes())
                .packed("forward", draft.pack(device.id(), new CirculantPacking.Fourier(weights.block(), false)))
                .set("depth", operation.depth)
                .set("rows", in.rows);
        x.addTo(launch, "x");
        y.addTo(launch, "y");
        shape(launch, Math.ceilDiv(weights.inputBlocks(), (long) blocks), in);
        draft.add(launch.work(
                        "f32", operation.transforms(), Float.BYTES * in.count() * (operation.depth + (long) numbers))
                .on(device.id(), node.input(0)));
        return y;
    }

    private Step.Launch product(Node node, Operation operation, Place x, Place r, Place y, boolean spectral) {
        BlockCirculant weights = operation.weights;
        Window window = operation.window;
        Function activation = operation.op.epilogue().activation();
        int outputs = outputs(operation);
        int packed = draft.pack(
                device.id(),
                new CirculantPacking.Vectors(node.input(1), weights.vectors().shape(), outputs, spectral, (float)
                        CodedForm.alpha(operation.op)));
        int bias = draft.pack(
                device.id(),
                new Packing.PanelVector(
                        node.hasInput(2) ? node.input(2) : "",
                        NumberFormat.F32,
                        1,
                        operation.channels,
                        outputs * weights.block(),
                        operation.op instanceof Contraction.Gemm gemm ? gemm.beta() : 1));
        LaunchBuilder launch = new LaunchBuilder("contract.circulant")
                .define("BLOCK", weights.block())
                .define("SPECTRAL", spectral ? 1 : 0)
                .define("RESIDUAL", operation.op.epilogue().residual() ? 1 : 0)
                .define("FUNCTION", activation.kind())
                .define("OUTPUTS", outputs)
                .define("VW", lanes())
                .packed("w", packed)
                .packed(
                        "inverse",
                        spectral ? draft.pack(device.id(), new CirculantPacking.Fourier(weights.block(), true)) : bias)
                .packed("bias", bias)
                .set("channels", operation.channels)
                .set("depth", operation.depth)
                .set("out_rows", operation.out.rows)
                .set("tap_rows", window.rows())
                .set("tap_cols", window.columns())
                .set("tap_row", window.rowDilation() * x.line)
                .set("tap_col", window.columnDilation() * x.pixel)
                .set("act_a", activation.alpha())
                .set("act_b", activation.beta());
        new Place(x.stored, x.base, x.image, window.rowStride() * x.line, window.columnStride() * x.pixel)
                .addTo(launch, "x");
        r.addTo(launch, "r");
        y.addTo(launch, "y");
        shape(launch, Math.ceilDiv(weights.outputBlocks(), (long) outputs), operation.out);
        long numbers =
                operation.in.count() * (spectral ? (long) weights.inputBlocks() * weights.block() : operation.depth)
                        + operation.out.count() * operation.channels;
        return launch.work(
                        "f32",
                        spectral ? operation.spectral() : operation.direct(),
                        Float.BYTES * numbers
                                + draft.packed().get(packed).packing().bytes())
                .on(device.id(), node.name());
    }

    private void shape(LaunchBuilder launch, long groups, Pixels pixels) {
        if (device.deviceClass() == DeviceClass.CPU) {
            launch.range(List.of(groups, pixels.columns, pixels.rows * pixels.images), List.of(1L, 1L, 1L));
        } else {
            launch.lanes(groups, pixels.columns, pixels.rows * pixels.images);
        }
    }

    /** Floats of a vector. */
    private int lanes() {
        return device.deviceClass() != DeviceClass.CPU
                ? 4
                : device.vectorWidth() >= 16 ? 16 : device.vectorWidth() >= 8 ? 8 : 4;
    }

    private int vectorsOfHalf(BlockCirculant weights) {
        return Math.max(1, weights.block() / 2 / lanes());
    }

    /** Blocks of a work-item whose sums are in registers, of which 16 narrow or 32 wide ones hold the operands too. */
    private int atOnce(long vectors) {
        int registers = lanes() >= 16 ? 24 : 12;
        return device.deviceClass() == DeviceClass.CPU ? Math.clamp(registers / vectors, 1, MOST_BLOCKS) : 1;
    }

    /** Output blocks of a work-item: as many as have their three sums in registers and leave enough work-items. */
    private int outputs(Operation operation) {
        int outputs = atOnce(3L * vectorsOfHalf(operation.weights));
        while (outputs > 1
                && Math.ceilDiv(operation.weights.outputBlocks(), outputs) * operation.out.count() < ENOUGH_ITEMS) {
            outputs /= 2;
        }
        return outputs;
    }
}
