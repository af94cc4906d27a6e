// SPDX-License-Identifier: Apache-2.0
package dev.inlay.encoding;

import dev.inlay.tensor.NumberFormat;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Optional;

/** Weights without those that are zero, and where the others stand. */
public sealed interface SparsePacking extends Packing {
    /**
     * The weights that are not zero, of one output channel after the other, each in the order of the runs that are kept;
     * in runs of the format.
     *
     * @param constant floats for F32, codes of tables, else levels
     * @param term of the codes
     * @param format F32, signed, binary or a table
     * @param factor every weight is multiplied by it; 1 for levels
     * @param kept panels of one channel, runs of one number
     */
    record Values(String constant, int term, NumberFormat format, float factor, Occupancy kept)
            implements SparsePacking {
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
            for (int slice = 0; slice < kept.slices(); slice++) {
                long from = weights.first(slice / weights.outputs(), slice % weights.outputs());
                for (int entry = kept.start(slice); entry < kept.start(slice + 1); entry++) {
                    int tap = kept.run(entry) / weights.channels();
                    int channel = kept.run(entry) % weights.channels();
                    writer.add(tensor, from + tap + channel * weights.channelStride());
                }
            }
            writer.close();
        }
    }

    /**
     * The list of the runs that are kept: where each slice begins in the list, and where the list ends, 32-bit integers;
     * then of each run where its activations lie, in elements from a pixel's own.
     *
     * @param kept the runs
     * @param columns taps of a row of the window
     * @param rowStep elements from a row of taps to the next
     * @param columnStep elements from a tap to the next in its row
     * @param runStep elements from a run to the next in its tap
     * @param bits of where activations lie, 32 or 16 and then unsigned
     */
    record Places(Occupancy kept, int columns, long rowStep, long columnStep, long runStep, int bits)
            implements SparsePacking {
        /** Places of 32 bits. */
        public Places(Occupancy kept, int columns, long rowStep, long columnStep, long runStep) {
            this(kept, columns, rowStep, columnStep, runStep, Integer.SIZE);
        }

        @Override
        public String constant() {
            return "";
        }

        @Override
        public long bytes() {
            long places = (long) kept.entries() * bits / Integer.SIZE + 1;
            return Integer.BYTES * (kept.slices() + 1L + (bits == Integer.SIZE ? kept.entries() : places));
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
                if (bits == Integer.SIZE) {
                    target.setAtIndex(ValueLayout.JAVA_INT, (long) first + entry, Math.toIntExact(place));
                } else {
                    target.setAtIndex(ValueLayout.JAVA_SHORT, 2L * first + entry, (short) place);
                }
            }
        }
    }

    /**
     * The N of M weights that are held, with the codes of their places, as {@code contract/nofm.cl} reads them:
     * {@code [group][panel][tap][chunk][vector][word][lane]}, the words of a chunk being those of the codes, then those of
     * the weights, of as many groups of M input channels as one word has codes for.
     *
     * @param constant floats for F32, else levels
     * @param term of the codes
     * @param format F32 or signed
     * @param factor every weight is multiplied by it; 1 for levels
     * @param weights their extents and strides
     * @param pattern that they keep to
     * @param vectors vectors of a panel
     * @param lanes output channels of a vector
     */
    record Picks(
            String constant,
            int term,
            NumberFormat format,
            float factor,
            WeightsShape weights,
            NofM pattern,
            int vectors,
            int lanes)
            implements SparsePacking {
        @Override
        public Source source() {
            return Packing.of(format);
        }

        private int codesOfWord() {
            return Integer.SIZE / pattern.codeBits();
        }

        private int groups() {
            return Math.max(1, codesOfWord() / pattern.n());
        }

        private int codeWords() {
            return Math.ceilDiv(groups() * pattern.n(), codesOfWord());
        }

        private int words() {
            return codeWords() + Math.ceilDiv(groups() * pattern.n(), format.run()) * format.words();
        }

        private int chunks() {
            return Math.ceilDiv(weights.channels(), groups() * pattern.m());
        }

        private int panels() {
            return Math.ceilDiv(weights.outputs(), vectors * lanes);
        }

        @Override
        public long bytes() {
            long vectorsOfAll = (long) weights.groups() * panels() * weights.taps() * chunks() * vectors;
            return vectorsOfAll * words() * lanes * Integer.BYTES;
        }

        @Override
        public void pack(Optional<Tensor> source, MemorySegment target) {
            Tensor tensor = source.orElseThrow();
            int[] words = new int[words()];
            int width = vectors * lanes;
            for (int group = 0; group < weights.groups(); group++) {
                for (int output = 0; output < weights.outputs(); output++) {
                    long slice = (long) group * panels() + output / width;
                    long from = weights.first(group, output);
                    for (int tap = 0; tap < weights.taps(); tap++) {
                        for (int chunk = 0; chunk < chunks(); chunk++) {
                            encode(tensor, from + tap, chunk * groups() * pattern.m(), words);
                            long vector = ((slice * weights.taps() + tap) * chunks() + chunk) * vectors
                                    + output % width / lanes;
                            for (int word = 0; word < words.length; word++) {
                                target.setAtIndex(
                                        ValueLayout.JAVA_INT,
                                        (vector * words.length + word) * lanes + output % lanes,
                                        words[word]);
                            }
                        }
                    }
                }
            }
        }

        /** The words of the chunk of one output channel and tap that starts at an input channel. */
        private void encode(Tensor tensor, long from, int first, int[] words) {
            double[] held = new double[Math.ceilDiv(groups() * pattern.n(), format.run()) * format.run()];
            Arrays.fill(words, 0);
            for (int group = 0; group < groups(); group++) {
                int each = group * pattern.n();
                for (int place = 0; place < pattern.m(); place++) {
                    int channel = first + group * pattern.m() + place;
                    double number = channel < weights.channels()
                            ? tensor.getDouble(from + channel * weights.channelStride())
                            : 0;
                    if (number != 0) {
                        held[each] = number;
                        words[each / codesOfWord()] |= place << (each % codesOfWord() * pattern.codeBits());
                        each++;
                    }
                }
            }
            int[] run = new int[format.words()];
            for (int at = 0; at < held.length; at += format.run()) {
                if (format.equals(NumberFormat.F32)) {
                    run[0] = Float.floatToRawIntBits((float) held[at] * factor);
                } else {
                    long[] levels = new long[format.run()];
                    for (int e = 0; e < levels.length; e++) {
                        levels[e] = (long) held[at + e];
                    }
                    RunCode.encode(format, levels, run);
                }
                System.arraycopy(run, 0, words, codeWords() + at / format.run() * format.words(), run.length);
            }
        }
    }
}
