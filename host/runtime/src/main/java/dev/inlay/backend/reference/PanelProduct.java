// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.reference;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A matrix product accumulated in double: {@code out[r][c] = Σ_k left[r][k] · right[k][c]} over float operands, whose
 * products double holds exactly. The order of each sum depends on its depth alone, so a result is the same on every
 * machine and with every number of threads.
 *
 * @param left the rows, read a pair at a time
 * @param right the columns, read a panel at a time
 * @param rows rows of the result, at least 0
 * @param depth contracted extent, at least 0
 * @param columns columns of the result, at least 0
 * @param magnitudes whether to sum {@code |left| · |right|} instead
 */
record PanelProduct(Rows left, Panel right, int rows, int depth, int columns, boolean magnitudes) {
    /** Distance between the accumulators of two rows; a constant, so that the compiler sees that they do not overlap. */
    private static final int WIDTH = 128;

    /** Steps of the contracted axis in a panel, a multiple of 4, so that the panel stays near the core. */
    private static final int DEPTH = 256;

    /** Products below which a second thread costs more than it brings. */
    private static final long PARALLEL_WORK = 1 << 20;

    /** The rows of the left matrix. */
    interface Rows {
        /** Copies elements {@code from .. from + count - 1} of a row to {@code target} from {@code at} on. */
        void row(int row, int from, int count, float[] target, int at);
    }

    /** The columns of the right matrix. */
    interface Panel {
        /**
         * Copies columns {@code first .. first + width - 1} of rows {@code from .. from + count - 1}: element (from + k,
         * first + j) to {@code target[k * width + j]}. An element of 0 may be left out: the target holds zeros. Doubles,
         * because the compiler vectorises no loop that widens floats.
         */
        void fill(int first, int width, int from, int count, double[] target);
    }

    /** Whether this many products deserve more than one thread. */
    static boolean deservesThreads(long products) {
        return products >= PARALLEL_WORK;
    }

    /** Adds result (r, c) to {@code out[offset + r * rowStride + c * columnStride]}. */
    void into(double[] out, int offset, int rowStride, int columnStride) {
        if (rows == 0 || columns == 0) {
            return;
        }
        int width = Math.min(columns, WIDTH);
        int panels = Math.ceilDiv(columns, width);
        boolean parallel = deservesThreads((long) rows * depth * columns);
        int threads = parallel ? Runtime.getRuntime().availableProcessors() : 1;
        int chunks = Math.clamp(2L * threads / panels, 1, Math.ceilDiv(rows, 16));
        int chunk = Math.ceilDiv(Math.ceilDiv(rows, chunks), 2) * 2;
        IntStream tasks = IntStream.range(0, panels * chunks);
        (parallel ? tasks.parallel() : tasks).forEach(task -> {
            int first = task / chunks * width;
            int firstRow = task % chunks * chunk;
            Block block =
                    new Block(firstRow, Math.min(rows, firstRow + chunk), first, Math.min(width, columns - first));
            compute(block, new Target(out, offset, rowStride, columnStride));
        });
    }

    private record Block(int firstRow, int lastRow, int first, int width) {}

    /** Where the sums are kept between two steps through the depth. */
    private static final class Target {
        private final double[] out;
        private final int offset;
        private final int rowStride;
        private final int columnStride;

        Target(double[] out, int offset, int rowStride, int columnStride) {
            this.out = out;
            this.offset = offset;
            this.rowStride = rowStride;
            this.columnStride = columnStride;
        }

        void load(int row, int first, int width, double[] accumulators, int at) {
            int from = offset + row * rowStride + first * columnStride;
            for (int j = 0; j < width; j++) {
                accumulators[at + j] = out[from + j * columnStride];
            }
        }

        void store(int row, int first, int width, double[] accumulators, int at) {
            int to = offset + row * rowStride + first * columnStride;
            for (int j = 0; j < width; j++) {
                out[to + j * columnStride] = accumulators[at + j];
            }
        }
    }

    private void compute(Block block, Target target) {
        int first = block.first;
        int width = block.width;
        int room = Math.min(DEPTH, Math.ceilDiv(depth, 4) * 4);
        double[] panel = new double[room * width];
        float[] pair = new float[2 * room];
        double[] accumulators = new double[2 * WIDTH];
        for (int from = 0; from < depth; from += DEPTH) {
            int count = Math.min(DEPTH, depth - from);
            Arrays.fill(panel, 0);
            Arrays.fill(pair, 0);
            right.fill(first, width, from, count, panel);
            if (magnitudes) {
                makeAbsolute(panel);
            }
            for (int row = block.firstRow; row < block.lastRow; row += 2) {
                boolean both = row + 1 < block.lastRow;
                int other = both ? row + 1 : row;
                left.row(row, from, count, pair, 0);
                left.row(other, from, count, pair, room);
                if (magnitudes) {
                    makeAbsolute(pair);
                }
                target.load(row, first, width, accumulators, 0);
                target.load(other, first, width, accumulators, WIDTH);
                if (width == 1) {
                    accumulators[0] = dot(pair, 0, panel, count, accumulators[0]);
                    accumulators[WIDTH] = dot(pair, room, panel, count, accumulators[WIDTH]);
                } else {
                    for (int k = 0; k < count; k += 4) {
                        accumulate(pair, k, k + room, panel, k * width, width, accumulators);
                    }
                }
                target.store(row, first, width, accumulators, 0);
                if (both) {
                    target.store(other, first, width, accumulators, WIDTH);
                }
            }
        }
    }

    /** Two rows by four steps of the contracted axis, so that an accumulator is loaded once for four products. */
    private static void accumulate(
            float[] pair, int upper, int lower, double[] panel, int from, int width, double[] accumulators) {
        double a0 = pair[upper];
        double a1 = pair[upper + 1];
        double a2 = pair[upper + 2];
        double a3 = pair[upper + 3];
        double b0 = pair[lower];
        double b1 = pair[lower + 1];
        double b2 = pair[lower + 2];
        double b3 = pair[lower + 3];
        int second = from + width;
        int third = second + width;
        int fourth = third + width;
        for (int j = 0; j < width; j++) {
            double x0 = panel[from + j];
            double x1 = panel[second + j];
            double x2 = panel[third + j];
            double x3 = panel[fourth + j];
            accumulators[j] += (a0 * x0 + a1 * x1) + (a2 * x2 + a3 * x3);
            accumulators[WIDTH + j] += (b0 * x0 + b1 * x1) + (b2 * x2 + b3 * x3);
        }
    }

    /** One row by a panel of one column, summed in the order of {@link #accumulate}. */
    private static double dot(float[] pair, int from, double[] panel, int count, double start) {
        double sum = start;
        for (int k = 0; k < count; k += 4) {
            sum += (pair[from + k] * panel[k] + pair[from + k + 1] * panel[k + 1])
                    + (pair[from + k + 2] * panel[k + 2] + pair[from + k + 3] * panel[k + 3]);
        }
        return sum;
    }

    private static void makeAbsolute(float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.abs(values[i]);
        }
    }

    private static void makeAbsolute(double[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.abs(values[i]);
        }
    }
}
