// SPDX-License-Identifier: Apache-2.0
package dev.inlay.encoding;

import dev.inlay.tensor.NumberFormat;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** Writes single weights one after the other in runs of their format. */
final class RunWriter {
    private final NumberFormat format;
    private final float factor;
    private final MemorySegment target;
    private final long[] levels;
    private final int[] words;
    private long count;

    /**
     * @param format F32 or a coded one
     * @param factor floats are multiplied by it
     */
    RunWriter(NumberFormat format, float factor, MemorySegment target) {
        this.format = format;
        this.factor = factor;
        this.target = target;
        this.levels = new long[format.run()];
        this.words = new int[format.words()];
        clear();
    }

    /** Bytes of so many weights: whole runs, at least one. */
    static long bytes(NumberFormat format, long weights) {
        return Math.ceilDiv(Math.max(1, weights), (long) format.run()) * format.words() * Integer.BYTES;
    }

    void add(Tensor tensor, long at) {
        if (format.equals(NumberFormat.F32)) {
            target.setAtIndex(ValueLayout.JAVA_FLOAT, count++, tensor.getFloat(at) * factor);
            return;
        }
        levels[(int) (count++ % levels.length)] = tensor.getLong(at);
        if (count % levels.length == 0) {
            write();
        }
    }

    /** Writes what is left of a run. */
    void close() {
        if (count % levels.length != 0) {
            write();
        }
    }

    private void write() {
        RunCode.encode(format, levels, words);
        long run = (count - 1) / levels.length;
        for (int word = 0; word < words.length; word++) {
            target.setAtIndex(ValueLayout.JAVA_INT, run * words.length + word, words[word]);
        }
        clear();
    }

    /** Fills with a level that every format has. */
    private void clear() {
        Arrays.fill(levels, format.kind() == NumberFormat.Kind.BINARY ? 1 : 0);
    }
}
