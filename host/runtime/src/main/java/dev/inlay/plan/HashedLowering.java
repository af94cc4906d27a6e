// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.encoding.Hashed;
import dev.inlay.encoding.Hashed.Hash;
import dev.inlay.encoding.Packing;
import dev.inlay.encoding.SharedPacking;
import dev.inlay.graph.CodedForm;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Node;
import dev.inlay.tensor.NumberFormat;
import java.util.Optional;

/** Contractions with hashed weights: one launch, which makes each weight where it multiplies by it. */
final class HashedLowering {
    /** Work-items that keep all cores of a processor busy to the end. */
    private static final long ENOUGH_ITEMS = 16;

    private static final int PIXELS = 4;
    private static final int VECTORS = 2;

    private final Draft draft;
    private final DeviceDescription device;

    HashedLowering(Draft draft, DeviceDescription device) {
        this.draft = draft;
        this.device = device;
    }

    /** The weights of a node that are hashed. */
    static Optional<Hashed> weights(Graph graph, Node node) {
        return graph.encoded(node.input(1)).filter(Hashed.class::isInstance).map(Hashed.class::cast);
    }

    /** Why hashed weights are made floats first; empty where they are not. */
    static Optional<String> whyDecoded(Contraction op) {
        return op instanceof Contraction.Conv conv && conv.groups() > 1
                ? Optional.of("its " + conv.groups() + " groups, and the kernel of hashed weights takes one")
                : Optional.empty();
    }

    /** What is given for what. */
    static String why(Hashed weights) {
        long saved = weights.shape().elements() * Float.BYTES - Math.ceilDiv(weights.bits(), Byte.SIZE);
        return "its weights are hashed into " + weights.count() + " buckets, " + saved
                + " bytes less than f32; expected slower than dense f32, for each weight is computed and gathered";
    }

    Step.Launch lower(Node node, Contraction op, Hashed weights) {
        int outputAxis = CodedForm.outputAxis(op);
        int channels = weights.shape().size(outputAxis);
        int depth = weights.shape().size(1 - outputAxis);
        long taps = weights.shape().elements(2, weights.shape().rank());
        PixelOperands places = PixelOperands.of(draft, device, node, op, depth);
        int pixels = places.out().columns() < PIXELS ? 1 : PIXELS;
        int lanes = PixelOperands.lanes(device);
        long tiles = Math.ceilDiv(places.out().columns(), (long) pixels)
                * places.out().rows()
                * places.out().images();
        int vectors = device.deviceClass() == DeviceClass.CPU && tiles * channels >= ENOUGH_ITEMS * VECTORS * lanes
                ? VECTORS
                : 1;
        int width = vectors * lanes;
        int buckets = draft.pack(
                device.id(), new SharedPacking.Numbers(node.input(1), weights.count(), (float) CodedForm.alpha(op)));
        int bias = draft.pack(
                device.id(),
                new Packing.PanelVector(
                        node.hasInput(2) ? node.input(2) : "",
                        NumberFormat.F32,
                        1,
                        channels,
                        width,
                        op instanceof Contraction.Gemm gemm ? gemm.beta() : 1));
        LaunchBuilder launch = new LaunchBuilder("contract.hashed")
                .define("NV", vectors)
                .define("PIXELS", pixels)
                .define("VW", lanes)
                .packed("w", buckets)
                .packed("bias", bias)
                .set("channels", channels)
                .set("depth", depth)
                .set("buckets", weights.count())
                .set("out_columns", places.out().columns());
        addTo(launch, "place", Hashed.PLACE, outputAxis, taps);
        addTo(launch, "sign", Hashed.SIGN, outputAxis, taps);
        places.addTo(launch, op);
        PixelOperands.range(
                launch,
                device,
                Math.ceilDiv(channels, (long) width),
                Math.ceilDiv(places.out().columns(), (long) pixels),
                places.out().rows() * places.out().images());
        long bytes = Float.BYTES * (places.in().count() * depth + places.out().count() * channels + weights.count());
        Step.Launch step = launch.work(
                        "f32", 2 * places.out().count() * weights.shape().elements(), bytes)
                .on(device.id(), node.name());
        draft.add(step);
        draft.finish(node.output(), places.y().stored());
        return step;
    }

    /** A hash of rows and columns as one of outputs, channels and taps. */
    private static void addTo(LaunchBuilder launch, String prefix, Hash hash, int outputAxis, long taps) {
        launch.set(prefix + "_start", hash.start())
                .set(prefix + "_output", outputAxis == 0 ? hash.row() : hash.column())
                .set(prefix + "_channel", outputAxis == 0 ? taps * hash.column() % Hash.PRIME : hash.row())
                .set(prefix + "_tap", hash.column());
    }
}
