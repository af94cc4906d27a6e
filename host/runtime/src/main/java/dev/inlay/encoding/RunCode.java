// SPDX-License-Identifier: Apache-2.0
package dev.inlay.encoding;

import dev.inlay.tensor.NumberFormat;
import dev.inlay.tensor.NumberFormat.Kind;

/** The words of a run of a coded format, from its levels and back. */
public final class RunCode {
    private RunCode() {}

    /**
     * The words of one run.
     *
     * @param format a coded format
     * @param levels {@link NumberFormat#run()} levels; a logarithmic level is ±(i + 1) for ±2^i, that
     *     of a table the place in it
     * @param words receives {@link NumberFormat#words()} words
     * @throws IllegalArgumentException if a level is out of the format's range
     */
    public static void encode(NumberFormat format, long[] levels, int[] words) {
        java.util.Arrays.fill(words, 0, format.words(), 0);
        for (int e = 0; e < format.run(); e++) {
            long level = levels[e];
            if (level < format.least() || level > format.most() || (format.kind() == Kind.BINARY && level == 0)) {
                throw new IllegalArgumentException(format + ": got the level " + level + ", expected "
                        + (format.kind() == Kind.BINARY ? "-1 or 1" : format.least() + " to " + format.most()));
            }
            long code = code(format, level);
            if (format.isPlanes()) {
                for (int plane = 0; plane < format.words(); plane++) {
                    words[plane] |= (int) (code >> plane & 1) << e;
                }
            } else if (format.bits() >= 32) {
                words[0] = (int) code;
            } else {
                words[word(format, e)] |= (int) (code & mask(format)) << bit(format, e);
            }
        }
    }

    /** The level of element {@code e} of a run whose words are given. */
    public static long level(NumberFormat format, int[] words, int e) {
        long code = 0;
        if (format.isPlanes()) {
            for (int plane = 0; plane < format.words(); plane++) {
                code |= (long) (words[plane] >>> e & 1) << plane;
            }
        } else if (format.bits() >= 32) {
            return words[0];
        } else {
            code = Integer.toUnsignedLong(words[word(format, e)]) >>> bit(format, e) & mask(format);
        }
        return switch (format.kind()) {
            case BINARY -> 1 - 2 * code;
            case UNSIGNED, FLOAT, TABLE -> code;
            case SIGNED ->
                format.equals(NumberFormat.T2)
                        ? (code & 1) - 2 * (code >> 1)
                        : code << (64 - format.bits()) >> (64 - format.bits());
            case BLOCK_FLOAT -> (byte) code;
            case LOGARITHMIC -> {
                long sign = 1L << (format.bits() - 1);
                yield (code & sign) == 0 ? code : -(code & (sign - 1));
            }
        };
    }

    private static long code(NumberFormat format, long level) {
        return switch (format.kind()) {
            case BINARY -> level < 0 ? 1 : 0;
            case LOGARITHMIC -> level < 0 ? -level | 1L << (format.bits() - 1) : level;
            // t2: not zero in plane 0, negative in plane 1.
            case SIGNED -> format.equals(NumberFormat.T2) ? (level != 0 ? 1 : 0) | (level < 0 ? 2 : 0) : level;
            case UNSIGNED, FLOAT, BLOCK_FLOAT, TABLE -> level;
        };
    }

    private static int mask(NumberFormat format) {
        return (1 << format.bits()) - 1;
    }

    private static int word(NumberFormat format, int e) {
        return format.bits() >= 8 ? e * format.bits() / 32 : 0;
    }

    /** Narrow codes lie so that both bytes of four and single elements can be taken. */
    private static int bit(NumberFormat format, int e) {
        return format.bits() >= 8 ? e * format.bits() % 32 : 8 * (e % 4) + format.bits() * (e / 4);
    }
}
