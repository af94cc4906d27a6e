// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.encoding.BlockCirculant;
import dev.inlay.encoding.CirculantPacking;
import dev.inlay.encoding.Packing;
import dev.inlay.graph.CodedForm;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Node;
import dev.inlay.plan.PixelOperands.Pixels;
import dev.inlay.plan.PixelOperands.Place;
import dev.inlay.tensor.NumberFormat;
import dev.inlay.tensor.Shape;
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

    /** The operands of a contraction. */
    private record Operation(Contraction op, BlockCirculant weights, int channels, int depth, PixelOperands places) {
        private Pixels in() {
            return places.in();
        }

        private Pixels out() {
            return places.out();
        }

        long transforms() {
            return 2L * weights.block() * weights.block() * in().count() * weights.inputBlocks();
        }

        /** Four products and sums a frequency, of which there are half as many as numbers, and the inverse transforms. */
        long spectral() {
            long products = 4L * weights.block() * weights.inputBlocks() * weights.taps();
            return (products + 2L * weights.block() * weights.block()) * weights.outputBlocks() * out().count();
        }

        long direct() {
            return 2L * weights.outputBlocks() * weights.block() * depth * weights.taps() * out().count();
        }
    }

    Step.Launch lower(Node node, Contraction op, BlockCirculant weights) {
        Shape w = weights.shape();
        int channels = w.size(weights.outputAxis());
        int depth = w.size(weights.inputAxis());
        PixelOperands places = PixelOperands.of(draft, device, node, op, depth);
        Operation operation = new Operation(op, weights, channels, depth, places);
        boolean spectral = operation.transforms() + operation.spectral() < operation.direct();
        Step.Launch step = product(
                node, operation, spectral ? places.reading(spectra(node, operation, places.x())) : places, spectral);
        draft.add(step);
        draft.finish(node.output(), places.y().stored());
        return step;
    }

    private Place spectra(Node node, Operation operation, Place x) {
        BlockCirculant weights = operation.weights;
        Pixels in = operation.in();
        int numbers = weights.inputBlocks() * weights.block();
        Place y = Place.of(
                draft.scratch(node.input(0), device.id(), Shape.of(in.images(), numbers, in.rows(), in.columns())));
        int blocks = weights.inputBlocks() < ENOUGH_ITEMS ? 1 : atOnce(2L * vectorsOfHalf(weights));
        LaunchBuilder launch = new LaunchBuilder("contract.spectrum")
                .define("BLOCK", weights.block())
                .define("BLOCKS", blocks)
                .define("VW", lanes())
                .packed("forward", draft.pack(device.id(), new CirculantPacking.Fourier(weights.block(), false)))
                .set("depth", operation.depth)
                .set("rows", in.rows());
        x.addTo(launch, "x");
        y.addTo(launch, "y");
        shape(launch, Math.ceilDiv(weights.inputBlocks(), (long) blocks), in);
        draft.add(launch.work(
                        "f32", operation.transforms(), Float.BYTES * in.count() * (operation.depth + (long) numbers))
                .on(device.id(), node.input(0)));
        return y;
    }

    private Step.Launch product(Node node, Operation operation, PixelOperands places, boolean spectral) {
        BlockCirculant weights = operation.weights;
        int outputs = outputs(operation);
        float factor = (float) CodedForm.alpha(operation.op);
        Optional<Float> step = CirculantPacking.step(weights, spectral);
        int packed = draft.pack(
                device.id(),
                new CirculantPacking.Vectors(
                        node.input(1), weights.vectors().shape(), outputs, spectral, factor, step));
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
                .define("OUTPUTS", outputs)
                .define("VW", lanes())
                .packed("w", packed)
                .packed(
                        "inverse",
                        spectral ? draft.pack(device.id(), new CirculantPacking.Fourier(weights.block(), true)) : bias)
                .packed("bias", bias)
                .set("channels", operation.channels)
                .set("depth", operation.depth)
                .set("w_scale", step.orElse(1f) * factor);
        if (step.isPresent()) {
            launch.define("W_FORMAT", NumberFormat.S16);
        }
        places.addTo(launch, operation.op);
        shape(launch, Math.ceilDiv(weights.outputBlocks(), (long) outputs), operation.out());
        long numbers =
                operation.in().count() * (spectral ? (long) weights.inputBlocks() * weights.block() : operation.depth)
                        + operation.out().count() * operation.channels;
        return launch.work(
                        "f32",
                        spectral ? operation.spectral() : operation.direct(),
                        Float.BYTES * numbers
                                + draft.packed().get(packed).packing().bytes())
                .on(device.id(), node.name());
    }

    private void shape(LaunchBuilder launch, long groups, Pixels pixels) {
        PixelOperands.range(launch, device, groups, pixels.columns(), pixels.rows() * pixels.images());
    }

    /** Floats of a vector. */
    private int lanes() {
        return PixelOperands.lanes(device);
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
                && Math.ceilDiv(operation.weights.outputBlocks(), outputs)
                                * operation.out().count()
                        < ENOUGH_ITEMS) {
            outputs /= 2;
        }
        return outputs;
    }
}
