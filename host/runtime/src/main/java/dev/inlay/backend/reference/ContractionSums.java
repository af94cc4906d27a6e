// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.reference;

import dev.inlay.graph.Contraction;
import dev.inlay.graph.Window;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The bare sums of a contraction, in double and row-major in the output's shape; no factor, bias, residual or
 * activation.
 *
 * @param op which contraction; its epilogue is ignored
 * @param activations input 0, FLOAT32
 * @param weights input 1, FLOAT32
 * @param output the output's shape
 * @param magnitudes whether to sum {@code |a| · |b|} instead
 */
record ContractionSums(Contraction op, Tensor activations, Tensor weights, Shape output, boolean magnitudes) {
    double[] compute() {
        return switch (op) {
            case Contraction.Conv conv -> conv(conv);
            case Contraction.Gemm gemm -> gemm(gemm);
            case Contraction.MatMul matMul -> matMul();
        };
    }

    /** Extent of the contracted axis: how many products each sum has. */
    static long depth(Contraction op, Shape activations, Shape weights) {
        return switch (op) {
            case Contraction.Conv conv -> weights.elements(1, 4);
            case Contraction.Gemm gemm -> activations.extent(gemm.transposeA() ? 0 : 1);
            case Contraction.MatMul matMul -> activations.extent(-1);
        };
    }

    private double[] sums() {
        return new double[Math.toIntExact(output.elements())];
    }

    private double[] conv(Contraction.Conv conv) {
        double[] sums = sums();
        Shape x = activations.shape();
        int groups = conv.groups();
        int rows = output.size(1) / groups;
        int depth = Math.toIntExact(depth(op, x, weights.shape()));
        int pixels = Math.toIntExact(output.elements(2, 4));
        IntStream products = IntStream.range(0, output.size(0) * groups);
        boolean parallel = PanelProduct.deservesThreads((long) sums.length * depth);
        (parallel ? products.parallel() : products).forEach(index -> {
            Matrix left = new Matrix(weights.data(), (long) (index % groups) * rows * depth, depth, 1);
            long image = (long) index * (x.size(1) / groups) * x.size(2) * x.size(3);
            Patches right = new Patches(activations.data(), image, x.size(2), x.size(3), conv.window(), output.size(3));
            new PanelProduct(left, right, rows, depth, pixels, magnitudes).into(sums, index * rows * pixels, pixels, 1);
        });
        return sums;
    }

    private double[] gemm(Contraction.Gemm gemm) {
        double[] sums = sums();
        int m = output.size(0);
        int n = output.size(1);
        int k = Math.toIntExact(depth(op, activations.shape(), weights.shape()));
        Matrix a = new Matrix(activations.data(), 0, gemm.transposeA() ? 1 : k, gemm.transposeA() ? m : 1);
        if (gemm.transposeB()) {
            // The rows of B are contiguous, so the transposed product reads both operands in memory order.
            Matrix rows = new Matrix(weights.data(), 0, k, 1);
            new PanelProduct(rows, a.transposed(), n, k, m, magnitudes).into(sums, 0, 1, n);
        } else {
            Matrix panel = new Matrix(weights.data(), 0, n, 1);
            new PanelProduct(a, panel, m, k, n, magnitudes).into(sums, 0, n, 1);
        }
        return sums;
    }

    private double[] matMul() {
        double[] sums = sums();
        Shape a = activations.shape();
        Shape b = weights.shape();
        int k = a.size(-1);
        int m = a.rank() == 1 ? 1 : a.size(-2);
        int n = b.rank() == 1 ? 1 : b.size(-1);
        Shape outerA = outer(a);
        Shape outerB = outer(b);
        Shape outer = Shape.broadcast(outerA, outerB);
        long[] fromA = BroadcastOffsets.of(outerA, outer);
        long[] fromB = BroadcastOffsets.of(outerB, outer);
        IntStream products = IntStream.range(0, fromA.length);
        boolean parallel = PanelProduct.deservesThreads((long) sums.length * k);
        (parallel ? products.parallel() : products).forEach(index -> {
            Matrix left = new Matrix(activations.data(), fromA[index] * m * k, k, 1);
            Matrix right = new Matrix(weights.data(), fromB[index] * k * n, n, 1);
            new PanelProduct(left, right, m, k, n, magnitudes).into(sums, index * m * n, n, 1);
        });
        return sums;
    }

    private static Shape outer(Shape shape) {
        return Shape.of(Arrays.copyOf(shape.toArray(), Math.max(0, shape.rank() - 2)));
    }

    /** Floats in memory: element (r, c) at {@code offset + r * rowStride + c * columnStride}. */
    private record Matrix(MemorySegment data, long offset, long rowStride, long columnStride)
            implements PanelProduct.Rows, PanelProduct.Panel {
        Matrix transposed() {
            return new Matrix(data, offset, columnStride, rowStride);
        }

        @Override
        public void row(int row, int from, int count, float[] target, int at) {
            long start = offset + row * rowStride + from * columnStride;
            if (columnStride == 1) {
                MemorySegment.copy(data, ValueLayout.JAVA_FLOAT, start * Float.BYTES, target, at, count);
            } else {
                for (int i = 0; i < count; i++) {
                    target[at + i] = data.getAtIndex(ValueLayout.JAVA_FLOAT, start + i * columnStride);
                }
            }
        }

        @Override
        public void fill(int first, int width, int from, int count, double[] target) {
            for (int k = 0; k < count; k++) {
                long start = offset + (from + k) * rowStride + first * columnStride;
                widen(data, start, columnStride, target, k * width, width);
            }
        }
    }

    /** Copies floats {@code start, start + stride, ...}. */
    private static void widen(MemorySegment data, long start, long stride, double[] target, int at, int count) {
        if (stride == 1) {
            for (int i = 0; i < count; i++) {
                target[at + i] = data.getAtIndex(ValueLayout.JAVA_FLOAT, start + i);
            }
        } else {
            for (int i = 0; i < count; i++) {
                target[at + i] = data.getAtIndex(ValueLayout.JAVA_FLOAT, start + i * stride);
            }
        }
    }

    /**
     * The patches of an image that a window sees: row {@code (channel, tap row, tap column)}, column = output pixel in
     * row-major order.
     */
    private record Patches(MemorySegment data, long offset, int height, int width, Window window, int outputColumns)
            implements PanelProduct.Panel {
        @Override
        public void fill(int first, int pixels, int from, int count, double[] target) {
            int taps = window.taps();
            for (int k = 0; k < count; k++) {
                int tap = (from + k) % taps;
                long plane = offset + (long) ((from + k) / taps) * height * width;
                int rowShift = tap / window.columns() * window.rowDilation() - window.top();
                int columnShift = tap % window.columns() * window.columnDilation() - window.left();
                for (int pixel = first; pixel < first + pixels; ) {
                    int row = pixel / outputColumns;
                    int column = pixel % outputColumns;
                    int run = Math.min(outputColumns - column, first + pixels - pixel);
                    int y = row * window.rowStride() + rowShift;
                    if (y >= 0 && y < height) {
                        copy(plane + (long) y * width, columnShift, column, run, target, k * pixels + pixel - first);
                    }
                    pixel += run;
                }
            }
        }

        /** Copies what lies inside the image of the columns under {@code run} output columns. */
        private void copy(long row, int shift, int column, int run, double[] target, int at) {
            int stride = window.columnStride();
            int low = Math.max(column, Math.ceilDiv(-shift, stride));
            int high = Math.min(column + run, Math.ceilDiv(width - shift, stride));
            widen(data, row + (long) low * stride + shift, stride, target, at + low - column, high - low);
        }
    }
}
