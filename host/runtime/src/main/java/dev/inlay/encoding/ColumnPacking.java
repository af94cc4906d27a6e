// SPDX-License-Identifier: Apache-2.0
package dev.inlay.encoding;

import dev.inlay.tensor.NumberFormat;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * Weights of a matrix that are not zero, in slices of outputs, each slice column after column. Source: Han et al., "EIE:
 * Efficient Inference Engine on Compressed Deep Neural Network", ISCA 2016.
 */
public sealed interface ColumnPacking extends Packing {
    /** The most outputs of a slice that a byte tells apart. */
    int OUTPUTS_OF_BYTE = 256;

    /** What is told of each weight that is not zero, in the order in which they lie. */
    @FunctionalInterface
    interface Visitor {
        /**
         * @param column slice by slice, of all
         * @param output of the matrix
         * @param channel of the matrix
         */
        void visit(long column, int output, int channel);
    }

    /** Visits weights {@code [slice][channel][output]}. */
    private static void visit(Occupancy kept, int height, Visitor visitor) {
        int channels = kept.weights().channels();
        int outputs = kept.slices();
        int[] next = new int[height];
        for (int slice = 0; slice * height < outputs; slice++) {
            int rows = Math.min(height, outputs - slice * height);
            for (int row = 0; row < rows; row++) {
                next[row] = kept.start(slice * height + row);
            }
            for (int channel = 0; channel < channels; channel++) {
                for (int row = 0; row < rows; row++) {
                    int output = slice * height + row;
                    if (next[row] < kept.start(output + 1) && kept.run(next[row]) == channel) {
                        visitor.visit((long) slice * channels + channel, output, channel);
                        next[row]++;
                    }
                }
            }
        }
    }

    /**
     * The weights, in runs of the format.
     *
     * @param constant floats for F32, codes of tables, else levels
     * @param term of the codes
     * @param format F32, signed, binary or a table
     * @param factor every weight is multiplied by it; 1 for levels
     * @param kept panels of one channel, runs of one number, of one tap
     * @param height outputs of a slice
     */
    record Values(String constant, int term, NumberFormat format, float factor, Occupancy kept, int height)
            implements ColumnPacking {
        @Override
        public Source source() {
            return Packing.of(format);
        }

        @Override
        public long bytes() {
            return RunWriter.bytes(format, kept.entries());
        }

        @Override
        public void pack(Optional<Tensor> source, MemorySegment target) {
            Tensor tensor = source.orElseThrow();
            WeightsShape weights = kept.weights();
            RunWriter writer = new RunWriter(format, factor, target);
            visit(
                    kept,
                    height,
                    (column, output, channel) ->
                            writer.add(tensor, weights.first(0, output) + channel * weights.channelStride()));
            writer.close();
        }
    }

    /**
     * Where each column of each slice begins among the weights, and where the last ends, 32-bit integers; then of each
     * weight, in a byte or in 16 bits, its output of the slice.
     *
     * @param kept panels of one channel, runs of one number, of one tap
     * @param height outputs of a slice
     */
    record Places(Occupancy kept, int height) implements ColumnPacking {
        @Override
        public String constant() {
            return "";
        }

        /** Bytes of the output of a weight. */
        public int placeBytes() {
            return height > OUTPUTS_OF_BYTE ? Short.BYTES : Byte.BYTES;
        }

        private long columns() {
            return (long) Math.ceilDiv(kept.slices(), height) * kept.weights().channels();
        }

        @Override
        public long bytes() {
            return Integer.BYTES * (columns() + 1 + Math.ceilDiv((long) kept.entries() * placeBytes(), Integer.BYTES));
        }

        @Override
        public void pack(Optional<Tensor> source, MemorySegment target) {
            long first = Integer.BYTES * (columns() + 1);
            int[] count = {0};
            visit(kept, height, (column, output, channel) -> {
                if (placeBytes() == Byte.BYTES) {
                    target.set(ValueLayout.JAVA_BYTE, first + count[0], (byte) (output % height));
                } else {
                    target.setAtIndex(ValueLayout.JAVA_SHORT, first / 2 + count[0], (short) (output % height));
                }
                count[0]++;
                target.setAtIndex(ValueLayout.JAVA_INT, column + 1, count[0]);
            });
            for (long column = 1; column <= columns(); column++) {
                int before = target.getAtIndex(ValueLayout.JAVA_INT, column - 1);
                int end = target.getAtIndex(ValueLayout.JAVA_INT, column);
                target.setAtIndex(ValueLayout.JAVA_INT, column, Math.max(before, end));
            }
        }
    }
}
