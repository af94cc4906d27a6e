// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.ValueLayout;

/** Integers 0 to 15 as a file holds them: UINT8 {@code [ceil(integers / 2)]}, the first of two in the lower half. */
final class Halves {
    private static final int BITS = 4;

    private Halves() {}

    static Tensor pack(int[] integers) {
        Tensor halves = Tensor.allocate(ElementType.UINT8, shape(integers.length));
        for (int i = 0; i < integers.length; i++) {
            byte pair = halves.data().get(ValueLayout.JAVA_BYTE, i / 2);
            halves.data().set(ValueLayout.JAVA_BYTE, i / 2, (byte) (pair | integers[i] << (i % 2 * BITS)));
        }
        return halves;
    }

    /** The shape of so many integers. */
    static Shape shape(long integers) {
        return Shape.of(Math.ceilDiv(integers, 2L));
    }

    static int get(Tensor halves, int index) {
        return halves.data().get(ValueLayout.JAVA_BYTE, index / 2) >> (index % 2 * BITS) & 0xf;
    }
}
