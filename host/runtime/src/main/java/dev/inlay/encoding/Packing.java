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
public sealed interface Packing
        permits CirculantPacking,
                ColumnPacking,
                SharedPacking,
                SparsePacking,
                Packing.Panels,
                Packing.PanelBlocks,
                Packing.PanelVector,
                Packing.Numbers,
                Packing.Table,
                Packing.DepthwiseTaps,
                Packing.Plain {
    /** Name of the constant that is packed; the empty string where there is none and the packing is all zero. */
    String constant();

    /** Bytes of the packed form. */
    long bytes();

    /** Output channels of a group, padded to whole panels. */
    static int wholePanels(int outputs, int width) {
        return Math.ceilDiv(outputs, width) * width;
    }

    /** Writes a number in F32, S64, S32 or S8. */
    static void put(MemorySegment target, NumberFormat format, long index, double number) {
        switch (format.name()) {
            case "f32" -> target.setAtIndex(ValueLayout.JAVA_FLOAT, index, (float) number);
            case "s64" -> target.setAtIndex(ValueLayout.JAVA_LONG, index, (long) number);
            case "s32" -> target.setAtIndex(ValueLayout.JAVA_INT, index, (int) number);
            case "s8" -> target.set(ValueLayout.JAVA_BYTE, index, (byte) number);
            default ->
                throw new IllegalArgumentException("packed numbers: got " + format + ", expected f32, s64, s32 or s8");
        }
    }

    /** What of a constant is packed. */
    enum Source {
        /** Its numbers. */
        NUMBERS,
        /** The levels of a term of one that is held as codes. */
        LEVELS,
        /** The codes of a term. */
        CODES,
        /** The scales of a term. */
        SCALES,
        /** The numbers that its weights share: vectors of circulant blocks, buckets, centroids. */
        SHARED,
        /** Which of the centroids its weights are. */
        PLACES
    }

    /** What is packed. */
    default Source source() {
        return Source.NUMBERS;
    }

    /** The term of a constant that is held as codes. */
    default int term() {
        return 0;
    }

    static Source of(NumberFormat weights) {
        return switch (weights.kind()) {
            case FLOAT -> Source.NUMBERS;
            case LOGARITHMIC, TABLE -> Source.CODES;
            case UNSIGNED, SIGNED, BINARY, BLOCK_FLOAT -> Source.LEVELS;
        };
    }

    /**
     * Writes the packed form.
     *
     * @param source the constant, absent when {@link #constant()} is empty
     * @param target zeroed memory of {@link #bytes()} bytes
     */
    void pack(Optional<Tensor> source, MemorySegment target);

    /**
     * Weights of a contraction in panels of 32-bit words, {@code [group][panel][k / run][vector][word][lane]}: the words
     * of a run of each of the vectors of output channels. k runs over {@code [tap row][tap column][channel]} with the
     * channels of a tap padded to runs; padding, that of the last panel too, is zero.
     *
     * @param constant floats for F32, codes of logarithmic formats and of tables, else levels
     * @param term of the codes
     * @param pair formats of activations and weights
     * @param weights their extents and strides
     * @param vectors vectors of a panel
     * @param lanes output channels of a vector
     * @param factor every weight is multiplied by it; 1 for levels
     * @param kept the runs that are packed, one after the other; empty for all of them
     */
    record Panels(
            String constant,
            int term,
            OperandPair pair,
            WeightsShape weights,
            int vectors,
            int lanes,
            float factor,
            Optional<Occupancy> kept)
            implements Packing {
        /** Panels of all runs. */
        public Panels(
                String constant,
                int term,
                OperandPair pair,
                WeightsShape weights,
                int vectors,
                int lanes,
                float factor) {
            this(constant, term, pair, weights, vectors, lanes, factor, Optional.empty());
        }

        @Override
        public Source source() {
            return of(pair.w());
        }

        private int runs() {
            return Math.ceilDiv(weights.channels(), pair.run());
        }

        private int panels() {
            return Math.ceilDiv(weights.outputs(), vectors * lanes);
        }

        /** Length of the contracted axis as the kernel sees it. */
        public long depth() {
            return (long) weights.taps() * runs() * pair.run();
        }

        @Override
        public long bytes() {
            long packed = kept.map(Occupancy::entries)
                    .map(Integer::longValue)
                    .orElseGet(() -> depth() / pair.run() * weights.groups() * panels());
            return Math.max(1, packed) * Integer.BYTES * vectors * lanes * pair.wordsOfW();
        }

        @Override
        public void pack(Optional<Tensor> source, MemorySegment target) {
            Tensor tensor = source.orElseThrow();
            NumberFormat format = pair.w();
            int[] words = new int[format.words()];
            long[] levels = new long[format.run()];
            int parts = pair.run() / format.run();
            for (int group = 0; group < weights.groups(); group++) {
                for (int output = 0; output < weights.outputs(); output++) {
                    int width = vectors * lanes;
                    int slice = group * panels() + output / width;
                    long from = weights.first(group, output);
                    for (int tap = 0; tap < weights.taps(); tap++) {
                        for (int part = 0; part < runs() * parts; part++) {
                            encode(tensor, from + tap, part * format.run(), levels, words);
                            long run = place(slice, tap * runs() + part / parts);
                            if (run < 0) {
                                continue;
                            }
                            long vector = run * vectors + output % width / lanes;
                            for (int word = 0; word < words.length; word++) {
                                long at = vector * pair.wordsOfW() + (long) part % parts * words.length + word;
                                target.setAtIndex(ValueLayout.JAVA_INT, at * lanes + output % lanes, words[word]);
                            }
                        }
                    }
                }
            }
        }

        /** Where a run of a slice is packed; below zero where it is not. */
        private long place(int slice, int run) {
            return kept.isPresent() ? kept.get().find(slice, run) : (long) slice * weights.taps() * runs() + run;
        }

        /** The words of the run of one tap that starts at a channel; padding is zero, in b1 clear bits. */
        private void encode(Tensor tensor, long from, int channel, long[] levels, int[] words) {
            if (pair.w().kind() == NumberFormat.Kind.FLOAT) {
                words[0] = Float.floatToRawIntBits(
                        channel < weights.channels()
                                ? tensor.getFloat(from + channel * weights.channelStride()) * factor
                                : 0);
                return;
            }
            long padding = pair.w().kind() == NumberFormat.Kind.BINARY ? 1 : 0;
            for (int e = 0; e < levels.length; e++) {
                levels[e] = channel + e < weights.channels()
                        ? tensor.getLong(from + (channel + e) * weights.channelStride())
                        : padding;
            }
            RunCode.encode(pair.w(), levels, words);
        }
    }

    /**
     * One scale for each block of the contracted axis and each output channel, {@code [group][panel][tap][block][width]},
     * padded with zeros.
     *
     * @param constant scales of the weights' shape but for the input channels, one a started block of which
     * @param term of the codes
     * @param weights their extents and strides
     * @param block input channels of a block
     * @param width output channels of a panel
     */
    record PanelBlocks(String constant, int term, WeightsShape weights, int block, int width) implements Packing {
        @Override
        public Source source() {
            return Source.SCALES;
        }

        private int panels() {
            return Math.ceilDiv(weights.outputs(), width);
        }

        private int blocks() {
            return Math.ceilDiv(weights.channels(), block);
        }

        @Override
        public long bytes() {
            return (long) Float.BYTES * weights.groups() * panels() * weights.taps() * blocks() * width;
        }

        @Override
        public void pack(Optional<Tensor> source, MemorySegment target) {
            Tensor tensor = source.orElseThrow();
            WeightsShape scales = weights.withChannels(blocks());
            for (int group = 0; group < weights.groups(); group++) {
                for (int output = 0; output < weights.outputs(); output++) {
                    long panel = (long) group * panels() + output / width;
                    for (int tap = 0; tap < weights.taps(); tap++) {
                        for (int each = 0; each < blocks(); each++) {
                            long to = ((panel * weights.taps() + tap) * blocks() + each) * width + output % width;
                            long from = scales.first(group, output) + tap + each * scales.channelStride();
                            target.setAtIndex(ValueLayout.JAVA_FLOAT, to, tensor.getFloat(from));
                        }
                    }
                }
            }
        }
    }

    /**
     * One number an output channel, each group padded with zeros to whole panels: {@code [group][panel][width]}.
     *
     * @param constant {@code groups * outputs} elements or one that stands for all; empty for zeros
     * @param format F32, S32 or S64
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
                    double number = format.equals(NumberFormat.F32)
                            ? tensor.getFloat(from) * factor
                            : (double) tensor.getLong(from);
                    put(target, format, to, number);
                }
            }
        }
    }

    /**
     * Numbers that are known when planning, one an output channel, each group padded with zeros to whole panels.
     *
     * @param format F32, S32 or S64
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
                put(target, format, to, values.get(channel));
            }
        }
    }

    /**
     * The numbers of a table, known when planning, padded with zeros.
     *
     * @param values the numbers
     * @param entries how many the kernel's table has
     */
    record Table(List<Float> values, int entries) implements Packing {
        public Table {
            values = List.copyOf(values);
        }

        @Override
        public String constant() {
            return "";
        }

        @Override
        public long bytes() {
            return (long) entries * Float.BYTES;
        }

        @Override
        public void pack(Optional<Tensor> source, MemorySegment target) {
            for (int i = 0; i < values.size(); i++) {
                target.setAtIndex(ValueLayout.JAVA_FLOAT, i, values.get(i));
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
        public Source source() {
            return of(format);
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
                    put(target, format, to, tensor.getDouble(from));
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
