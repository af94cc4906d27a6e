// SPDX-License-Identifier: Apache-2.0
package dev.inlay.encoding;

import dev.inlay.tensor.NumberFormat;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** Weights without those that are zero, and where the others stand. */
public sealed interface SparsePacking extends Packing {
    /**
     * The weights that are not zero, of one output channel after the other: each {@code [tap][channel]}.
     *
     * @param constant floats for F32, else levels
     * @param term of the codes
     * @param format F32 or S8
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
                    double number = tensor.getDouble(at);
                    Packing.put(
                            target, format, entry, format.equals(NumberFormat.F32) ? (float) number * factor : number);
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
    record Places(Occupancy kept, int columns, long rowStep, long columnStep, long runStep) implements SparsePacking {
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
}
