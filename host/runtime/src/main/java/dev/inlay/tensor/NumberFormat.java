// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tensor;

/**
 * How numbers are held in a device's memory.
 *
 * <p>Coded formats hold integer <em>levels</em>: the real value is scale · level. Numbers lie in <em>runs</em> of
 * {@link #run()} neighbours that fill {@link #words()} 32-bit words; the text {@code prelude/storage/<name>.cl} of the
 * kernels says where in them each number is.
 *
 * @param name short lower-case name, part of kernel names: {@code f32}, {@code u8}, {@code s4}
 * @param kind what the bits mean
 * @param bits bits of one number, 1 to 64; of a mantissa for BLOCK_FLOAT
 * @param run neighbouring numbers that are held together
 * @param words 32-bit words of a run
 */
public record NumberFormat(String name, Kind kind, int bits, int run, int words) {
    /** What the bits of a number mean. */
    public enum Kind {
        FLOAT,
        UNSIGNED,
        SIGNED,
        /** +1 (clear) or -1 (set): no zero. */
        BINARY,
        /** A sign and an index: 0 for zero, i + 1 for 2^i; the level is ±index. */
        LOGARITHMIC,
        /** Signed mantissas with one power of two a run. */
        BLOCK_FLOAT,
        /** Places in a table of numbers; the level is the place. */
        TABLE
    }

    public static final NumberFormat F32 = new NumberFormat("f32", Kind.FLOAT, 32, 1, 1);
    public static final NumberFormat U8 = new NumberFormat("u8", Kind.UNSIGNED, 8, 4, 1);
    public static final NumberFormat S8 = new NumberFormat("s8", Kind.SIGNED, 8, 4, 1);
    public static final NumberFormat S16 = new NumberFormat("s16", Kind.SIGNED, 16, 2, 1);
    public static final NumberFormat S4 = new NumberFormat("s4", Kind.SIGNED, 4, 8, 1);
    public static final NumberFormat S2 = new NumberFormat("s2", Kind.SIGNED, 2, 16, 1);
    public static final NumberFormat B1 = new NumberFormat("b1", Kind.BINARY, 1, 32, 1);
    /** Ternary: -1, 0 or 1, a plane of what is not zero and one of what is negative. */
    public static final NumberFormat T2 = new NumberFormat("t2", Kind.SIGNED, 2, 32, 2);

    /** Unsigned bit planes, for activations. */
    public static final NumberFormat P2 = new NumberFormat("p2", Kind.UNSIGNED, 2, 32, 2);

    public static final NumberFormat P3 = new NumberFormat("p3", Kind.UNSIGNED, 3, 32, 3);
    public static final NumberFormat P4 = new NumberFormat("p4", Kind.UNSIGNED, 4, 32, 4);

    /** Two's complement bit planes, for weights. */
    public static final NumberFormat Q2 = new NumberFormat("q2", Kind.SIGNED, 2, 32, 2);

    public static final NumberFormat Q3 = new NumberFormat("q3", Kind.SIGNED, 3, 32, 3);
    public static final NumberFormat Q4 = new NumberFormat("q4", Kind.SIGNED, 4, 32, 4);
    public static final NumberFormat L4 = new NumberFormat("l4", Kind.LOGARITHMIC, 4, 8, 1);
    public static final NumberFormat L8 = new NumberFormat("l8", Kind.LOGARITHMIC, 8, 4, 1);
    /** Places in tables of 4, 16 and 256 floats, for weights. */
    public static final NumberFormat C2 = new NumberFormat("c2", Kind.TABLE, 2, 16, 1);

    public static final NumberFormat C4 = new NumberFormat("c4", Kind.TABLE, 4, 8, 1);
    public static final NumberFormat C8 = new NumberFormat("c8", Kind.TABLE, 8, 4, 1);
    public static final NumberFormat S32 = new NumberFormat("s32", Kind.SIGNED, 32, 1, 1);
    public static final NumberFormat S64 = new NumberFormat("s64", Kind.SIGNED, 64, 1, 2);

    /**
     * Block floating point.
     *
     * @param block mantissas that share a power of two, 4 to 64, a multiple of 4
     */
    public static NumberFormat blockFloat(int block) {
        if (block < 4 || block > 64 || block % 4 != 0) {
            throw new IllegalArgumentException("block: got " + block + ", expected a multiple of 4 from 4 to 64");
        }
        return new NumberFormat("bf", Kind.BLOCK_FLOAT, 8, block, block / 4 + 1);
    }

    /** Numbers that a region is padded to: whole runs. */
    public int lanes() {
        return run;
    }

    /** Whether each number has bytes of its own, and so an address: the buffer's elements are the numbers. */
    public boolean isAddressable() {
        return bits >= 8 && kind != Kind.BLOCK_FLOAT;
    }

    /** Bytes of one element of a device's buffer: of a number if {@link #isAddressable()}, else of a 32-bit word. */
    public int elementBytes() {
        return isAddressable() ? bits / 8 : Integer.BYTES;
    }

    /** Elements of a device's buffer that hold {@code count} numbers which fill whole runs. */
    public long elements(long count) {
        return isAddressable() ? count : count / run * words;
    }

    /** Bytes of {@code count} numbers; those without an address fill whole runs. */
    public long bytes(long count) {
        return isAddressable() ? count * elementBytes() : Math.ceilDiv(count, (long) run) * words * Integer.BYTES;
    }

    /** Whether bit m of all numbers of a run is together in one word, number e at bit e. */
    public boolean isPlanes() {
        return run == 32;
    }

    /** The least level, for coded formats. */
    public long least() {
        return switch (kind) {
            case UNSIGNED, FLOAT, TABLE -> 0;
            case BINARY -> -1;
            // t2 is symmetric.
            case SIGNED -> name.equals("t2") ? -1 : -(1L << (bits - 1));
            case LOGARITHMIC -> -((1L << (bits - 1)) - 1);
            case BLOCK_FLOAT -> -128;
        };
    }

    /** The largest level, for coded formats. */
    public long most() {
        return switch (kind) {
            case UNSIGNED, FLOAT, TABLE -> (1L << bits) - 1;
            case BINARY -> 1;
            case SIGNED, LOGARITHMIC -> (1L << (bits - 1)) - 1;
            case BLOCK_FLOAT -> 127;
        };
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
