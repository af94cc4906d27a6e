// SPDX-License-Identifier: Apache-2.0
package dev.inlay.encoding;

import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.NumberFormat;
import dev.inlay.tensor.Shape;
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
        /** The vectors of circulant blocks. */
        VECTORS
    }

    /** What is packed. */
    default Source source() {
        return Source.NUMBERS;
    }

    /** The term of a constant that is held as codes. */
    default int term() {
        return 0;
    }

    private static Source of(NumberFormat weights) {
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
     * The weights that are not zero, of one output channel after the other: each {@code [tap][channel]}.
     *
     * @param constant floats for F32, else levels
     * @param term of the codes
     * @param format F32 or S8
     * @param factor every weight is multiplied by it; 1 for levels
     * @param kept panels of one channel, runs of one number
     */
    record Values(String constant, int term, NumberFormat format, float factor, Occupancy kept) implements Packing {
        @Override
        public Source source() {
            return of(format);
        }

        @Override
        public long bytes() {
            return format.bytes(Math.max(4, kept.entries()));
        }

        @Override
        public void pack(Optional<Tensor> source, MemorySegment target) {
            Tensor tensor = source.orElseThrow();
            WeightsShape weights = kept.weights();
            for (int slice = 0; slice < kept.slices(); slice++) {
                long from = weights.first(slice / weights.outputs(), slice % weights.outputs());
                for (int entry = kept.start(slice); entry < kept.start(slice + 1); entry++) {
                    int tap = kept.run(entry) / weights.channels();
                    int channel = kept.run(entry) % weights.channels();
                    long at = from + tap + channel * weights.channelStride();
                    if (format.equals(NumberFormat.F32)) {
                        target.setAtIndex(ValueLayout.JAVA_FLOAT, entry, tensor.getFloat(at) * factor);
                    } else {
                        target.set(ValueLayout.JAVA_BYTE, entry, (byte) tensor.getLong(at));
                    }
                }
            }
        }
    }

    /**
     * The list of the runs that are kept, 32-bit integers: where each slice begins in the list, and where the list ends;
     * then of each run where its activations lie, in elements from a pixel's own.
     *
     * @param kept the runs
     * @param columns taps of a row of the window
     * @param rowStep elements from a row of taps to the next
     * @param columnStep elements from a tap to the next in its row
     * @param runStep elements from a run to the next in its tap
     */
    record Places(Occupancy kept, int columns, long rowStep, long columnStep, long runStep) implements Packing {
        @Override
        public String constant() {
            return "";
        }

        @Override
        public long bytes() {
            return Integer.BYTES * (kept.slices() + 1L + kept.entries());
        }

        @Override
        public void pack(Optional<Tensor> source, MemorySegment target) {
            int first = kept.slices() + 1;
            for (int slice = 0; slice <= kept.slices(); slice++) {
                target.setAtIndex(ValueLayout.JAVA_INT, slice, first + kept.start(slice));
            }
            for (int entry = 0; entry < kept.entries(); entry++) {
                int tap = kept.run(entry) / kept.runsOfTap();
                int run = kept.run(entry) % kept.runsOfTap();
                long place = tap / columns * rowStep + tap % columns * columnStep + run * runStep;
                target.setAtIndex(ValueLayout.JAVA_INT, (long) first + entry, Math.toIntExact(place));
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
                    if (format.equals(NumberFormat.F32)) {
                        target.setAtIndex(ValueLayout.JAVA_FLOAT, to, tensor.getFloat(from) * factor);
                    } else if (format.equals(NumberFormat.S64)) {
                        target.setAtIndex(ValueLayout.JAVA_LONG, to, tensor.getLong(from));
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
                double value = values.get(channel);
                if (format.equals(NumberFormat.F32)) {
                    target.setAtIndex(ValueLayout.JAVA_FLOAT, to, (float) value);
                } else if (format.equals(NumberFormat.S64)) {
                    target.setAtIndex(ValueLayout.JAVA_LONG, to, (long) value);
                } else {
                    target.setAtIndex(ValueLayout.JAVA_INT, to, (int) value);
                }
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
     * Circulant blocks {@code [group][tap][input block][output block of the group][number]}, the last group padded with
     * zeros. The numbers are a spectrum as {@link Fourier} gives it, or the vector twice in a row.
     *
     * @param constant weights that are held so
     * @param vectors {@code [blocks of outputs, blocks of inputs, taps, block]}
     * @param group output blocks of a group
     * @param spectral whether spectra are packed
     * @param factor every weight is multiplied by it
     */
    record Circulant(String constant, Shape vectors, int group, boolean spectral, float factor) implements Packing {
        @Override
        public Source source() {
            return Source.VECTORS;
        }

        private int numbers() {
            return vectors.size(3) * (spectral ? 1 : 2);
        }

        @Override
        public long bytes() {
            return vectors.elements(1, 3) * wholePanels(vectors.size(0), group) * numbers() * Float.BYTES;
        }

        @Override
        public void pack(Optional<Tensor> source, MemorySegment target) {
            Tensor tensor = source.orElseThrow();
            int block = vectors.size(3);
            int inputs = vectors.size(1);
            int taps = vectors.size(2);
            double[] vector = new double[block];
            Fourier transform = new Fourier(block, false);
            for (int output = 0; output < vectors.size(0); output++) {
                for (int input = 0; input < inputs; input++) {
                    for (int tap = 0; tap < taps; tap++) {
                        long from = (((long) output * inputs + input) * taps + tap) * block;
                        for (int i = 0; i < block; i++) {
                            vector[i] = tensor.getFloat(from + i) * (double) factor;
                        }
                        long run = ((long) output / group * taps + tap) * inputs + input;
                        long to = (run * group + output % group) * numbers();
                        for (int i = 0; i < numbers(); i++) {
                            double number = spectral ? transform.of(vector, i) : vector[i % block];
                            target.setAtIndex(ValueLayout.JAVA_FLOAT, to + i, (float) number);
                        }
                    }
                }
            }
        }
    }

    /**
     * The matrix of a discrete Fourier transform of a block of real numbers. The spectrum is as many real numbers: the
     * real parts of the first half of the frequencies, then the imaginary parts, with the real part of the middle
     * frequency in the place of the first imaginary part, which is 0. The matrix is {@code [number][of the spectrum]},
     * that of the inverse {@code [of the spectrum][number]}.
     *
     * @param block how many numbers, even
     * @param inverse whether it goes from spectra to numbers
     */
    record Fourier(int block, boolean inverse) implements Packing {
        @Override
        public String constant() {
            return "";
        }

        @Override
        public long bytes() {
            return (long) Float.BYTES * block * block;
        }

        private double cosine(int number, int frequency) {
            return Math.cos(2 * Math.PI * (number * frequency % block) / block);
        }

        private double sine(int number, int frequency) {
            return Math.sin(2 * Math.PI * (number * frequency % block) / block);
        }

        /** What a number adds to a number of the spectrum. */
        private double forward(int number, int part) {
            return part <= block / 2 ? cosine(number, part) : -sine(number, part - block / 2);
        }

        /** One number of a vector's spectrum. */
        private double of(double[] vector, int part) {
            double sum = 0;
            for (int i = 0; i < block; i++) {
                sum += vector[i] * forward(i, part);
            }
            return sum;
        }

        @Override
        public void pack(Optional<Tensor> source, MemorySegment target) {
            for (int number = 0; number < block; number++) {
                for (int part = 0; part < block; part++) {
                    // Frequencies but the first and the middle one stand for their conjugates too.
                    double share = (part == 0 || part == block / 2 ? 1.0 : 2.0) / block;
                    double entry = forward(number, part) * (inverse ? share : 1);
                    long at = inverse ? (long) part * block + number : (long) number * block + part;
                    target.setAtIndex(ValueLayout.JAVA_FLOAT, at, (float) entry);
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
