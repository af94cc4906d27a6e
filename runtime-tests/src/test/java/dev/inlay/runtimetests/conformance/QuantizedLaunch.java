// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.inlay.backend.opencl.OpenClDevice;
import dev.inlay.backend.opencl.binding.Extent;
import dev.inlay.backend.opencl.binding.NdRange;
import dev.inlay.encoding.OperandPair;
import dev.inlay.encoding.Packing;
import dev.inlay.encoding.WeightsShape;
import dev.inlay.graph.Window;
import dev.inlay.tensor.NumberFormat;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * One case laid out for one variant. Whatever a kernel must not read holds noise; the output's whole buffer holds noise
 * first and is compared as a whole afterwards.
 */
final class QuantizedLaunch {
    private final QuantizedCase given;
    private final QuantizedVariant variant;
    private final Window window;
    private final Shape in;
    private final Shape out;
    private final int groups;
    private final int channels;
    private final int outputs;
    /** Activations: the channels of each group padded to words, one row and column of halo more than is read. */
    private final ImageMemory x;

    private final MemorySegment xBytes;
    /** The output: pixels that start at any byte, in a halo that must stay as it is. */
    private final ImageMemory y;

    private final ImageMemory r;

    QuantizedLaunch(QuantizedCase given, QuantizedVariant variant) {
        this.given = given;
        this.variant = variant;
        this.window = given.conv().window();
        this.in = given.x().shape();
        this.out = given.sums().shape();
        this.groups = given.conv().groups();
        this.channels = in.size(1) / groups;
        this.outputs = out.size(1) / groups;
        long top = window.top() + 1L;
        long left = window.left() + 1L;
        this.x = new ImageMemory(
                64,
                in.extent(0),
                in.extent(2) + top + window.bottom(),
                in.extent(3) + left + window.right(),
                top,
                left,
                pixelOfX());
        this.xBytes = activations();
        this.y = new ImageMemory(24, out.extent(0), out.extent(2) + 2, out.extent(3) + 3, 1, 2, out.extent(1) + 3);
        this.r = new ImageMemory(8, out.extent(0), out.extent(2), out.extent(3), 0, 0, out.extent(1) + 1);
    }

    private int groupOfX() {
        return variant.isDense() ? Math.ceilDiv(channels, 4) * 4 : channels;
    }

    private long pixelOfX() {
        return Math.ceilDiv((long) groups * groupOfX(), 4) * 4;
    }

    private MemorySegment activations() {
        MemorySegment bytes = x.poisoned(1, 1);
        for (int n = 0; n < in.size(0); n++) {
            for (int row = -window.top(); row < in.size(2) + window.bottom(); row++) {
                for (int column = -window.left(); column < in.size(3) + window.right(); column++) {
                    boolean inside = row >= 0 && row < in.size(2) && column >= 0 && column < in.size(3);
                    for (int c = 0; c < in.size(1); c++) {
                        long to = x.start() + x.at(n, row, column) + (long) (c / channels) * groupOfX() + c % channels;
                        long code = inside ? given.x().getLong(index(in, n, c, row, column)) : given.zero();
                        bytes.set(ValueLayout.JAVA_BYTE, to, (byte) code);
                    }
                }
            }
        }
        return bytes;
    }

    private static long index(Shape shape, long n, long c, long row, long column) {
        return ((n * shape.extent(1) + c) * shape.extent(2) + row) * shape.extent(3) + column;
    }

    /** An image's values in a buffer that is noise elsewhere. */
    private MemorySegment image(ImageMemory memory, Tensor values, long seed) {
        boolean real = variant.real();
        MemorySegment bytes = memory.poisoned(real ? 4 : 1, seed);
        for (int n = 0; n < out.size(0); n++) {
            for (int c = 0; c < out.size(1); c++) {
                for (int row = 0; row < out.size(2); row++) {
                    for (int column = 0; column < out.size(3); column++) {
                        long to = memory.start() + memory.at(n, row, column) + c;
                        long from = index(out, n, c, row, column);
                        if (real) {
                            bytes.setAtIndex(ValueLayout.JAVA_FLOAT, to, values.getFloat(from));
                        } else {
                            bytes.set(ValueLayout.JAVA_BYTE, to, (byte) values.getLong(from));
                        }
                    }
                }
            }
        }
        return bytes;
    }

    private static MemorySegment packed(Packing packing, Tensor source) {
        MemorySegment target = Arena.ofAuto().allocate(packing.bytes(), 64);
        packing.pack(Optional.of(source), target);
        return target;
    }

    private KernelRun common(KernelRun run) {
        int panel = variant.isDense() ? variant.panel() : outputs * groups;
        int count = variant.isDense() ? groups : 1;
        int of = variant.isDense() ? outputs : outputs * groups;
        run.buffer(
                "bias",
                packed(new Packing.PanelVector("b", NumberFormat.S32, count, of, panel, 1), given.correctedBias()),
                0);
        run.buffer(
                "scale",
                packed(new Packing.PanelVector("m", NumberFormat.F32, count, of, panel, 1), given.multipliers()),
                0);
        Tensor residual =
                variant.real() ? given.realResidual() : given.residual().codes();
        return run.set("out_rows", out.extent(2))
                .set("x_image", x.image())
                .set("x_line", window.rowStride() * x.line())
                .set("x_pixel", window.columnStride() * x.pixel())
                .set("tap_row", window.rowDilation() * x.line())
                .set("y_image", y.image())
                .set("y_line", y.line())
                .set("y_pixel", y.pixel())
                .buffer("r", image(r, residual, 2), r.start())
                .set("r_image", r.image())
                .set("r_line", r.line())
                .set("r_pixel", r.pixel())
                .set("act_a", 0f)
                .set("act_b", 0f)
                .set("y_zero", given.yZero())
                .set("y_low", 0)
                .set("y_high", 255)
                .set("r_zero", given.residual().zeroPoint())
                .set("r_scale", given.residual().multiplier());
    }

    /** Whether the taps of a row lie side by side, so that they may be contracted as one run. */
    boolean hasRuns() {
        return variant.isDense() && groups == 1 && window.columns() > 1 && window.columnDilation() == 1;
    }

    long images() {
        return out.extent(0);
    }

    /**
     * Launches the variant once and compares.
     *
     * @param runs whether the taps of a row are one run
     * @param block {@code image_block}
     */
    void check(OpenClDevice device, boolean runs, int block) {
        MemorySegment actual = variant.isDense() ? dense(device, runs, block) : depthwise(device);
        Tensor values = variant.real()
                ? given.expectedReals(variant.added(), variant.relu())
                : given.expectedCodes(variant.added(), variant.relu());
        MemorySegment expected = image(y, values, 3);
        long at = actual.mismatch(expected);
        if (at >= 0) {
            int size = variant.real() ? 4 : 1;
            long element = at / size - y.start();
            String where = "element " + element + " of the region: image " + Math.floorDiv(element, y.image())
                    + ", row " + (Math.floorMod(element, y.image()) / y.line() - 1)
                    + ", column " + (Math.floorMod(element, y.line()) / y.pixel() - 2)
                    + ", channel " + Math.floorMod(element, y.pixel());
            assertEquals(number(expected, at / size), number(actual, at / size), given + ": " + where);
        }
    }

    private Number number(MemorySegment bytes, long element) {
        return variant.real()
                ? (Number) bytes.getAtIndex(ValueLayout.JAVA_FLOAT, element)
                : (Number) Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, element));
    }

    private MemorySegment dense(OpenClDevice device, boolean runs, int block) {
        OperandPair pair = new OperandPair(NumberFormat.U8, NumberFormat.S8);
        WeightsShape weights = WeightsShape.ofConv(groups, outputs, channels, window.taps());
        Packing panels = new Packing.Panels("w", 0, pair, weights, 1, variant.panel(), 1);
        KernelRun run = common(new KernelRun(variant.id()))
                .buffer("blocks", Arena.ofAuto().allocate(64), 0)
                .buffer("list", Arena.ofAuto().allocate(64), 0)
                .buffer("table", Arena.ofAuto().allocate(64), 0)
                .buffer("x", xBytes, x.start())
                .buffer("w", packed(panels, given.weights()), 0)
                .buffer("y", y.poisoned(variant.real() ? 4 : 1, 3), y.start())
                .set("images", images())
                .set("image_block", block)
                .set("groups", groups)
                .set("channels", outputs)
                .set("out_columns", out.extent(3))
                .set("x_base", x.at(0, -window.top(), -window.left()))
                .set("x_group", groupOfX())
                .set("tap_rows", window.rows())
                .set("tap_cols", runs ? 1 : window.columns())
                .set("tap_col", runs ? 0 : window.columnDilation() * x.pixel())
                .set("run", (runs ? window.columns() : 1L) * groupOfX())
                .set("y_base", y.at(0, 0, 0))
                .set("y_group", outputs)
                .set("r_base", r.at(0, 0, 0))
                .set("r_group", outputs);
        long tile = (long) variant.tunable("MR") * variant.tunable(variant.isGpu() ? "LM" : "TILES");
        long items = variant.isGpu() ? (long) variant.tunable("NV") * variant.tunable("LM") : 1;
        Extent global = Extent.of(
                Math.ceilDiv(out.extent(3), tile) * items,
                out.extent(2) * block,
                Math.ceilDiv((long) outputs, variant.panel()) * groups * Math.ceilDiv(images(), block));
        return run.on(device, NdRange.of(global, Extent.of(items, 1, 1)), "y");
    }

    private MemorySegment depthwise(OpenClDevice device) {
        int all = outputs * groups;
        Packing taps = new Packing.DepthwiseTaps("w", NumberFormat.S8, all, window.taps());
        KernelRun run = common(new KernelRun(variant.id()))
                .buffer("x", xBytes, x.start() + x.at(0, -window.top(), -window.left()))
                .buffer("w", packed(taps, given.weights()), 0)
                .buffer("y", y.poisoned(variant.real() ? 4 : 1, 3), y.start() + y.at(0, 0, 0))
                .set("channels", all)
                .set("tap_rows", window.rows())
                .set("tap_cols", window.columns())
                .set("tap_col", window.columnDilation() * x.pixel());
        Extent global = Extent.of(Math.ceilDiv(all, 16) * 16L, out.extent(3), out.extent(2) * images());
        return run.on(device, NdRange.of(global, Extent.of(16, 1, 1)), "y");
    }
}
