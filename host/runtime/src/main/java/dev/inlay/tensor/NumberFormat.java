// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tensor;

/**
 * How one number is held in a device's memory.
 *
 * @param name short lower-case name, part of kernel names: {@code f32}, {@code u8}, {@code s8}
 * @param kind what the bits mean
 * @param bits bits of one number, 1 to 64
 */
public record NumberFormat(String name, Kind kind, int bits) {
    /** What the bits of a number mean. */
    public enum Kind {
        FLOAT,
        UNSIGNED,
        SIGNED
    }

    public static final NumberFormat F32 = new NumberFormat("f32", Kind.FLOAT, 32);
    public static final NumberFormat U8 = new NumberFormat("u8", Kind.UNSIGNED, 8);
    public static final NumberFormat S8 = new NumberFormat("s8", Kind.SIGNED, 8);
    public static final NumberFormat S16 = new NumberFormat("s16", Kind.SIGNED, 16);
    public static final NumberFormat S32 = new NumberFormat("s32", Kind.SIGNED, 32);
    public static final NumberFormat S64 = new NumberFormat("s64", Kind.SIGNED, 64);

    /** Numbers in one 32-bit word, at least 1. */
    public int lanes() {
        return Math.max(1, 32 / bits);
    }

    /** Bytes of {@code count} numbers, the last byte filled up. */
    public long bytes(long count) {
        return (count * bits + 7) / 8;
    }

    /** The format in which a device holds a tensor of this logical type when nothing approximates it. */
    public static NumberFormat of(ElementType type) {
        return switch (type) {
            case FLOAT32, FLOAT64 -> F32;
            case UINT8, BOOL -> U8;
            case INT8 -> S8;
            case INT32 -> S32;
            case INT64 -> S64;
        };
    }

    @Override
    public String toString() {
        return name;
    }
}
