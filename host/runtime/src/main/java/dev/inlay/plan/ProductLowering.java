// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.encoding.Packing;
import dev.inlay.encoding.Product;
import dev.inlay.encoding.SharedPacking;
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
 * Contractions by product quantisation: the inner products of the input's blocks with their centroids in one launch, the
 * sums of those that the codes name in another.
 */
final class ProductLowering {
    /** Work-items that keep all cores of a processor busy to the end. */
    private static final long ENOUGH_ITEMS = 16;

    private static final int MOST_VECTORS = 8;

    /** Entries of a table are a multiple of the widest vector. */
    private static final int WIDEST = 16;

    private final Draft draft;
    private final DeviceDescription device;

    ProductLowering(Draft draft, DeviceDescription device) {
        this.draft = draft;
        this.device = device;
    }

    /** The weights of a node that are held by product quantisation. */
    static Optional<Product> weights(Graph graph, Node node) {
        return graph.encoded(node.input(1)).filter(Product.class::isInstance).map(Product.class::cast);
    }

    /** Why weights held so are made floats first; empty where they are not. */
    static Optional<String> whyDecoded(Graph graph, Node node, Contraction op, Product weights) {
        if (op instanceof Contraction.Conv conv && conv.groups() > 1) {
            return Optional.of("its " + conv.groups() + " groups cut through blocks of centroids");
        }
        if (weights.outputAxis() != CodedForm.outputAxis(op)) {
            return Optional.of("its centroids have their output channels along axis " + weights.outputAxis());
        }
        long pixels =
                graph.value(node.input(0)).shape().elements() / weights.shape().extent(weights.inputAxis());
        long sums = graph.value(node.output()).shape().elements() * weights.taps();
        return pixels * weights.count() < sums
                ? Optional.empty()
                : Optional.of("its " + pixels * weights.count()
                        + " inner products with centroids of a block are no fewer than the " + sums
                        + " that they stand for");
    }

    /** What is given for what. */
    static String why(Product weights) {
        long saved = weights.shape().elements() * Float.BYTES - Math.ceilDiv(weights.bits(), Byte.SIZE);
        return "its weights are " + weights.count() + " centroids of each of " + weights.blocks() + " blocks of "
                + weights.length() + ", " + saved + " bytes less than f32; " + weights.length()
                + " products are one sum, expected faster than dense f32 where reading weights bounds it";
    }

    Step.Launch lower(Node node, Contraction op, Product weights) {
        int depth = weights.shape().size(weights.inputAxis());
        int entries = Packing.wholePanels(weights.count(), WIDEST);
        PixelOperands places = PixelOperands.of(draft, device, node, op, depth);
        Place table = table(node, op, weights, places, entries);
        Step.Launch step = sums(node, op, weights, places.reading(table), entries);
        draft.add(step);
        draft.finish(node.output(), places.y().stored());
        return step;
    }

    private Place table(Node node, Contraction op, Product weights, PixelOperands places, int entries) {
        Pixels in = places.in();
        Place y = Place.of(draft.scratch(
                node.input(0),
                device.id(),
                Shape.of(in.images(), (long) weights.blocks() * entries, in.rows(), in.columns())));
        int depth = weights.shape().size(weights.inputAxis());
        LaunchBuilder launch = new LaunchBuilder("contract.centroids")
                .define("ENTRIES", entries)
                .define("LENGTH", weights.length())
                .define("VW", PixelOperands.lanes(device))
                .packed(
                        "w",
                        draft.pack(
                                device.id(),
                                new SharedPacking.Centroids(
                                        node.input(1), weights.centroids().shape(), entries, (float)
                                                CodedForm.alpha(op))))
                .set("blocks", weights.blocks())
                .set("depth", depth)
                .set("rows", in.rows());
        places.x().addTo(launch, "x");
        y.addTo(launch, "y");
        PixelOperands.range(launch, device, weights.blocks(), in.columns(), in.rows() * in.images());
        long numbers = (long) weights.blocks() * entries;
        draft.add(launch.work(
                        "f32",
                        2 * in.count() * weights.length() * numbers,
                        Float.BYTES * (in.count() * (depth + numbers) + numbers * weights.length()))
                .on(device.id(), node.input(0)));
        return y;
    }

    private Step.Launch sums(Node node, Contraction op, Product weights, PixelOperands places, int entries) {
        int lanes = PixelOperands.lanes(device);
        int vectors = device.deviceClass() == DeviceClass.CPU ? MOST_VECTORS : 1;
        while (vectors > 1
                && Math.ceilDiv(weights.outputs(), vectors * lanes)
                                * places.out().count()
                        < ENOUGH_ITEMS) {
            vectors /= 2;
        }
        int width = vectors * lanes;
        int codes = draft.pack(
                device.id(),
                new SharedPacking.Places(node.input(1), weights.places().shape(), width));
        int bias = draft.pack(
                device.id(),
                new Packing.PanelVector(
                        node.hasInput(2) ? node.input(2) : "",
                        NumberFormat.F32,
                        1,
                        weights.outputs(),
                        width,
                        op instanceof Contraction.Gemm gemm ? gemm.beta() : 1));
        LaunchBuilder launch = new LaunchBuilder("contract.product")
                .define("ENTRIES", entries)
                .define("NV", vectors)
                .define("VW", lanes)
                .packed("w", codes)
                .packed("bias", bias)
                .set("channels", weights.outputs())
                .set("blocks", weights.blocks());
        places.addTo(launch, op);
        PixelOperands.range(
                launch,
                device,
                Math.ceilDiv(weights.outputs(), (long) width),
                places.out().columns(),
                places.out().rows() * places.out().images());
        long sums = places.out().count() * weights.places().elements();
        return launch.work("f32", sums, 5 * sums + Float.BYTES * places.out().count() * weights.outputs())
                .on(device.id(), node.name());
    }
}
