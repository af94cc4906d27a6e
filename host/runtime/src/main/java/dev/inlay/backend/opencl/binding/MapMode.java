// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

/** What the host does with a mapped region. */
public enum MapMode {
    READ(1),
    WRITE(1 << 1),
    READ_WRITE(3);

    private final long bits;

    MapMode(long bits) {
        this.bits = bits;
    }

    public long bits() {
        return bits;
    }
}
