// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.inlay.backend.opencl.OpenClDevice;
import dev.inlay.backend.opencl.binding.Extent;
import dev.inlay.backend.opencl.binding.NdRange;
import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Quantizer;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.NumberFormat;
import dev.inlay.tensor.NumberFormat.Kind;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.Random;

/** One value and what it becomes. Everything around x, and the whole buffer of y, holds noise first. */
final class EncodeLaunch {
    private static final float X_STEP = 0.11f;
    private static final int X_OFFSET = 5;

    private final EncodeVariant variant;
    private final EncodeShape shape;
    private final Random random;
    private final CodedImage y;

    EncodeLaunch(EncodeVariant variant, EncodeShape shape) {
        this.variant = variant;
        this.shape = shape;
        this.random = new Random((variant.toString() + shape).hashCode());
        this.y = new CodedImage(variant.y(), variant.run(), shape.x(), shape.groups(), shape.halos(), gap());
    }

    /** Addressable formats start at any element, the others at whole runs. */
    private int gap() {
        return variant.y().isAddressable() ? 3 : 0;
    }

    private int zeroOfX() {
        return variant.x().equals(NumberFormat.U8) ? 100 : variant.x().equals(NumberFormat.S16) ? -7 : 0;
    }

    void check(OpenClDevice device) {
        long elements = shape.x().elements();
        MemorySegment x =
                Arena.ofAuto().allocate((X_OFFSET + elements + 8) * variant.x().elementBytes(), 64);
        for (long i = 0; i < x.byteSize(); i++) {
            x.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt());
        }
        Tensor reals = Tensor.allocate(ElementType.FLOAT32, shape.x());
        for (long i = 0; i < elements; i++) {
            reals.data().setAtIndex(ValueLayout.JAVA_FLOAT, i, place(x, X_OFFSET + position(i)));
        }
        MemorySegment actual = launch(device, x);
        MemorySegment expected = expected(reals);
        long at = actual.mismatch(expected);
        if (at >= 0) {
            assertEquals(y.numberAt(expected, at), y.numberAt(actual, at), "byte " + at + ", " + y.where(at));
        }
    }

    /** Where number i of {@code [N, C, H, W]} lies in x. */
    private long position(long i) {
        long plane = shape.x().elements(2, 4);
        long channels = shape.x().extent(1);
        long channel = i / plane % channels;
        return shape.channelsLast() ? (i / plane / channels * plane + i % plane) * channels + channel : i;
    }

    /** Puts a number into x, and says what it stands for. */
    private float place(MemorySegment x, long at) {
        if (variant.x().kind() == Kind.FLOAT) {
            float number = number();
            x.setAtIndex(ValueLayout.JAVA_FLOAT, at, number);
            return number;
        }
        boolean bytes = variant.x().equals(NumberFormat.U8);
        int code = bytes ? random.nextInt(256) : random.nextInt(-400, 400);
        if (bytes) {
            x.set(ValueLayout.JAVA_BYTE, at, (byte) code);
        } else {
            x.setAtIndex(ValueLayout.JAVA_SHORT, at, (short) code);
        }
        return (float) (code - zeroOfX()) * X_STEP;
    }

    /** Numbers of the format's range and beyond, ties, what lies at the bounds of powers, and what is no number. */
    private float number() {
        float step = variant.step();
        boolean block = variant.y().kind() == Kind.BLOCK_FLOAT;
        float spread = variant.y().kind() == Kind.SIGNED ? variant.high() : 6;
        return switch (random.nextInt(16)) {
            case 0 -> -0f;
            case 1 -> random.nextBoolean() ? 3e38f : -3e38f;
            case 2 -> block ? random.nextInt(64) * Float.MIN_NORMAL / 16 : Float.POSITIVE_INFINITY;
            case 3 -> block ? random.nextFloat() * 1e-36f : Float.NEGATIVE_INFINITY;
            case 4 -> variant.y().kind() == Kind.FLOAT || block ? 1 : Float.NaN;
            case 5, 6, 7, 8 -> (random.nextInt(-20, 20) + 0.5f) * step;
            case 9, 10 -> Levels.Logarithmic.bound(random.nextInt(9), random.nextInt(1, 3)) * step;
            default -> (float) random.nextGaussian() * spread * step;
        };
    }

    private MemorySegment expected(Tensor reals) {
        MemorySegment bytes = y.poisoned(3);
        float least = Math.scalb(1f, Quantizer.BlockFloat.LEAST_EXPONENT);
        long zero = variant.y().kind() == Kind.BINARY ? 1 : variant.zero();
        long padded = Math.ceilDiv((long) shape.channels(), variant.run()) * variant.run();
        Shape whole = Shape.of(
                shape.x().extent(0),
                shape.groups() * padded,
                shape.x().extent(2),
                shape.x().extent(3));
        CodedImage all = new CodedImage(variant.y(), variant.run(), whole, shape.groups(), shape.halos(), gap());
        all.write(bytes, filled(whole, (float) zero), Optional.of(filled(whole, least)));
        all.fillHalo(bytes, zero, least);
        y.fillHalo(bytes, variant.y().kind() == Kind.FLOAT ? Float.floatToRawIntBits(variant.fill()) : fill(), least);
        switch (variant.quantizer()) {
            case Quantizer.BlockFloat blocks -> writeBlocks(bytes, reals, blocks);
            case Quantizer.Uniform _ -> {
                Tensor held = reals;
                if (variant.y().kind() != Kind.FLOAT) {
                    held = Tensor.allocate(ElementType.INT64, shape.x());
                    for (long i = 0; i < held.elements(); i++) {
                        held.setLong(i, variant.held(reals.getFloat(i)));
                    }
                }
                y.write(bytes, held, Optional.empty());
            }
        }
        return bytes;
    }

    private long fill() {
        return (long) variant.fill() + variant.zero();
    }

    private Tensor filled(Shape extents, float value) {
        Tensor tensor = Tensor.allocate(ElementType.FLOAT32, extents);
        for (long i = 0; i < tensor.elements(); i++) {
            tensor.set(i, value);
        }
        return tensor;
    }

    private void writeBlocks(MemorySegment bytes, Tensor reals, Quantizer.BlockFloat blocks) {
        Tensor mantissas = Tensor.allocate(ElementType.INT64, shape.x());
        Tensor powers = Tensor.allocate(ElementType.FLOAT32, shape.x());
        long plane = shape.x().elements(2, 4);
        for (long i = 0; i < mantissas.elements(); i++) {
            long channel = i / plane % shape.channels();
            long first = i - channel % blocks.block() * plane;
            long last = Math.min(blocks.block(), shape.channels() - channel / blocks.block() * blocks.block());
            float largest = 0;
            for (long k = 0; k < last; k++) {
                largest = Math.max(largest, Math.abs(reals.getFloat(first + k * plane)));
            }
            int exponent = blocks.exponent(largest);
            mantissas.setLong(i, blocks.mantissa(reals.getFloat(i), exponent));
            powers.data().setAtIndex(ValueLayout.JAVA_FLOAT, i, Math.scalb(1f, exponent));
        }
        y.write(bytes, mantissas, Optional.of(powers));
    }

    private MemorySegment launch(OpenClDevice device, MemorySegment x) {
        long rows = shape.x().extent(2);
        long columns = shape.x().extent(3);
        long channels = shape.x().extent(1);
        boolean last = shape.channelsLast();
        long runs = Math.ceilDiv((long) shape.channels(), variant.run());
        KernelRun launch = new KernelRun(variant.id())
                .buffer("x", x, X_OFFSET)
                .buffer("y", y.poisoned(3), y.start())
                .set("groups", shape.groups())
                .set("channels", shape.channels())
                .set("rows", rows)
                .set("columns", columns)
                .set("top", shape.halo(0))
                .set("left", shape.halo(1))
                .set("bottom", shape.halo(2))
                .set("right", shape.halo(3))
                .set("x_image", rows * columns * channels)
                .set("x_channel", last ? 1 : rows * columns)
                .set("x_line", last ? columns * channels : columns)
                .set("x_pixel", last ? channels : 1)
                .set("y_image", y.image())
                .set("y_group", y.group())
                .set("y_line", y.line())
                .set("y_pixel", y.pixel())
                .set("runs", runs)
                .set("x_zero", zeroOfX())
                .set("x_step", X_STEP)
                .set("y_zero", variant.zero())
                .set("y_step", variant.step())
                .set("y_low", variant.low())
                .set("y_high", variant.high())
                .set("fill", (float) variant.fill());
        long items = Math.ceilDiv(shape.groups() * runs, 16L) * 16;
        Extent global = Extent.of(
                items,
                shape.halo(1) + columns + shape.halo(3),
                (shape.halo(0) + rows + shape.halo(2)) * shape.x().extent(0));
        return launch.on(device, NdRange.of(global, Extent.of(16, 1, 1)), "y");
    }
}
