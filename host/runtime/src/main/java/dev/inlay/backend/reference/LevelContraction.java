// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.reference;

import dev.inlay.graph.Contraction;
import dev.inlay.graph.Window;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.ValueLayout;

/**
 * Contractions of the levels of any two coded formats, bit for bit as the dense skeletons compute them: one exact sum of
 * products for all of them, and the two that are floats in a stated order.
 *
 * <p>Weights are {@code [groups * outputs, channels, rows, columns]}, activations {@code [N, C, H, W]}. Every sum runs
 * over {@code [tap row][tap column][channel]}. The halo holds one level everywhere.
 */
public final class LevelContraction {
    /** The square root of two as kernels take it. */
    public static final float ROOT_OF_TWO = 1.41421356f;

    private LevelContraction() {}

    /** One sum. */
    private abstract static class Sum {
        /**
         * @param x index of the activation, -1 in the halo
         * @param w index of the weight
         */
        abstract void add(long x, long w);

        /** The channel of the next term starts or ends a tap; blocks end there. */
        void endOfTap() {}
    }

    private interface Sums {
        Sum of(long output);
    }

    private static void walk(Contraction.Conv conv, Shape x, Shape w, Shape y, Sums sums) {
        Window window = conv.window();
        long outputs = y.extent(1) / conv.groups();
        long channels = w.extent(1);
        long index = 0;
        for (long n = 0; n < y.extent(0); n++) {
            for (long m = 0; m < y.extent(1); m++) {
                for (long row = 0; row < y.extent(2); row++) {
                    for (long column = 0; column < y.extent(3); column++) {
                        Sum sum = sums.of(index++);
                        for (long tr = 0; tr < window.rows(); tr++) {
                            for (long tc = 0; tc < window.columns(); tc++) {
                                long h = row * window.rowStride() + tr * window.rowDilation() - window.top();
                                long v = column * window.columnStride() + tc * window.columnDilation() - window.left();
                                boolean inside = h >= 0 && h < x.extent(2) && v >= 0 && v < x.extent(3);
                                for (long c = 0; c < channels; c++) {
                                    long of = n * x.extent(1) + m / outputs * channels + c;
                                    sum.add(
                                            inside ? (of * x.extent(2) + h) * x.extent(3) + v : -1,
                                            ((m * channels + c) * window.rows() + tr) * window.columns() + tc);
                                }
                                sum.endOfTap();
                            }
                        }
                    }
                }
            }
        }
    }

    /**
     * Exact sums of products.
     *
     * @param x integers
     * @param halo what the halo holds
     * @param w integers
     * @return INT64 of shape {@code y}
     * @throws ArithmeticException if a sum does not fit 64 bits
     */
    public static Tensor sums(Contraction.Conv conv, Tensor x, long halo, Tensor w, Shape y) {
        Tensor sums = Tensor.allocate(ElementType.INT64, y);
        walk(conv, x.shape(), w.shape(), y, output -> new Sum() {
            @Override
            void add(long at, long weight) {
                long product = Math.multiplyExact(at < 0 ? halo : x.getLong(at), w.getLong(weight));
                sums.setLong(output, Math.addExact(sums.getLong(output), product));
            }
        });
        return sums;
    }

    /**
     * Sums in single precision.
     *
     * @param x FLOAT32; the halo holds 0
     * @param w levels
     * @param fused whether a product and its addition are rounded once, as on devices that have such a step, else twice
     * @return FLOAT32 of shape {@code y}
     */
    public static Tensor floats(Contraction.Conv conv, Tensor x, Tensor w, boolean fused, Shape y) {
        Tensor sums = Tensor.allocate(ElementType.FLOAT32, y);
        walk(conv, x.shape(), w.shape(), y, output -> new Sum() {
            @Override
            void add(long at, long weight) {
                float sum = sums.getFloat(output);
                set(sums, output, step(at < 0 ? 0 : x.getFloat(at), w.getFloat(weight), sum, fused));
            }
        });
        return sums;
    }

    /**
     * Sums of blocks, each exact for integers and in single precision for floats, scaled and added as floats.
     *
     * @param x integers or floats
     * @param halo what the halo holds
     * @param w levels
     * @param powers a factor of each activation's block, of x's shape, ones where x has none; 1 in the halo
     * @param scales FLOAT32 {@code [groups * outputs, taps, blocks]}
     * @param block channels of a block; the last of a tap may be shorter
     * @param fused as of {@link #floats}, for the sum within a block; blocks are always added in one rounding
     * @return FLOAT32 of shape {@code y}
     */
    public static Tensor folded(
            Contraction.Conv conv,
            Tensor x,
            long halo,
            Tensor w,
            Tensor powers,
            Tensor scales,
            int block,
            boolean fused,
            Shape y) {
        Tensor sums = Tensor.allocate(ElementType.FLOAT32, y);
        boolean real = x.type() == ElementType.FLOAT32;
        long perChannel = scales.shape().elements(1, 3);
        long each = y.elements() / y.extent(0) / y.extent(1);
        walk(conv, x.shape(), w.shape(), y, output -> new Sum() {
            private long next = output / each % y.extent(1) * perChannel;
            private int count;
            private long exact;
            private float rounded;
            private float power;

            @Override
            void add(long at, long weight) {
                if (real) {
                    rounded = step(at < 0 ? 0 : x.getFloat(at), w.getFloat(weight), rounded, fused);
                } else {
                    exact += (at < 0 ? halo : x.getLong(at)) * w.getLong(weight);
                }
                power = at < 0 ? 1 : powers.getFloat(at);
                if (++count == block) {
                    close();
                }
            }

            @Override
            void endOfTap() {
                if (count > 0) {
                    close();
                }
            }

            private void close() {
                float scale = scales.getFloat(next++) * power;
                set(sums, output, Math.fma(real ? rounded : (float) exact, scale, sums.getFloat(output)));
                count = 0;
                exact = 0;
                rounded = 0;
            }
        });
        return sums;
    }

    /** The value of a sum whose exponents count halves: {@code even + sqrt(2) odd}, in float steps. */
    public static float rooted(long even, long odd) {
        return Math.fma((float) odd, ROOT_OF_TWO, (float) even);
    }

    private static float step(float x, float w, float sum, boolean fused) {
        return fused ? Math.fma(x, w, sum) : x * w + sum;
    }

    private static void set(Tensor tensor, long index, float value) {
        tensor.data().setAtIndex(ValueLayout.JAVA_FLOAT, index, value);
    }
}
