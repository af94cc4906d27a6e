// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.profile.Carrier;

/**
 * What a contraction does once for each activation and weight that meet: multiply the two and add the product to a sum.
 *
 * @param kind the arithmetic
 * @param xBits bits of an activation, 1 to 32
 * @param wBits bits of a weight, 1 to 32
 */
public record MultiplyAdd(Kind kind, int xBits, int wBits) {
    /** Single precision. */
    public static final MultiplyAdd F32 = new MultiplyAdd(Kind.FLOAT, 32, 32);

    /** What the numbers are. */
    public enum Kind {
        /** Floating point: both operands have so many bits, or are made so. */
        FLOAT,
        /** Whole numbers; of one bit, signs. */
        INTEGER,
        /** The weight is a power of two: the activation is shifted. */
        SHIFT
    }

    public MultiplyAdd {
        if (xBits < 1 || xBits > Float.SIZE || wBits < 1 || wBits > Float.SIZE) {
            throw new IllegalArgumentException(
                    "multiply-add: got " + xBits + " by " + wBits + " bits, expected 1 to " + Float.SIZE);
        }
    }

    public static MultiplyAdd integers(int xBits, int wBits) {
        return new MultiplyAdd(Kind.INTEGER, xBits, wBits);
    }

    /** The carrier of a processor that does it. */
    public Carrier carrier() {
        return switch (kind) {
            case FLOAT -> Carrier.F32;
            case SHIFT -> Carrier.SHIFT;
            case INTEGER ->
                xBits + wBits <= 4
                        ? Carrier.PLANES
                        : xBits <= Byte.SIZE && wBits <= Byte.SIZE ? Carrier.U8S8 : Carrier.S16;
        };
    }

    @Override
    public String toString() {
        return switch (kind) {
            case FLOAT -> "f" + xBits + (wBits < xBits ? " x " + wBits + " bit" : "");
            case INTEGER -> xBits + " x " + wBits + " bit";
            case SHIFT -> xBits + " bit by " + wBits + " bit shifts";
        };
    }
}
