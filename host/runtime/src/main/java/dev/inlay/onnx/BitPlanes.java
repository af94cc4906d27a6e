// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import dev.inlay.encoding.Levels;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.ValueLayout;

/**
 * Codes of few bits as a file holds them: UINT8 {@code [bits, ceil(elements / 8)]}, plane p having bit p of each code
 * less the least one, the first of eight codes in the lowest bit of a byte.
 */
final class BitPlanes {
    private BitPlanes() {}

    static Tensor pack(Tensor codes, Levels levels) {
        long bytes = Math.ceilDiv(codes.elements(), (long) Byte.SIZE);
        Tensor planes = Tensor.allocate(ElementType.UINT8, Shape.of(levels.bits(), bytes));
        for (long i = 0; i < codes.elements(); i++) {
            int rest = (int) codes.getLong(i) - levels.low();
            for (long at = i / Byte.SIZE; rest != 0; at += bytes, rest >>= 1) {
                if ((rest & 1) != 0) {
                    byte eight = planes.data().get(ValueLayout.JAVA_BYTE, at);
                    planes.data().set(ValueLayout.JAVA_BYTE, at, (byte) (eight | 1 << (int) (i % Byte.SIZE)));
                }
            }
        }
        return planes;
    }

    /** The shape of planes of so many codes. */
    static Shape shape(Shape codes, Levels levels) {
        return Shape.of(levels.bits(), Math.ceilDiv(codes.elements(), (long) Byte.SIZE));
    }

    /** The code at an index; it may be above the greatest. */
    static int code(Tensor planes, Levels levels, long index) {
        long bytes = planes.shape().extent(1);
        int code = 0;
        for (int plane = 0; plane < levels.bits(); plane++) {
            int eight = planes.data().get(ValueLayout.JAVA_BYTE, plane * bytes + index / Byte.SIZE);
            code |= (eight >> (int) (index % Byte.SIZE) & 1) << plane;
        }
        return code + levels.low();
    }
}
