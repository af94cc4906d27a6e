// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tensor;

/** The logical type of a tensor's elements, as ONNX names them; how a device stores them is a {@link NumberFormat}. */
public enum ElementType {
    FLOAT32(4),
    FLOAT64(8),
    INT8(1),
    UINT8(1),
    INT32(4),
    INT64(8),
    BOOL(1);

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element in a host tensor. */
    public int bytes() {
        return bytes;
    }

    public boolean isFloating() {
        return this == FLOAT32 || this == FLOAT64;
    }
}
