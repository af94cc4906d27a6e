// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Quantizer;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.NumberFormat;
import java.util.Optional;

/**
 * How a device holds the numbers of a value: {@code real = (code - zero) * step}, of logarithmic codes
 * {@code ±2^(i / root) * step}.
 *
 * @param format of a code; {@link NumberFormat#F32} for numbers that are held as they are
 * @param step 1 for numbers that are held as they are
 * @param zero the code of zero
 * @param low the least code
 * @param high the greatest code
 * @param odd whether only odd numbers of steps occur, as {@link Levels.Odd} has them
 * @param root 2 where exponents of logarithmic codes count halves, else 1
 */
public record Held(NumberFormat format, float step, int zero, int low, int high, boolean odd, int root) {
    public static final Held REAL = new Held(NumberFormat.F32, 1, 0, 0, 0);

    /** The sign of a logarithmic code. */
    private static final int NEGATIVE = 128;

    private static final int MOST_BYTE = 255;
    private static final int MOST_HALF = 65_535;

    Held(NumberFormat format, float step, int zero, int low, int high) {
        this(format, step, zero, low, high, false, 1);
    }

    /** Numbers of a logical type that nothing approximates. */
    static Held as(ElementType type) {
        return new Held(NumberFormat.of(type), 1, 0, 0, 0);
    }

    public boolean isReal() {
        return equals(REAL);
    }

    /** Whether kernels that take elements one by one compute with such numbers. */
    boolean isArithmetic() {
        return format.isAddressable() && !format.equals(NumberFormat.L8);
    }

    /**
     * How values of a quantizer are held where every number has an address of its own; empty if none of these formats
     * has such codes.
     */
    static Optional<Held> of(Quantizer quantizer) {
        return switch (quantizer) {
            case Quantizer.BlockFloat block -> Optional.empty();
            case Quantizer.Uniform uniform -> of(uniform);
        };
    }

    private static Optional<Held> of(Quantizer.Uniform uniform) {
        return switch (uniform.levels()) {
            case Levels.Integers integers -> {
                int span = integers.high() - integers.low();
                if (span <= MOST_BYTE && integers.high() <= MOST_BYTE) {
                    yield Optional.of(shifted(NumberFormat.U8, uniform, integers, Math.max(0, -integers.low())));
                }
                yield span <= MOST_HALF ? Optional.of(halves(uniform)) : Optional.empty();
            }
            case Levels.Odd odd -> {
                int most = (int) odd.largest();
                yield Optional.of(
                        2 * most <= MOST_BYTE
                                ? new Held(NumberFormat.U8, uniform.scale(), most, 0, 2 * most, true, 1)
                                : halves(uniform));
            }
            case Levels.Table table -> Optional.empty();
            case Levels.Logarithmic powers ->
                Optional.of(new Held(
                        NumberFormat.L8, uniform.scale(), 0, powers.low(), powers.high(), false, powers.root()));
        };
    }

    private static Held shifted(NumberFormat format, Quantizer.Uniform uniform, Levels.Integers levels, int offset) {
        return new Held(
                format, uniform.scale(), uniform.zero() + offset, levels.low() + offset, levels.high() + offset);
    }

    /** The same numbers in halves. */
    static Held halves(Quantizer.Uniform uniform) {
        if (uniform.levels() instanceof Levels.Integers integers) {
            boolean asTheyAre = integers.low() >= Short.MIN_VALUE && integers.high() <= Short.MAX_VALUE;
            return shifted(NumberFormat.S16, uniform, integers, asTheyAre ? 0 : Short.MIN_VALUE - integers.low());
        }
        int most = (int) uniform.levels().largest();
        boolean odd = uniform.levels() instanceof Levels.Odd;
        return new Held(NumberFormat.S16, uniform.scale(), 0, -most, most, odd, 1);
    }

    /** Numbers in planes of bits. */
    static Held planes(NumberFormat format, Quantizer.Uniform uniform) {
        int most = (int) uniform.levels().largest();
        boolean signed = uniform.levels().low() < 0;
        return new Held(
                format, uniform.scale(), 0, signed ? -most : 0, most, uniform.levels() instanceof Levels.Odd, 1);
    }

    /** Blocks of mantissas with a power of two of their own. */
    static Held blocks(Quantizer.BlockFloat block) {
        int most = (1 << (block.mantissaBits() - 1)) - 1;
        return new Held(NumberFormat.blockFloat(block.block()), 1, 0, -most, most);
    }

    /** The code nearest to a real number, as a device holds it. */
    int code(float real) {
        float steps = real / step;
        if (format.equals(NumberFormat.L8)) {
            int index = new Levels.Logarithmic(high, root).nearest(steps);
            return index < 0 ? NEGATIVE - index : index;
        }
        double level = odd ? 2 * Math.floor(steps / 2) + 1 : Math.rint((double) steps);
        return (int) Math.clamp(level + zero, low, high);
    }

    /** The same codes of another step. */
    Held withStep(float changed) {
        return new Held(format, changed, zero, low, high, odd, root);
    }

    /** The type of an element in a kernel's text. */
    String element() {
        return switch (format.elementBytes()) {
            case 1 -> "uchar";
            case 2 -> "short";
            default -> isReal() ? "float" : "uint";
        };
    }
}
