// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.inlay.encoding.Levels;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/** Types of codes in a file; host tensors hold all but those of 8 bits as wider integers. */
enum CodeType {
    INT8(DataType.INT8_VALUE, 8, true, ElementType.INT8),
    UINT8(DataType.UINT8_VALUE, 8, false, ElementType.UINT8),
    INT16(DataType.INT16_VALUE, 16, true, ElementType.INT32),
    UINT16(DataType.UINT16_VALUE, 16, false, ElementType.INT32),
    INT4(DataType.INT4_VALUE, 4, true, ElementType.INT8),
    UINT4(DataType.UINT4_VALUE, 4, false, ElementType.UINT8);

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final int number;
    private final int bits;
    private final boolean signed;
    private final ElementType host;

    CodeType(int number, int bits, boolean signed, ElementType host) {
        this.number = number;
        this.bits = bits;
        this.signed = signed;
        this.host = host;
    }

    /** The one of an ONNX type number. */
    static Optional<CodeType> of(int number) {
        return Arrays.stream(values()).filter(type -> type.number == number).findFirst();
    }

    /** The one that host tensors of a type hold as it is. */
    static Optional<CodeType> of(ElementType type) {
        return of(TensorReader.number(type));
    }

    /** Whether host tensors hold such integers as wider ones. */
    boolean isWidened() {
        return bits != 8;
    }

    /** ONNX's number of the type. */
    int number() {
        return number;
    }

    /** Type of the host tensors that hold such integers. */
    ElementType host() {
        return host;
    }

    Levels.Integers range() {
        return Levels.Integers.ofBits(bits, signed);
    }

    /** Bytes of so many integers in a file; two of 4 bits share one, the first in the low half. */
    long bytes(long count) {
        return Math.ceilDiv(count * bits, (long) Byte.SIZE);
    }

    /** The integer at an index of a file's bytes. */
    int get(MemorySegment bytes, long index) {
        if (bits == 8) {
            byte whole = bytes.get(ValueLayout.JAVA_BYTE, index);
            return signed ? whole : whole & 0xff;
        }
        if (bits == 16) {
            short half = bytes.get(SHORT, 2 * index);
            return signed ? half : half & 0xffff;
        }
        int nibble = bytes.get(ValueLayout.JAVA_BYTE, index / 2) >> (index % 2 * 4) & 0xf;
        return signed ? (nibble ^ 8) - 8 : nibble;
    }

    /** The bytes that a file has of a tensor's integers. */
    byte[] pack(Tensor tensor) {
        byte[] bytes = new byte[Math.toIntExact(bytes(tensor.elements()))];
        for (int i = 0; i < tensor.elements(); i++) {
            int integer = (int) tensor.getLong(i);
            if (bits == 16) {
                bytes[2 * i] = (byte) integer;
                bytes[2 * i + 1] = (byte) (integer >> 8);
            } else if (bits == 8) {
                bytes[i] = (byte) integer;
            } else {
                bytes[i / 2] |= (byte) ((integer & 0xf) << (i % 2 * 4));
            }
        }
        return bytes;
    }
}
