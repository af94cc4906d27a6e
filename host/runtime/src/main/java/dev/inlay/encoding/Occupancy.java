// SPDX-License-Identifier: Apache-2.0
package dev.inlay.encoding;

import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Which runs of weights hold a number that is not zero. A slice is the output channels of one panel of one group; its
 * runs are counted over {@code [tap][channel / run]}. A panel of one channel and runs of one number give the compressed
 * rows of a matrix (CSR); wider ones give blocks.
 */
public final class Occupancy {
    private final WeightsShape weights;
    private final int width;
    private final int run;
    private final int[] starts;
    private final int[] runs;

    private Occupancy(WeightsShape weights, int width, int run, int[] starts, int[] runs) {
        this.weights = weights;
        this.width = width;
        this.run = run;
        this.starts = starts;
        this.runs = runs;
    }

    /**
     * @param numbers the weights
     * @param weights how they lie
     * @param width output channels of a panel
     * @param run input channels of a run
     */
    public static Occupancy of(Tensor numbers, WeightsShape weights, int width, int run) {
        int panels = Math.ceilDiv(weights.outputs(), width);
        int ofTap = Math.ceilDiv(weights.channels(), run);
        int[] starts = new int[weights.groups() * panels + 1];
        int[] runs = new int[16];
        int count = 0;
        for (int slice = 0; slice + 1 < starts.length; slice++) {
            BitSet kept = new BitSet(weights.taps() * ofTap);
            int first = slice % panels * width;
            for (int output = first; output < Math.min(first + width, weights.outputs()); output++) {
                long from = weights.first(slice / panels, output);
                for (int channel = 0; channel < weights.channels(); channel++) {
                    long at = from + channel * weights.channelStride();
                    for (int tap = 0; tap < weights.taps(); tap++) {
                        if (!isZero(numbers, at + tap)) {
                            kept.set(tap * ofTap + channel / run);
                        }
                    }
                }
            }
            if (count + kept.cardinality() > runs.length) {
                runs = Arrays.copyOf(runs, Math.max(2 * runs.length, count + kept.cardinality()));
            }
            for (int each = kept.nextSetBit(0); each >= 0; each = kept.nextSetBit(each + 1)) {
                runs[count++] = each;
            }
            starts[slice + 1] = count;
        }
        return new Occupancy(weights, width, run, starts, Arrays.copyOf(runs, count));
    }

    /**
     * The same runs with the taps of a channel side by side, {@code [channel / run][tap]}: who walks them meets activations
     * that are near each other. Such runs cannot be found.
     */
    public Occupancy byChannel() {
        int[] sorted = new int[runs.length];
        int ofTap = runsOfTap();
        for (int entry = 0; entry < sorted.length; entry++) {
            sorted[entry] = runs[entry] % ofTap * weights.taps() + runs[entry] / ofTap;
        }
        for (int slice = 0; slice < slices(); slice++) {
            Arrays.sort(sorted, starts[slice], starts[slice + 1]);
        }
        for (int entry = 0; entry < sorted.length; entry++) {
            sorted[entry] = sorted[entry] % weights.taps() * ofTap + sorted[entry] / weights.taps();
        }
        return new Occupancy(weights, width, run, starts, sorted);
    }

    /** The share of numbers that are not zero, 0 to 1. */
    public static double share(Tensor numbers) {
        long count = 0;
        for (long i = 0; i < numbers.elements(); i++) {
            count += isZero(numbers, i) ? 0 : 1;
        }
        return (double) count / Math.max(1, numbers.elements());
    }

    private static boolean isZero(Tensor numbers, long index) {
        return numbers.type() == ElementType.FLOAT32
                ? numbers.data().getAtIndex(ValueLayout.JAVA_FLOAT, index) == 0
                : numbers.getLong(index) == 0;
    }

    public WeightsShape weights() {
        return weights;
    }

    /** Panels of all groups. */
    public int slices() {
        return starts.length - 1;
    }

    /** Input channels of a run. */
    public int run() {
        return run;
    }

    /** Output channels of a panel. */
    public int width() {
        return width;
    }

    /** Where the runs of a slice begin among all that are kept; of the last slice plus one, their number. */
    public int start(int slice) {
        return starts[slice];
    }

    /** A kept run's place among the runs of its slice. */
    public int run(int kept) {
        return runs[kept];
    }

    /** Runs that are kept. */
    public int entries() {
        return runs.length;
    }

    /** Runs of one tap. */
    public int runsOfTap() {
        return Math.ceilDiv(weights.channels(), run);
    }

    /** The share of runs that are kept, 0 to 1. */
    public double density() {
        return entries() / ((double) slices() * weights.taps() * runsOfTap());
    }

    /** The position of a run among those kept, if it is; else below zero. */
    int find(int slice, int wanted) {
        return Arrays.binarySearch(runs, starts[slice], starts[slice + 1], wanted);
    }
}
