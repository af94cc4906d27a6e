// SPDX-License-Identifier: Apache-2.0
package dev.inlay.encoding;

import java.util.List;

/**
 * The numbers that codes stand for, before a scale: {@code real = scale * level(code)}. A code is a signed integer.
 */
public sealed interface Levels {
    /** The least code. */
    int low();

    /** The greatest code. */
    int high();

    /** The number a code stands for; an integer for every kind but {@link Logarithmic} with a root above 1 and {@link Table}. */
    double level(int code);

    /** The code whose level is nearest to a number counted in scales; ties as the kind says. */
    int nearest(float scaled);

    /** What they are, for a reader. */
    String words();

    /** Bits that tell the codes apart, 1 to 17. */
    default int bits() {
        return Integer.SIZE - Integer.numberOfLeadingZeros(high() - low());
    }

    /** Bits that the levels themselves take beside the codes. */
    default long ownBits() {
        return 0;
    }

    /** The greatest magnitude of a level. */
    default double largest() {
        return Math.max(Math.abs(level(low())), Math.abs(level(high())));
    }

    /**
     * Whole numbers: fixed point, affine and ternary codes. Ties go to the even one.
     *
     * @param low the least, at least -65535
     * @param high the greatest, at most 65535, above {@code low}
     */
    record Integers(int low, int high) implements Levels {
        private static final int MOST = 65_535;
        public static final Integers TERNARY = new Integers(-1, 1);
        public static final Integers UNSIGNED_8 = new Integers(0, 255);
        public static final Integers SIGNED_8 = new Integers(-128, 127);

        public Integers {
            if (low < -MOST || high > MOST || low >= high) {
                throw new IllegalArgumentException("levels: got " + low + " to " + high + ", expected at least " + -MOST
                        + " to at most " + MOST + " in rising order");
            }
        }

        /** Two's complement numbers of 2 to 16 bits, or unsigned ones of 1 to 16 bits. */
        public static Integers ofBits(int bits, boolean signed) {
            requireBits(bits, signed ? 2 : 1, 16);
            return signed ? new Integers(-(1 << (bits - 1)), (1 << (bits - 1)) - 1) : new Integers(0, (1 << bits) - 1);
        }

        /** {@code -(2^(bits-1) - 1)} to {@code 2^(bits-1) - 1}: as many below zero as above; 2 bits are ternary. */
        public static Integers symmetric(int bits) {
            requireBits(bits, 2, 16);
            int most = (1 << (bits - 1)) - 1;
            return new Integers(-most, most);
        }

        @Override
        public double level(int code) {
            return code;
        }

        @Override
        public String words() {
            return "integers " + low + " to " + high;
        }

        @Override
        public int nearest(float scaled) {
            return (int) Math.clamp(Math.rint((double) scaled), low, high);
        }
    }

    /**
     * Odd numbers {@code 2 code + 1}, none of them zero: a mid-rise quantiser. One bit is binary, -1 and +1, and zero
     * goes to +1. DoReFa's weights have such levels.
     *
     * @param bits 1 to 8
     */
    record Odd(int bits) implements Levels {
        public static final Odd BINARY = new Odd(1);

        public Odd {
            requireBits(bits, 1, 8);
        }

        @Override
        public int low() {
            return -(1 << (bits - 1));
        }

        @Override
        public int high() {
            return (1 << (bits - 1)) - 1;
        }

        @Override
        public double level(int code) {
            return 2.0 * code + 1;
        }

        @Override
        public String words() {
            return equals(BINARY) ? "signs" : "odd numbers of " + bits + " bits";
        }

        @Override
        public int nearest(float scaled) {
            return (int) Math.clamp(Math.floor((double) scaled / 2), low(), high());
        }
    }

    /**
     * Zero and signed powers {@code 2^(i / root)}, i from 0 to {@code magnitudes - 1}: code 0 is zero, code
     * {@code ±(i + 1)} the power. A magnitude at or above {@code 2^((i - 1/2) / root)} counts as power i, below the
     * first such bound as zero. LogNet, INQ.
     *
     * @param magnitudes powers, 1 to 127
     * @param root 1 or 2
     */
    record Logarithmic(int magnitudes, int root) implements Levels {
        public Logarithmic {
            if (magnitudes < 1 || magnitudes > 127 || root < 1 || root > 2) {
                throw new IllegalArgumentException("logarithmic levels: got " + magnitudes + " magnitudes of root "
                        + root + ", expected 1 to 127 of root 1 or 2");
            }
        }

        @Override
        public int low() {
            return -magnitudes;
        }

        @Override
        public int high() {
            return magnitudes;
        }

        @Override
        public double level(int code) {
            return code == 0 ? 0 : Math.copySign(power(Math.abs(code) - 1, root), code);
        }

        @Override
        public String words() {
            return magnitudes + " powers of " + (root == 1 ? "two" : "the root of two");
        }

        @Override
        public int nearest(float scaled) {
            float magnitude = Math.abs(scaled);
            int index = 0;
            while (index < magnitudes && magnitude >= bound(index, root)) {
                index++;
            }
            return scaled < 0 ? -index : index;
        }

        /** {@code 2^(index / root)}: an exact power of two, or one times the square root of two rounded to float. */
        static double power(int index, int root) {
            double whole = Math.scalb(1.0, Math.floorDiv(index, root));
            return Math.floorMod(index, root) == 0 ? whole : whole * (float) Math.sqrt(2);
        }

        /** The least magnitude that counts as power {@code index}, rounded to float. */
        public static float bound(int index, int root) {
            return root == 1 ? Math.scalb((float) Math.sqrt(2), index - 1) : (float) Math.pow(2, (index - 0.5) / root);
        }
    }

    /**
     * Any numbers, code i standing for the i-th: a codebook, for weights only. A number goes to the nearest of them, one
     * half way to the lesser.
     *
     * @param values 2 to 256 finite numbers in rising order
     */
    record Table(List<Float> values) implements Levels {
        /** The most numbers of a table. */
        public static final int MOST = 256;

        public Table {
            values = List.copyOf(values);
            if (values.size() < 2 || values.size() > MOST) {
                throw new IllegalArgumentException("table: got " + values.size() + " numbers, expected 2 to " + MOST);
            }
            for (int i = 0; i < values.size(); i++) {
                boolean rises = i == 0 || values.get(i) > values.get(i - 1);
                if (!Float.isFinite(values.get(i)) || !rises) {
                    throw new IllegalArgumentException("table: got " + values.get(i) + " as number " + i
                            + ", expected finite numbers in rising order");
                }
            }
        }

        @Override
        public int low() {
            return 0;
        }

        @Override
        public int high() {
            return values.size() - 1;
        }

        @Override
        public double level(int code) {
            return values.get(code);
        }

        @Override
        public int nearest(float scaled) {
            int code = 0;
            for (int step = Integer.highestOneBit(high()); step > 0; step >>= 1) {
                // The greatest code whose lower neighbour is farther away.
                int next = code + step;
                if (next <= high() && scaled - (double) values.get(next - 1) > values.get(next) - (double) scaled) {
                    code = next;
                }
            }
            return code;
        }

        @Override
        public String words() {
            return "a table of " + values.size();
        }

        @Override
        public long ownBits() {
            return (long) values.size() * Float.SIZE;
        }
    }

    private static void requireBits(int bits, int least, int most) {
        if (bits < least || bits > most) {
            throw new IllegalArgumentException("bits: got " + bits + ", expected " + least + " to " + most);
        }
    }
}
