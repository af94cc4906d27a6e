// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

/** How kernels use a buffer, and where its memory comes from. */
public enum BufferFlag {
    READ_WRITE(1),
    /** Kernels only write it. */
    WRITE_ONLY(1 << 1),
    /** Kernels only read it. */
    READ_ONLY(1 << 2),
    /** Memory that the host reaches by mapping, without a copy where both share memory. */
    HOST_MEMORY(1 << 4);

    private final long bit;

    BufferFlag(long bit) {
        this.bit = bit;
    }

    public long bit() {
        return bit;
    }
}
