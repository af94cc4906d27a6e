// SPDX-License-Identifier: Apache-2.0
package dev.inlay.encoding;

import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.NumberFormat;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;

/** The packed form of one constant: pure data, written once when a session opens. */
public sealed interface Packing {
    /** Name of the constant that is packed; the empty string where there is none and the packing is all zero. */
    String constant();

    /** Bytes of the packed form. */
    long bytes();

    /** Output channels of a group, padded to whole panels. */
    private static int wholePanels(int outputs, int width) {
        return Math.ceilDiv(outputs, width) * width;
    }

    /** Whether it is made from the levels of a constant that is held as codes. */
    default boolean ofLevels() {
        return false;
    }

    /**
     * Writes the packed form.
     *
     * @param source the constant, absent when {@link #constant()} is empty
     * @param target zeroed memory of {@link #bytes()} bytes
     */
    void pack(Optional<Tensor> source, MemorySegment target);

    /**
     * Weights of a contraction in panels {@code [group][panel][k / lanes][width][lanes]}, lanes being the numbers in a
     * word and k running over {@code [tap row][tap column][channel]} with the channels of a tap padded to words; the
     * last panel is padded with zeros.
     *
     * @param constant weights {@code [groups * outputs, channels, rows, columns]}
     * @param format F32 or S8
     * @param groups groups of the convolution
     * @param outputs output channels of a group
     * @param channels input channels of a group
     * @param rows tap rows
     * @param columns tap columns
     * @param width output channels of a panel
     * @param outputStride elements between outputs in the constant
     * @param channelStride elements between input channels in the constant
     * @param factor every weight is multiplied by it, 1 for integers
     */
    record Panels(
            String constant,
            NumberFormat format,
            int groups,
            int outputs,
            int channels,
            int rows,
            int columns,
            int width,
            long outputStride,
            long channelStride,
            float factor)
            implements Packing {
        /** Panels of convolution weights {@code [groups * outputs, channels, rows, columns]}. */
        public static Panels ofConv(
                String constant,
                NumberFormat format,
                int groups,
                int outputs,
                int channels,
                int rows,
                int columns,
                int width) {
            long taps = (long) rows * columns;
            return new Panels(
                    constant, format, groups, outputs, channels, rows, columns, width, channels * taps, taps, 1);
        }

        @Override
        public boolean ofLevels() {
            return !format.equals(NumberFormat.F32);
        }

        private int paddedChannels() {
            return Math.ceilDiv(channels, format.lanes()) * format.lanes();
        }

        private int panels() {
            return Math.ceilDiv(outputs, width);
        }

        /** Length of the contracted axis as the kernel sees it. */
        public long depth() {
            return (long) rows * columns * paddedChannels();
        }

        @Override
        public long bytes() {
            return format.bytes(depth() * groups * panels() * width);
        }

        @Override
        public void pack(Optional<Tensor> source, MemorySegment target) {
            Tensor tensor = source.orElseThrow();
            int lanes = format.lanes();
            long depth = depth();
            for (int group = 0; group < groups; group++) {
                for (int output = 0; output < outputs; output++) {
                    long panel = (long) group * panels() + output / width;
                    long from = ((long) group * outputs + output) * outputStride;
                    for (int tap = 0; tap < rows * columns; tap++) {
                        for (int channel = 0; channel < channels; channel++) {
                            long k = (long) tap * paddedChannels() + channel;
                            long index =
                                    panel * depth * width + (k / lanes * width + output % width) * lanes + k % lanes;
                            write(tensor, from + channel * channelStride + tap, target, index);
                        }
                    }
                }
            }
        }

        private void write(Tensor tensor, long from, MemorySegment target, long index) {
            if (format.equals(NumberFormat.F32)) {
                target.setAtIndex(ValueLayout.JAVA_FLOAT, index, tensor.getFloat(from) * factor);
            } else {
                target.set(ValueLayout.JAVA_BYTE, index, (byte) tensor.getLong(from));
            }
        }
    }

    /**
     * One number an output channel, each group padded with zeros to whole panels: {@code [group][panel][width]}.
     *
     * @param constant {@code groups * outputs} elements or one that stands for all; empty for zeros
     * @param format F32 or S32
     * @param factor every element is multiplied by it, 1 for integers
     */
    record PanelVector(String constant, NumberFormat format, int groups, int outputs, int width, float factor)
            implements Packing {
        @Override
        public long bytes() {
            return format.bytes((long) groups * wholePanels(outputs, width));
        }

        @Override
        public void pack(Optional<Tensor> source, MemorySegment target) {
            if (source.isEmpty()) {
                return;
            }
            Tensor tensor = source.get();
            for (int group = 0; group < groups; group++) {
                for (int output = 0; output < outputs; output++) {
                    long from = tensor.elements() == 1 ? 0 : (long) group * outputs + output;
                    long to = (long) group * wholePanels(outputs, width) + output;
                    if (format.equals(NumberFormat.F32)) {
                        target.setAtIndex(ValueLayout.JAVA_FLOAT, to, tensor.getFloat(from) * factor);
                    } else {
                        target.setAtIndex(ValueLayout.JAVA_INT, to, (int) tensor.getLong(from));
                    }
                }
            }
        }
    }

    /**
     * Numbers that are known when planning, one an output channel, each group padded with zeros to whole panels.
     *
     * @param format F32 or S32
     * @param values {@code groups * outputs} of them
     */
    record Numbers(NumberFormat format, List<Double> values, int groups, int outputs, int width) implements Packing {
        public Numbers {
            values = List.copyOf(values);
        }

        @Override
        public String constant() {
            return "";
        }

        @Override
        public long bytes() {
            return format.bytes((long) groups * wholePanels(outputs, width));
        }

        @Override
        public void pack(Optional<Tensor> source, MemorySegment target) {
            for (int channel = 0; channel < groups * outputs; channel++) {
                long to = (long) (channel / outputs) * wholePanels(outputs, width) + channel % outputs;
                double value = values.get(channel);
                if (format.equals(NumberFormat.F32)) {
                    target.setAtIndex(ValueLayout.JAVA_FLOAT, to, (float) value);
                } else {
                    target.setAtIndex(ValueLayout.JAVA_INT, to, (int) value);
                }
            }
        }
    }

    /**
     * Depthwise weights {@code [tap][channel]}.
     *
     * @param constant {@code [channels, 1, rows, columns]}
     * @param format F32 or S8
     */
    record DepthwiseTaps(String constant, NumberFormat format, int channels, int taps) implements Packing {
        @Override
        public boolean ofLevels() {
            return !format.equals(NumberFormat.F32);
        }

        @Override
        public long bytes() {
            return format.bytes((long) channels * taps);
        }

        @Override
        public void pack(Optional<Tensor> source, MemorySegment target) {
            Tensor tensor = source.orElseThrow();
            for (int channel = 0; channel < channels; channel++) {
                for (int tap = 0; tap < taps; tap++) {
                    long from = (long) channel * taps + tap;
                    long to = (long) tap * channels + channel;
                    if (format.equals(NumberFormat.F32)) {
                        target.setAtIndex(ValueLayout.JAVA_FLOAT, to, tensor.getFloat(from));
                    } else {
                        target.set(ValueLayout.JAVA_BYTE, to, (byte) tensor.getLong(from));
                    }
                }
            }
        }
    }

    /**
     * The constant's elements as they are, row-major; FLOAT32 only.
     *
     * @param elements how many
     */
    record Plain(String constant, long elements) implements Packing {
        @Override
        public long bytes() {
            return elements * ElementType.FLOAT32.bytes();
        }

        @Override
        public void pack(Optional<Tensor> source, MemorySegment target) {
            target.copyFrom(source.orElseThrow().data());
        }
    }
}
