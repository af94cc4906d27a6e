// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.encoding.BlockCirculant;
import dev.inlay.encoding.Hashed;
import dev.inlay.encoding.Occupancy;
import dev.inlay.encoding.OperandPair;
import dev.inlay.encoding.Packing;
import dev.inlay.encoding.Product;
import dev.inlay.encoding.SparsePacking;
import dev.inlay.encoding.WeightsShape;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Function;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Node;
import dev.inlay.graph.Window;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Contractions as launches of the dense skeleton, of the depthwise kernel where every channel is its own group, or of
 * the kernels of weights that share numbers: circulant blocks, buckets, centroids.
 */
final class ContractionLowering {
    /** The activations that the dense skeleton's epilogue has, by its own names. */
    private static final Map<Function.Kind, String> EPILOGUE = Map.of(
            Function.Kind.IDENTITY, "NONE",
            Function.Kind.RELU, "RELU",
            Function.Kind.CLIP, "CLIP",
            Function.Kind.LEAKY_RELU, "LEAKY_RELU",
            Function.Kind.SIGMOID, "SIGMOID",
            Function.Kind.TANH, "TANH",
            Function.Kind.HARD_SWISH, "HARDSWISH");

    private final Draft draft;
    private final DeviceDescription device;
    private final PipelineForm pipeline;

    ContractionLowering(Draft draft, DeviceDescription device) {
        this.draft = draft;
        this.device = device;
        this.pipeline = new PipelineForm(draft, device);
    }

    /** Why no kernel takes this node; empty if one does. */
    static Optional<String> whyNot(Graph graph, Node node, Contraction op) {
        Optional<Tensor> weights = graph.constant(node.input(1));
        if (weights.isEmpty()) {
            return Optional.of("its weights are computed, and the dense kernels read packed constants");
        }
        if (node.hasInput(2) && graph.constant(node.input(2)).isEmpty()) {
            return Optional.of("its bias is computed, and the epilogue reads a constant");
        }
        return switch (op) {
            case Contraction.Conv conv -> Optional.empty();
            case Contraction.Gemm gemm ->
                gemm.transposeA()
                        ? Optional.of("its activations are transposed")
                        : biasOfColumns(graph, node, graph.value(node.output()).shape());
            case Contraction.MatMul matMul ->
                weights.get().shape().rank() != 2
                                || graph.value(node.input(0)).shape().rank() < 2
                        ? Optional.of(
                                "its weights have shape " + weights.get().shape() + ", and the kernel takes rank 2")
                        : whyNoRows(graph, node)
                                .or(() -> biasOfColumns(
                                        graph, node, graph.value(node.output()).shape()));
        };
    }

    /** Values of four axes lie as images where they are held as codes, or padded. */
    private static Optional<String> whyNoRows(Graph graph, Node node) {
        Pairing pairing = Pairing.of(graph, node, (Contraction) node.op());
        boolean rows = graph.value(node.output()).shape().rank() != 4
                || (pairing.x().isReal()
                        && pairing.lanes() == 1
                        && node.quantizer().isEmpty());
        return rows ? Optional.empty() : Optional.of("its activations have rank 4 and are held as codes or padded");
    }

    private static Optional<String> biasOfColumns(Graph graph, Node node, Shape y) {
        if (!node.hasInput(2)) {
            return Optional.empty();
        }
        Shape bias = graph.value(node.input(2)).shape();
        boolean columns = bias.elements() == 1 || (bias.elements() == y.extent(-1) && bias.extent(-1) == y.extent(-1));
        return columns
                ? Optional.empty()
                : Optional.of("its bias has shape " + bias + ", and the epilogue takes one number a column");
    }

    Step.Launch lower(Node node, Contraction op) {
        Optional<BlockCirculant> blocks = CirculantLowering.weights(draft.graph(), node)
                .filter(weights -> CirculantLowering.whyDecoded(weights, op).isEmpty());
        if (blocks.isPresent() && device.deviceClass() != DeviceClass.FPGA) {
            return new CirculantLowering(draft, device).lower(node, op, blocks.get());
        }
        Optional<Hashed> hashed = HashedLowering.weights(draft.graph(), node)
                .filter(weights -> HashedLowering.whyDecoded(op).isEmpty());
        if (hashed.isPresent()) {
            return new HashedLowering(draft, device).lower(node, op, hashed.get());
        }
        Optional<Product> product = ProductLowering.weights(draft.graph(), node)
                .filter(weights -> ProductLowering.whyDecoded(draft.graph(), node, op, weights)
                        .isEmpty());
        if (product.isPresent()) {
            return new ProductLowering(draft, device).lower(node, op, product.get());
        }
        return switch (op) {
            case Contraction.Conv conv ->
                draft.pairing(node).depthwise()
                        ? new DepthwiseLowering(draft, device).lower(node, conv)
                        : conv(node, conv);
            case Contraction.Gemm gemm -> {
                Shape b = draft.graph().value(node.input(1)).shape();
                yield rows(node, gemm, b, gemm.transposeB());
            }
            case Contraction.MatMul matMul ->
                rows(node, matMul, draft.graph().value(node.input(1)).shape(), false);
        };
    }

    /** Where the elements of an image or a matrix lie, as the dense skeleton counts them. */
    private record Image(Stored stored, long base, long image, long group, long line, long pixel) {
        static Image of(Stored stored, long channelsOfGroup) {
            long[] strides = stored.strides();
            return new Image(stored, stored.base(), strides[0], channelsOfGroup, strides[2], strides[3]);
        }

        static Image matrix(Stored stored, long columns) {
            return new Image(stored, 0, 0, 0, 0, columns);
        }

        /** The same pixels when all rows of {@code width} pixels are taken as one. */
        Image ofRows(long width) {
            return new Image(stored, base, image, group, 0, width == 1 ? line : pixel);
        }

        /** The same pixels when all images of {@code plane} pixels are taken as one. */
        Image ofImages(long plane) {
            return new Image(stored, base, 0, group, 0, plane == 1 ? image : pixel);
        }

        void addTo(LaunchBuilder launch, String prefix) {
            launch.set(prefix + "_base", base)
                    .set(prefix + "_image", image)
                    .set(prefix + "_group", group)
                    .set(prefix + "_line", line)
                    .set(prefix + "_pixel", pixel);
        }
    }

    private Step.Launch conv(Node node, Contraction.Conv conv) {
        Window window = conv.window();
        Shape w = draft.graph().value(node.input(1)).shape();
        int groups = conv.groups();
        int outputs = w.size(0) / groups;
        int channels = w.size(1);
        WeightsShape shape = WeightsShape.ofConv(groups, outputs, channels, window.taps());
        Shape out = draft.graph().value(node.output()).shape();
        Operands operands = Operands.of(draft, device.id(), node);
        SparseForm form = form(node, operands, shape, out.extent(3), SparseLowering.fillsVectors(device, out));
        if (form.kind() == SparseForm.Kind.ROWS || form.kind() == SparseForm.Kind.ROWS_OF_ONE) {
            return new SparseLowering(draft, device, node, conv, form.kept().orElseThrow()).conv(conv);
        }
        if (form.pattern().isPresent()) {
            return new NofMLowering(
                            draft, device, node, conv, shape, form.pattern().get())
                    .conv(conv);
        }
        Stored x = draft.operand(node, device.id());
        Optional<Stored> r = residual(node, conv, operands);
        Stored y = operands.define(draft, device.id(), node);
        long[] xs = x.strides();
        Image from = new Image(
                x,
                x.base() - window.top() * xs[2] - window.left() * xs[3],
                xs[0],
                groupOf(x, groups),
                window.rowStride() * xs[2],
                window.columnStride() * xs[3]);
        Image to = Image.of(y, outputs);
        Image beside = r.map(stored -> Image.of(stored, outputs)).orElse(to);
        Image sums = operands.sums(draft, device.id(), node)
                .map(stored -> Image.of(stored, outputs))
                .orElse(to);

        long images = y.shape().extent(0);
        long rows = y.shape().extent(2);
        long columns = y.shape().extent(3);
        List<Image> places = List.of(from, beside, sums, to);
        long width = columns;
        if (rows == 1 || width == 1 || places.stream().allMatch(place -> place.line == width * place.pixel)) {
            places = places.stream().map(place -> place.ofRows(width)).toList();
            columns *= rows;
            rows = 1;
        }
        long plane = columns;
        if (rows == 1
                && (images == 1
                        || plane == 1
                        || places.stream().allMatch(place -> place.image == plane * place.pixel))) {
            places = places.stream().map(place -> place.ofImages(plane)).toList();
            columns *= images;
            images = 1;
        }
        int run = Math.toIntExact(x.format().elements(operands.padded(channels)));
        return dense(
                node,
                conv,
                operands,
                shape,
                form,
                new Grid(images, rows, columns),
                Taps.of(
                        window,
                        xs,
                        run,
                        groups == 1
                                && form.kept().isEmpty()
                                && operands.mergesTaps(channels)
                                && pipeline.circulant(node, conv).isEmpty()),
                places.get(0),
                places.get(1),
                places.get(2),
                places.get(3));
    }

    /** Which weights are multiplied, noted for whoever asks why. */
    private SparseForm form(Node node, Operands operands, WeightsShape shape, long columns, boolean vectors) {
        Pairing pairing = operands.pairing();
        Tile tile = Tile.of(device, pairing.pair(), columns, (long) shape.outputs() * shape.groups(), 1)
                .forStoring(operands.y().format());
        SparseForm form = SparseForm.of(
                draft.graph(), node, pairing, shape, tile, columns > 1, vectors, device, draft.sparse(node));
        if (!form.why().isEmpty()) {
            draft.note(node, form.why());
        }
        return form;
    }

    /** Elements from the channels of a group to the next's. */
    private static long groupOf(Stored x, int groups) {
        return groups == x.layout().groups()
                ? x.layout().group(x.shape(), x.format())
                : x.format().elements(x.shape().extent(1) / groups);
    }

    private Step.Launch rows(Node node, Contraction op, Shape b, boolean transposed) {
        int depth = b.size(transposed ? 1 : 0);
        int outputs = b.size(transposed ? 0 : 1);
        WeightsShape shape = transposed ? WeightsShape.ofRows(outputs, depth) : WeightsShape.ofColumns(outputs, depth);
        Shape out = draft.graph().value(node.output()).shape();
        Operands operands = Operands.of(draft, device.id(), node);
        SparseForm form = form(node, operands, shape, out.elements() / outputs, false);
        if (form.kind() == SparseForm.Kind.COLUMNS) {
            return new ColumnLowering(draft, device, node, op, form.kept().orElseThrow()).row();
        }
        if (form.kind() == SparseForm.Kind.ROWS_OF_ONE) {
            return new SparseLowering(draft, device, node, op, form.kept().orElseThrow()).rows();
        }
        if (form.pattern().isPresent()) {
            return new NofMLowering(
                            draft, device, node, op, shape, form.pattern().get())
                    .rows();
        }
        Stored x = operands.pairing().x().isReal() && operands.pairing().lanes() == 1
                ? draft.plain(node.input(0), device.id())
                : draft.operand(node, device.id());
        Optional<Stored> r = residualRows(node, op, operands);
        Stored y = out.rank() == 4
                ? draft.definePlain(node.output(), device.id())
                : operands.define(draft, device.id(), node);
        long count = y.shape().elements() / outputs;
        Image to = Image.matrix(y, rowOf(y));
        return dense(
                node,
                op,
                operands,
                shape,
                form,
                new Grid(1, 1, count),
                new Taps(1, 1, 0, 0, x.format().elements(operands.padded(depth))),
                Image.matrix(x, x.isPlain() && x.held().isReal() ? depth : rowOf(x)),
                r.map(stored -> Image.matrix(stored, rowOf(stored))).orElse(to),
                operands.sums(draft, device.id(), node)
                        .map(stored -> Image.matrix(stored, rowOf(stored)))
                        .orElse(to),
                to);
    }

    /** Elements from a row of a matrix to the next. */
    private static long rowOf(Stored matrix) {
        int rank = matrix.shape().rank();
        return rank < 2 ? matrix.layout().elements(matrix.shape(), matrix.format()) : matrix.strides()[rank - 2];
    }

    private Optional<Stored> residual(Node node, Contraction op, Operands operands) {
        return op.epilogue().residual()
                ? Optional.of(draft.home(node.input(3), device.id(), operands.r()))
                : Optional.empty();
    }

    private Optional<Stored> residualRows(Node node, Contraction op, Operands operands) {
        if (!op.epilogue().residual()) {
            return Optional.empty();
        }
        return Optional.of(
                operands.r().isReal()
                        ? draft.plain(node.input(3), device.id())
                        : draft.home(node.input(3), device.id(), operands.r()));
    }

    /** The taps of a window; neighbouring ones that lie side by side in memory are one run. */
    private record Taps(long rows, long columns, long rowStep, long columnStep, long run) {
        static Taps of(Window window, long[] strides, long channels, boolean whole) {
            long rowStep = window.rowDilation() * strides[2];
            long columnStep = window.columnDilation() * strides[3];
            Taps taps = new Taps(window.rows(), window.columns(), rowStep, columnStep, channels);
            if (whole && (columnStep == channels || window.columns() == 1)) {
                taps = new Taps(window.rows(), 1, rowStep, 0, window.columns() * channels);
                if (rowStep == taps.run || window.rows() == 1) {
                    taps = new Taps(1, 1, 0, 0, window.rows() * taps.run);
                }
            }
            return taps;
        }
    }

    private record Grid(long images, long rows, long columns) {}

    private Step.Launch dense(
            Node node,
            Contraction op,
            Operands operands,
            WeightsShape shape,
            SparseForm form,
            Grid grid,
            Taps taps,
            Image x,
            Image r,
            Image sums,
            Image y) {
        Function activation = op.epilogue().activation();
        boolean fused = EPILOGUE.containsKey(activation.kind());
        Tile tile = Tile.of(
                        device,
                        operands.pairing().pair(),
                        grid.columns,
                        (long) shape.outputs() * shape.groups(),
                        grid.rows * grid.images)
                .forStoring(operands.y().format());
        if (form.kept().isPresent()) {
            tile = tile.ofPanel(form.kept().get().width());
        }
        Step.Launch first = null;
        for (int pass = 0; pass < operands.passes(); pass++) {
            boolean last = pass == operands.passes() - 1;
            boolean added = pass > 0 || op.epilogue().residual();
            Image beside = pass > 0 ? sums : r;
            Image target = last ? y : sums;
            Optional<BlockCirculant> circulant =
                    form.kept().isEmpty() ? pipeline.circulant(node, op) : Optional.empty();
            Packing dense = operands.panels(node, op, pass, shape, tile, form.kept());
            int weights = draft.pack(
                    device.id(),
                    circulant
                            .<Packing>map(blocks -> PipelineForm.vectors(node, op, blocks))
                            .orElse(dense));
            LaunchBuilder launch = new LaunchBuilder(tile.kernel())
                    .define(
                            "ACTIVATION",
                            fused && last
                                    ? pipeline.activation(node, activation.kind(), EPILOGUE.get(activation.kind()))
                                    : "NONE")
                    .define("RESIDUAL", added ? 1 : 0)
                    .stored("x", x.stored)
                    .packed("w", weights)
                    .stored("r", beside.stored)
                    .stored("y", target.stored)
                    .set("images", grid.images)
                    .set("image_block", 1)
                    .set("groups", shape.groups())
                    .set("channels", shape.outputs())
                    .set("out_rows", grid.rows)
                    .set("out_columns", grid.columns)
                    .set("tap_rows", form.kept().isPresent() ? 1 : taps.rows)
                    .set("tap_cols", form.kept().isPresent() ? 1 : taps.columns)
                    .set("tap_row", taps.rowStep)
                    .set("tap_col", taps.columnStep)
                    .set("run", taps.run);
            Operands each = operands.of(pass);
            each.addTo(launch, op);
            if (added && !each.r().isReal()) {
                launch.define("R_FORMAT", each.r().format());
            }
            circulant.ifPresent(blocks -> launch.define("CIRCULANT", blocks.block()));
            operands.addVectors(launch, draft, device.id(), node, op, pass, shape, tile.panel());
            launch.packed(
                    "blocks",
                    operands.blocks(draft, device.id(), node, shape, tile.panel())
                            .orElse(weights));
            launch.packed("list", weights)
                    .packed(
                            "table",
                            operands.table(draft, device.id(), node, pass).orElse(weights));
            form.kept()
                    .ifPresent(kept -> launch.define("LISTED", 1)
                            .packed(
                                    "list",
                                    draft.pack(
                                            device.id(),
                                            new SparsePacking.Places(
                                                    kept,
                                                    Math.toIntExact(taps.columns),
                                                    taps.rowStep,
                                                    taps.columnStep,
                                                    x.stored.format().elements(kept.run())))));
            if (operands.pairing().terms() > 0
                    && device.deviceClass() == DeviceClass.CPU
                    && tile.lanes() == 8
                    && device.features().contains("AVX2")) {
                launch.define("INLAY_HAS_AVX2", 1);
            }
            x.addTo(launch, "x");
            target.addTo(launch, "y");
            beside.addTo(launch, "r");
            long panels = Math.ceilDiv(shape.outputs(), (long) tile.panel()) * shape.groups();
            tile.shape(launch, grid.columns, grid.rows, panels * grid.images);
            if (tile.deviceClass() == DeviceClass.FPGA) {
                launch.pipeline(traffic(tile, operands, launch, grid, taps, panels, added, form.kept()));
                if (device.features().contains("CHANNELS")) {
                    launch.define("INLAY_HAS_CHANNELS", 1);
                }
            }
            long bytes = x.stored.format().bytes(x.stored.shape().elements())
                    + target.stored.format().bytes(target.stored.shape().elements())
                    + draft.packed().get(weights).packing().bytes();
            Step.Launch step = launch.work(operands.carrier(), operations(node, form), bytes)
                    .on(device.id(), node.name());
            draft.add(step);
            first = first == null ? step : first;
        }
        if (!fused) {
            draft.add(LanewiseLowering.inPlace(device, node, activation, y.stored));
        }
        operands.finish(draft, node, y.stored);
        return first;
    }

    /** What passes the channels of a pipeline; of listed runs there are at most as many as all. */
    private static Traffic traffic(
            Tile tile,
            Operands operands,
            LaunchBuilder launch,
            Grid grid,
            Taps taps,
            long panels,
            boolean added,
            Optional<Occupancy> kept) {
        OperandPair pair = operands.pairing().pair();
        long tiles = tile.global(grid.columns, grid.rows, panels * grid.images).stream()
                .reduce(1L, Math::multiplyExact);
        long runs = Math.ceilDiv(taps.run, pair.x().elements(pair.run()));
        long windows = taps.rows * taps.columns;
        return Traffic.ofContraction(
                tile,
                pair,
                tiles,
                kept.isPresent() ? runs * windows : runs,
                kept.isPresent() ? 1 : windows,
                launch.isSet("FOLD") || operands.carrier().equals("bf"),
                launch.isSet("SPILL") ? Long.BYTES : Integer.BYTES,
                added);
    }

    /** Additions and multiplications of the weights that are multiplied. */
    private long operations(Node node, SparseForm form) {
        double share = form.kept().map(Occupancy::density).orElse(1.0);
        return (long) (share * work(draft.graph(), node));
    }

    /** Additions and multiplications: each output sums as many products as an output channel has weights. */
    static long work(Graph graph, Node node) {
        Shape w = graph.value(node.input(1)).shape();
        Shape y = graph.value(node.output()).shape();
        int outputs = node.op() instanceof Contraction.Conv ? w.size(0) : y.size(-1);
        return 2 * y.elements() * (w.elements() / outputs);
    }
}
