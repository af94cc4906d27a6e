// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.inlay.backend.opencl.OpenClDevice;
import dev.inlay.backend.opencl.Pipeline;
import dev.inlay.backend.opencl.binding.Extent;
import dev.inlay.backend.opencl.binding.NdRange;
import dev.inlay.encoding.OperandPair;
import dev.inlay.encoding.Packing;
import dev.inlay.encoding.WeightsShape;
import dev.inlay.graph.Window;
import dev.inlay.plan.DeviceClass;
import dev.inlay.plan.Tile;
import dev.inlay.plan.Traffic;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.NumberFormat;
import dev.inlay.tensor.NumberFormat.Kind;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * One case laid out for its variant. Whatever a kernel must not read or depend on holds noise; the output's whole buffer
 * holds noise first and is compared as a whole afterwards.
 */
final class FormatLaunch {
    private final FormatCase given;
    private final FormatVariant variant;
    private final OperandPair pair;
    private final Window window;
    private final int groups;
    private final int channels;
    private final int outputs;
    private final Shape out;
    private final CodedImage x;
    private final CodedImage y;

    FormatLaunch(FormatCase given) {
        this.given = given;
        this.variant = given.variant();
        this.pair = variant.pair();
        this.window = given.shape().window();
        this.groups = given.shape().groups();
        this.channels = given.shape().channels();
        this.out = given.shape().y();
        this.outputs = out.size(1) / groups;
        Shape in = given.shape().x();
        // Addressable outputs start at any element; runs at their own.
        int odd = variant.y().isAddressable() ? 3 : 0;
        this.x = new CodedImage(pair.x(), pair.run(), in, groups, halo(), 0);
        this.y = new CodedImage(variant.y(), 1, out, groups, new int[] {1, 2, 1, 1}, odd);
    }

    private int[] halo() {
        return new int[] {window.top() + 1, window.left() + 1, window.bottom(), window.right()};
    }

    private static MemorySegment packed(Packing packing, Tensor source) {
        MemorySegment target = Arena.ofAuto().allocate(Math.max(4, packing.bytes()), 64);
        packing.pack(Optional.of(source), target);
        return target;
    }

    /**
     * The bias as the kernels take it: with {@code -zero} times the sum of the output's weights where x has a zero
     * point, with the length of the contracted axis where signs are compared.
     */
    private Tensor correctedBias() {
        boolean zero = pair.x().equals(NumberFormat.U8) && variant.block() == 0 && given.halo() != 0;
        boolean signs = pair.x().kind() == Kind.BINARY;
        if (!zero && !signs) {
            return given.bias();
        }
        Tensor corrected = Tensor.allocate(ElementType.INT64, given.bias().shape());
        long each = given.w().elements() / corrected.elements();
        for (long m = 0; m < corrected.elements(); m++) {
            long sum = 0;
            for (long i = 0; i < each; i++) {
                sum += value(given.w().getLong(m * each + i));
            }
            corrected.setLong(m, given.bias().getLong(m) + (signs ? each : -given.halo() * sum));
        }
        return corrected;
    }

    private long value(long level) {
        return pair.w().kind() == Kind.LOGARITHMIC ? Long.signum(level) * (1L << Math.abs(level) >> 1) : level;
    }

    /** Launches once and compares. */
    void check(OpenClDevice device, boolean runs, int block) {
        compare(launch(device, runs, block));
    }

    /** Launches a pipeline with other traffic than the plan would say, and compares. */
    void check(OpenClDevice device, UnaryOperator<Traffic> changed) {
        compare(arguments(false, 1).on(device, changed.apply(traffic(false)), Pipeline.MOST_BYTES, "y"));
    }

    private void compare(MemorySegment got) {
        MemorySegment actual = y.withoutNegativeZero(got);
        MemorySegment expected = y.poisoned(3);
        y.write(expected, given.expected(), Optional.empty());
        y.withoutNegativeZero(expected);
        long at = actual.mismatch(expected);
        if (at >= 0) {
            assertEquals(
                    y.numberAt(expected, at),
                    y.numberAt(actual, at),
                    given.shape() + ": byte " + at + ", " + y.where(at));
        }
    }

    /** Whether the taps of a row lie side by side in whole runs, so that they may be contracted as one run. */
    boolean hasRuns() {
        boolean whole = variant.block() == 0 || channels % variant.block() == 0;
        return groups == 1 && window.columns() > 1 && window.columnDilation() == 1 && whole;
    }

    private MemorySegment activations() {
        MemorySegment bytes = x.poisoned(1);
        // What lies between the channels and the end of a run: floats must be finite, and weights without a zero need
        // one.
        if (pair.x().kind() == Kind.FLOAT || pair.w().kind() == Kind.BINARY) {
            boolean zero = pair.w().kind() == Kind.BINARY || pair.w().kind() == Kind.TABLE;
            x.clear(bytes, zero ? 0 : Float.floatToRawIntBits(-3.5f));
        }
        x.fillHalo(bytes, given.halo(), 2f);
        x.write(bytes, given.x(), Optional.of(given.powers()));
        return bytes;
    }

    /** Scales {@code [outputs, taps, blocks]} as {@code [outputs, blocks, taps]}. */
    private static Tensor blocksBeforeTaps(Tensor scales) {
        int taps = scales.shape().size(1);
        int blocks = scales.shape().size(2);
        Tensor result = Tensor.allocate(scales.type(), Shape.of(scales.shape().extent(0), blocks, taps));
        for (long i = 0; i < scales.elements(); i++) {
            long to = (i / blocks / taps * blocks + i % blocks) * taps + i / blocks % taps;
            result.set(to, scales.getFloat(i));
        }
        return result;
    }

    private Traffic traffic(boolean merged) {
        Tile tile = new Tile(
                DeviceClass.FPGA,
                variant.tunable("VW"),
                variant.tunable("NV"),
                variant.tunable("MR"),
                variant.tunable("RUNS"),
                1);
        long tiles = Math.ceilDiv(out.extent(3), (long) tile.pixels())
                * out.extent(2)
                * out.extent(0)
                * Math.ceilDiv((long) outputs, tile.panel())
                * groups;
        return Traffic.ofContraction(
                tile,
                pair,
                tiles,
                Math.ceilDiv(channels, pair.run()) * (merged ? (long) window.columns() : 1),
                merged ? window.rows() : window.taps(),
                variant.block() > 0,
                variant.isSet("SPILL") ? Long.BYTES : Integer.BYTES,
                false);
    }

    private KernelRun arguments(boolean runs, int block) {
        int vectors = variant.tunable("NV");
        int lanes = variant.tunable("VW");
        int panel = vectors * lanes;
        WeightsShape weights = WeightsShape.ofConv(groups, outputs, channels, window.taps());
        Packing panels = new Packing.Panels("w", 0, pair, weights, vectors, lanes, 1);
        Packing blocks =
                new Packing.PanelBlocks("s", 0, weights, variant.block() == 0 ? channels : variant.block(), panel);
        Packing bias = new Packing.PanelVector("b", variant.biasFormat(), groups, outputs, panel, 1);
        Packing scale = new Packing.PanelVector("m", NumberFormat.F32, groups, outputs, panel, 1);
        long run = x.group();
        return new KernelRun(variant.id())
                .buffer("x", activations(), x.start())
                .buffer("w", packed(panels, given.w()), 0)
                .buffer("bias", packed(bias, correctedBias()), 0)
                .buffer("scale", packed(scale, given.scale()), 0)
                .buffer("blocks", packed(blocks, blocksBeforeTaps(given.blocks())), 0)
                .buffer("list", Arena.ofAuto().allocate(64), 0)
                .buffer("table", given.table().data(), 0)
                .buffer("r", Arena.ofAuto().allocate(64), 0)
                .buffer("y", y.poisoned(3), y.start())
                .set("images", out.extent(0))
                .set("image_block", block)
                .set("groups", groups)
                .set("channels", outputs)
                .set("out_rows", out.extent(2))
                .set("out_columns", out.extent(3))
                .set("x_base", x.at(0, -window.top(), -window.left()))
                .set("x_image", x.image())
                .set("x_group", x.group())
                .set("x_line", window.rowStride() * x.line())
                .set("x_pixel", window.columnStride() * x.pixel())
                .set("tap_rows", window.rows())
                .set("tap_cols", runs ? 1 : window.columns())
                .set("tap_row", window.rowDilation() * x.line())
                .set("tap_col", runs ? 0 : window.columnDilation() * x.pixel())
                .set("run", runs ? window.columns() * run : run)
                .set("y_base", y.at(0, 0, 0))
                .set("y_image", y.image())
                .set("y_group", y.group())
                .set("y_line", y.line())
                .set("y_pixel", y.pixel())
                .set("r_base", 0)
                .set("r_image", 0)
                .set("r_group", 0)
                .set("r_line", 0)
                .set("r_pixel", 0)
                .set("act_a", 0f)
                .set("act_b", 0f)
                .set("y_zero", given.yZero())
                .set("y_low", given.low())
                .set("y_high", given.high())
                .set("r_zero", 0)
                .set("r_scale", 1f);
    }

    private MemorySegment launch(OpenClDevice device, boolean runs, int block) {
        if (variant.isFpga()) {
            // Side by side taps also in several launches.
            return arguments(runs, block).on(device, traffic(runs), runs ? 1 << 14 : Pipeline.MOST_BYTES, "y");
        }
        long vectors = variant.tunable("NV");
        long panel = vectors * variant.tunable("VW");
        long tile = (long) variant.tunable("MR") * variant.tunable(variant.isGpu() ? "LM" : "TILES");
        long items = variant.isGpu() ? vectors * variant.tunable("LM") : 1;
        Extent global = Extent.of(
                Math.ceilDiv(out.extent(3), tile) * items,
                out.extent(2) * block,
                Math.ceilDiv(outputs, panel) * groups * Math.ceilDiv(out.extent(0), block));
        return arguments(runs, block).on(device, NdRange.of(global, Extent.of(items, 1, 1)), "y");
    }
}
