// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import dev.inlay.backend.reference.LevelContraction;
import dev.inlay.encoding.Levels;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.NumberFormat;
import dev.inlay.tensor.NumberFormat.Kind;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.Random;

/**
 * The data of one contraction for one variant, and what it must give.
 *
 * @param x levels INT32, or FLOAT32
 * @param halo the level around the image
 * @param powers FLOAT32 of x's shape: the power of two of each block of a bf activation, else ones
 * @param w levels INT32, or FLOAT32
 * @param bias FLOAT32 or INT64, without any correction
 * @param scale FLOAT32, one an output channel
 * @param blocks FLOAT32 {@code [outputs, taps, blocks]}
 * @param table FLOAT32, what codes of weights that are places in a table stand for; one zero for others
 * @param low least code of the output
 * @param high most code of the output
 * @param yZero code of zero of the output
 * @param expected FLOAT32, or levels of the output's format INT64
 */
record FormatCase(
        FormatVariant variant,
        FormatShape shape,
        Tensor x,
        long halo,
        Tensor powers,
        Tensor w,
        Tensor bias,
        Tensor scale,
        Tensor blocks,
        Tensor table,
        long low,
        long high,
        int yZero,
        Tensor expected) {
    /**
     * @param fused whether the device rounds a product and its addition once
     */
    static FormatCase of(FormatVariant variant, FormatShape shape, boolean fused) {
        return new FormatCaseMaker(variant, shape, fused).make();
    }

    /** Makes one case. */
    private static final class FormatCaseMaker {
        private final FormatVariant variant;
        private final FormatShape shape;
        private final boolean fused;
        private final Random random;
        private final Contraction.Conv conv;
        private final NumberFormat xf;
        private final NumberFormat wf;
        private final Tensor table;

        FormatCaseMaker(FormatVariant variant, FormatShape shape, boolean fused) {
            this.variant = variant;
            this.shape = shape;
            this.fused = fused;
            this.random = new Random((variant.pair() + shape.name()).hashCode());
            this.conv = new Contraction.Conv(shape.window(), shape.groups(), Epilogue.NONE);
            this.xf = variant.pair().x();
            this.wf = variant.pair().w();
            this.table = Tensor.allocate(ElementType.FLOAT32, Shape.of(wf.kind() == Kind.TABLE ? wf.most() + 1 : 1));
            for (long i = 0; i < table.elements() && wf.kind() == Kind.TABLE; i++) {
                table.set(i, random.nextGaussian());
            }
        }

        /** The largest index of a logarithmic code, so that sums fit. */
        private int mostIndex(boolean weights) {
            int exponent = variant.isSet("SPILL") ? 28 : xf.kind() == Kind.LOGARITHMIC ? 9 : 11;
            exponent = weights || !variant.isSet("SPILL") ? exponent : 14;
            NumberFormat format = weights ? wf : xf;
            return (int) Math.min(format.most(), exponent * (variant.hasRoot() ? 2L : 1L) + 1);
        }

        private long level(NumberFormat format, boolean weights, boolean largest, boolean negative) {
            // Sums of 32 bits hold no products of the largest halves.
            boolean narrowSum = xf.equals(NumberFormat.S16) && !variant.isSet("SPILL");
            long most = format.kind() == Kind.LOGARITHMIC
                    ? mostIndex(weights)
                    : narrowSum ? Math.min(format.most(), 1000) : format.most();
            long least = switch (format.kind()) {
                case LOGARITHMIC -> -most;
                case UNSIGNED, FLOAT, BINARY, BLOCK_FLOAT, TABLE -> format.least();
                case SIGNED -> (weights && format.equals(NumberFormat.S16)) || narrowSum ? -most : format.least();
            };
            if (largest) {
                return negative ? least : most;
            }
            if (format.kind() == Kind.BINARY) {
                return random.nextBoolean() ? 1 : -1;
            }
            return least + random.nextLong(most - least + 1);
        }

        private Tensor operand(NumberFormat format, Shape extents, boolean weights) {
            boolean real = format.kind() == Kind.FLOAT;
            Tensor tensor = Tensor.allocate(real ? ElementType.FLOAT32 : ElementType.INT32, extents);
            long each = extents.elements() / extents.extent(0);
            for (long i = 0; i < tensor.elements(); i++) {
                if (real) {
                    tensor.set(i, random.nextGaussian());
                } else {
                    boolean negative = weights ? i / each % 2 == 0 : xf.kind() != Kind.UNSIGNED;
                    tensor.setLong(i, level(format, weights, shape.extreme(), negative));
                }
            }
            return tensor;
        }

        /** What a level stands for: of a logarithmic one the power, or with halves its even or odd part. */
        private Tensor values(NumberFormat format, Tensor levels, int parity) {
            if (format.kind() == Kind.TABLE) {
                Tensor reals = Tensor.allocate(ElementType.FLOAT32, levels.shape());
                for (long i = 0; i < levels.elements(); i++) {
                    reals.set(i, table.getFloat(levels.getLong(i)));
                }
                return reals;
            }
            if (format.kind() != Kind.LOGARITHMIC) {
                return levels;
            }
            Tensor values = Tensor.allocate(ElementType.INT64, levels.shape());
            for (long i = 0; i < levels.elements(); i++) {
                long level = levels.getLong(i);
                if (level != 0) {
                    long exponent = Math.abs(level) - 1;
                    boolean counts = !variant.hasRoot() || exponent % 2 == parity;
                    long value = counts ? 1L << (variant.hasRoot() ? exponent / 2 : exponent) : 0;
                    values.setLong(i, level < 0 ? -value : value);
                }
            }
            return values;
        }

        FormatCase make() {
            Shape y = shape.y();
            Shape of = Shape.of(
                    shape.outputs(),
                    shape.channels(),
                    shape.window().rows(),
                    shape.window().columns());
            Tensor x = operand(xf, shape.x(), false);
            Tensor w = operand(wf, of, true);
            long halo = xf.kind() == Kind.BINARY
                    ? (shape.outputs() % 2 == 0 ? 1 : -1)
                    : xf.equals(NumberFormat.U8) && !variant.carrier().equals("shift") ? 7 : 0;
            Tensor powers = powers(x);
            int blockCount = variant.block() == 0 ? 1 : Math.ceilDiv(shape.channels(), variant.block());
            Tensor blocks = Tensor.allocate(
                    ElementType.FLOAT32,
                    Shape.of(shape.outputs(), shape.window().taps(), blockCount));
            for (long i = 0; i < blocks.elements(); i++) {
                blocks.set(
                        i,
                        variant.carrier().equals("bf")
                                ? Math.scalb(1f, random.nextInt(9) - 4)
                                : (0.5f + random.nextFloat()) / 16);
            }
            float[] sums = new float[Math.toIntExact(y.elements())];
            Tensor bias = sums(x, halo, powers, w, blocks, y, sums);
            float largest = 1e-6f;
            for (float sum : sums) {
                largest = Math.max(largest, Math.abs(sum));
            }
            Tensor scale = scale(largest);
            int yZero = variant.y().equals(NumberFormat.U8) ? 3 + 40 * (shape.outputs() % 3) : 0;
            long high = variant.y().kind() == Kind.FLOAT ? 0 : variant.y().most();
            long low = variant.y().kind() == Kind.FLOAT ? 0 : variant.y().least();
            if (shape.outputs() % 3 == 0 && variant.y().equals(NumberFormat.U8)) {
                high = 15;
                yZero = 0;
            }
            boolean scaled = xf.kind() != Kind.FLOAT
                    || wf.kind() != Kind.FLOAT
                    || variant.y().kind() != Kind.FLOAT;
            long each = y.elements(2, 4);
            Tensor expected =
                    Tensor.allocate(variant.y().kind() == Kind.FLOAT ? ElementType.FLOAT32 : ElementType.INT64, y);
            for (int i = 0; i < sums.length; i++) {
                float value = sums[i];
                if (scaled) {
                    value *= scale.getFloat(i / each % shape.outputs());
                }
                if (variant.y().kind() == Kind.FLOAT) {
                    expected.set(i, value);
                } else {
                    expected.setLong(i, code(value, yZero, low, high));
                }
            }
            return new FormatCase(
                    variant, shape, x, halo, powers, w, bias, scale, blocks, table, low, high, yZero, expected);
        }

        private Tensor powers(Tensor x) {
            Tensor powers = Tensor.allocate(ElementType.FLOAT32, x.shape());
            long plane = x.shape().elements(2, 4);
            float[] of = new float[Math.toIntExact(plane * x.shape().extent(1))];
            for (int image = 0; image < x.shape().extent(0); image++) {
                for (int c = 0; c < x.shape().extent(1); c++) {
                    for (int i = 0; i < plane; i++) {
                        boolean first = variant.block() == 0 || c % shape.channels() % variant.block() == 0;
                        int at = (int) (c * plane + i);
                        of[at] = !variant.carrier().equals("bf")
                                ? 1
                                : first ? Math.scalb(1f, random.nextInt(9) - 4) : of[at - (int) plane];
                        powers.set((long) image * of.length + at, of[at]);
                    }
                }
            }
            return powers;
        }

        /** Fills the sums with the bias in them, as floats, and returns the bias. */
        private Tensor sums(Tensor x, long halo, Tensor powers, Tensor w, Tensor blocks, Shape y, float[] sums) {
            long each = y.elements(2, 4);
            boolean real = variant.biasFormat().equals(NumberFormat.F32);
            Tensor bias = Tensor.allocate(real ? ElementType.FLOAT32 : ElementType.INT64, Shape.of(shape.outputs()));
            Tensor even;
            Tensor odd = Tensor.allocate(ElementType.INT64, y);
            if (variant.block() > 0) {
                even = LevelContraction.folded(conv, x, halo, w, powers, blocks, variant.block(), fused, y);
            } else if (real) {
                even = LevelContraction.floats(conv, x, values(wf, w, 0), fused, y);
            } else {
                // The code of zero of u8 activations counts as zero.
                Tensor centred = xf.equals(NumberFormat.U8) ? shifted(x, halo) : x;
                long around = xf.equals(NumberFormat.U8) ? 0 : halo;
                if (xf.kind() == Kind.LOGARITHMIC && variant.hasRoot()) {
                    // An even and an odd exponent make an odd one, two odd ones the next even one.
                    even = LevelContraction.sums(conv, values(xf, x, 0), 0, values(wf, w, 0), y);
                    add(even, LevelContraction.sums(conv, values(xf, x, 1), 0, values(wf, w, 1), y), 2);
                    odd = LevelContraction.sums(conv, values(xf, x, 0), 0, values(wf, w, 1), y);
                    add(odd, LevelContraction.sums(conv, values(xf, x, 1), 0, values(wf, w, 0), y), 1);
                } else {
                    even = LevelContraction.sums(conv, values(xf, centred, 0), around, values(wf, w, 0), y);
                    odd = variant.hasRoot()
                            ? LevelContraction.sums(conv, values(xf, centred, 0), around, values(wf, w, 1), y)
                            : odd;
                }
            }
            for (long m = 0; m < shape.outputs(); m++) {
                float some = even.getFloat(m * each) * (random.nextFloat() - 0.5f);
                if (real) {
                    bias.set(m, some);
                } else {
                    bias.setLong(m, (long) some);
                }
            }
            for (int i = 0; i < sums.length; i++) {
                long m = i / each % shape.outputs();
                sums[i] = real
                        ? even.getFloat(i) + bias.getFloat(m)
                        : variant.hasRoot()
                                ? LevelContraction.rooted(even.getLong(i) + bias.getLong(m), odd.getLong(i))
                                : (float) (even.getLong(i) + bias.getLong(m));
            }
            return bias;
        }

        private static void add(Tensor to, Tensor from, long factor) {
            for (long i = 0; i < to.elements(); i++) {
                to.setLong(i, to.getLong(i) + factor * from.getLong(i));
            }
        }

        private static Tensor shifted(Tensor x, long zero) {
            Tensor shifted = Tensor.allocate(ElementType.INT32, x.shape());
            for (long i = 0; i < x.elements(); i++) {
                shifted.setLong(i, x.getLong(i) - zero);
            }
            return shifted;
        }

        /** Scales of either sign that spread the sums over some more codes than the output has. */
        private Tensor scale(float largest) {
            NumberFormat y = variant.y();
            float codes = switch (y.kind()) {
                case FLOAT, BLOCK_FLOAT, TABLE -> 3;
                case LOGARITHMIC -> 1000;
                case UNSIGNED, SIGNED, BINARY -> 0.8f * (y.most() - y.least());
            };
            Tensor scale = Tensor.allocate(ElementType.FLOAT32, Shape.of(shape.outputs()));
            for (long m = 0; m < shape.outputs(); m++) {
                scale.set(m, codes / largest * (0.5f + random.nextFloat()) * (m % 3 == 1 ? -1 : 1));
            }
            return scale;
        }

        private long code(float value, int zero, long low, long high) {
            NumberFormat y = variant.y();
            return switch (y.kind()) {
                case BINARY -> value < 0 ? -1 : 1;
                case LOGARITHMIC -> new Levels.Logarithmic((int) high, variant.hasRoot() ? 2 : 1).nearest(value);
                case UNSIGNED, SIGNED, FLOAT, BLOCK_FLOAT, TABLE ->
                    Math.clamp((long) Math.rint((double) value) + zero, low, high);
            };
        }
    }
}
