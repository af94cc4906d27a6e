// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.calibrate;

import dev.inlay.encoding.Quantizer;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** A way to hold activations as codes, with its parameters. */
public sealed interface ActivationMethod {
    /** Bits of values that are added. */
    int SUM_BITS = 8;

    /** One sign. */
    Centred SIGNS = new Binary(1);

    /** The method's name in recipes and reports. */
    String title();

    /** Its parameters by the names recipes give them. */
    Map<String, Object> parameters();

    /** Methods with a scale and a zero for a whole value. */
    sealed interface Scaled extends ActivationMethod {
        /** How values are held that are added rather than multiplied, in 8 bits or more; empty where they stay float. */
        Optional<Scaled> forSums();
    }

    /**
     * Methods of so few levels that each channel is taken from its own centre first: {@code x ≈ centre + levels}. The
     * centre is what batch normalisation's shift is in networks trained for such levels.
     */
    sealed interface Centred extends ActivationMethod {
        /** How numbers are held that several levels are taken off one after the other; empty where one is. */
        default Optional<Scaled> forRests() {
            return Optional.empty();
        }
    }

    /**
     * Fixed point, {@code q 2^-fraction}. Up to 8 bits, values that are never below zero have unsigned codes.
     *
     * @param bits 2 to 16
     * @param fraction where absent each value has its own, which is dynamic fixed point
     */
    record Fixed(int bits, OptionalInt fraction) implements Scaled {
        public Fixed {
            requireBits(bits, 2, 16);
            if (fraction.isPresent() && Math.abs(fraction.getAsInt()) > 30) {
                throw new IllegalArgumentException("fraction: got " + fraction.getAsInt() + ", expected -30 to 30");
            }
        }

        @Override
        public String title() {
            return "fixed";
        }

        @Override
        public Optional<Scaled> forSums() {
            return Optional.of(bits >= SUM_BITS ? this : new Fixed(SUM_BITS, OptionalInt.empty()));
        }

        @Override
        public Map<String, Object> parameters() {
            return fraction.isPresent() ? Map.of("bits", bits, "fraction", fraction.getAsInt()) : Map.of("bits", bits);
        }
    }

    /**
     * Affine, {@code (q - zero) scale}. Above 8 bits codes are signed and {@code zero} is 0.
     *
     * @param bits 2 to 16
     * @param symmetric whether {@code zero} is 0 always
     */
    record Affine(int bits, boolean symmetric) implements Scaled {
        public Affine {
            requireBits(bits, 2, 16);
        }

        @Override
        public String title() {
            return "affine";
        }

        @Override
        public Optional<Scaled> forSums() {
            return Optional.of(bits >= SUM_BITS ? this : new Affine(SUM_BITS, symmetric));
        }

        @Override
        public Map<String, Object> parameters() {
            return Map.of("bits", bits, "symmetric", symmetric);
        }
    }

    /**
     * DoReFa-Net's {@code round((2^k - 1) x) / (2^k - 1)} of values cut to 0 to 1, here to 0 to the calibrated end.
     *
     * @param bits k, 1 to 8
     */
    record DoReFa(int bits) implements Scaled {
        public DoReFa {
            requireBits(bits, 1, 8);
        }

        @Override
        public String title() {
            return "dorefa";
        }

        @Override
        public Optional<Scaled> forSums() {
            return Optional.of(new Affine(SUM_BITS, false));
        }

        @Override
        public Map<String, Object> parameters() {
            return Map.of("bits", bits);
        }
    }

    /**
     * Powers of two or of its square root, as {@link dev.inlay.compiler.encode.Logarithmic}.
     *
     * @param bits 2 to 8
     * @param root 1 or 2
     */
    record Logarithmic(int bits, int root) implements Scaled {
        public Logarithmic {
            requireBits(bits, 2, 8);
            if (root < 1 || root > 2) {
                throw new IllegalArgumentException("root: got " + root + ", expected 1 or 2");
            }
        }

        @Override
        public String title() {
            return "lognet";
        }

        @Override
        public Optional<Scaled> forSums() {
            return Optional.empty();
        }

        @Override
        public Map<String, Object> parameters() {
            return Map.of("bits", bits, "root", root);
        }
    }

    /**
     * Block floating point along the channels.
     *
     * @param mantissaBits sign included, 2 to 8
     * @param block 4 to 64, a multiple of 4
     */
    record BlockFloat(int mantissaBits, int block) implements ActivationMethod {
        public BlockFloat {
            new Quantizer.BlockFloat(mantissaBits, block);
        }

        @Override
        public String title() {
            return "block-float";
        }

        @Override
        public Map<String, Object> parameters() {
            return Map.of("mantissaBits", mantissaBits, "block", block);
        }
    }

    /**
     * Signs: one of them (BNN, XNOR-Net), or a sum of as many as there are levels (ReBNet).
     *
     * @param levels 1 to 4
     */
    record Binary(int levels) implements Centred {
        private static final Affine WIDE = new Affine(16, true);

        public Binary {
            if (levels < 1 || levels > 4) {
                throw new IllegalArgumentException("levels: got " + levels + ", expected 1 to 4");
            }
        }

        @Override
        public String title() {
            return levels == 1 ? "binary" : "rebnet";
        }

        @Override
        public Optional<Scaled> forRests() {
            return levels == 1 ? Optional.empty() : Optional.of(WIDE);
        }

        @Override
        public Map<String, Object> parameters() {
            return Map.of("levels", levels);
        }
    }

    /** Minus one, zero and one. */
    record Ternary() implements Centred {
        @Override
        public String title() {
            return "ternary";
        }

        @Override
        public Map<String, Object> parameters() {
            return Map.of();
        }
    }

    private static void requireBits(int bits, int least, int most) {
        if (bits < least || bits > most) {
            throw new IllegalArgumentException("bits: got " + bits + ", expected " + least + " to " + most);
        }
    }
}
