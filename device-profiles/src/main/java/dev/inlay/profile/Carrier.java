// SPDX-License-Identifier: Apache-2.0
package dev.inlay.profile;

/** The arithmetic a contraction runs on, and which a peak is given for. */
public enum Carrier implements Labelled {
    /** 32-bit floating point. */
    F32("f32"),
    /** 16-bit signed integers, accumulated in 32 bits or more. */
    S16("s16"),
    /** Unsigned 8-bit activations times signed 8-bit weights. */
    U8S8("u8s8"),
    /** Bit planes: AND or XOR with a population count; one operation per bit and add. */
    PLANES("planes"),
    /** Shifts in the place of multiplies. */
    SHIFT("shift");

    private final String label;

    Carrier(String label) {
        this.label = label;
    }

    @Override
    public String label() {
        return label;
    }
}
