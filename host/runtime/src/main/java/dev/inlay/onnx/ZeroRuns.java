// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import dev.inlay.encoding.Sparse;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.ValueLayout;

/** Zeros before each number that is held, as a file holds them: UINT8 {@code [ceil(numbers / 2)]}, low halves first. */
final class ZeroRuns {
    private ZeroRuns() {}

    static Tensor pack(long[] held) {
        Tensor runs = Tensor.allocate(ElementType.UINT8, shape(held.length));
        long last = -1;
        for (int i = 0; i < held.length; i++) {
            int run = (int) (held[i] - last - 1);
            byte pair = runs.data().get(ValueLayout.JAVA_BYTE, i / 2);
            runs.data().set(ValueLayout.JAVA_BYTE, i / 2, (byte) (pair | run << (i % 2 * Sparse.RUN_BITS)));
            last = held[i];
        }
        return runs;
    }

    /** The shape of the runs before so many numbers. */
    static Shape shape(long numbers) {
        return Shape.of(Math.ceilDiv(numbers, 2L));
    }

    /** Row-major indices of so many numbers. */
    static long[] unpack(Tensor runs, int numbers) {
        long[] held = new long[numbers];
        long last = -1;
        for (int i = 0; i < numbers; i++) {
            int pair = runs.data().get(ValueLayout.JAVA_BYTE, i / 2);
            last += (pair >> (i % 2 * Sparse.RUN_BITS) & Sparse.LONGEST) + 1;
            held[i] = last;
        }
        return held;
    }
}
