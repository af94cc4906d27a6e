// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Quantizer;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.NumberFormat;
import java.util.Optional;

/**
 * How a device holds the numbers of a value: {@code real = (code - zero) * step}.
 *
 * @param format of a code; {@link NumberFormat#F32} for numbers that are held as they are
 * @param step 1 for numbers that are held as they are
 * @param zero the code of zero
 * @param low the least code
 * @param high the greatest code
 */
public record Held(NumberFormat format, float step, int zero, int low, int high) {
    public static final Held REAL = new Held(NumberFormat.F32, 1, 0, 0, 0);

    /** Numbers of a logical type that nothing approximates. */
    static Held as(ElementType type) {
        return new Held(NumberFormat.of(type), 1, 0, 0, 0);
    }

    /** The code of zero of signed numbers in unsigned bytes. */
    private static final int SIGNED_OFFSET = 128;

    public boolean isReal() {
        return equals(REAL);
    }

    /** How values of a quantizer are held; empty if no kernel outside contractions reads and writes such codes. */
    static Optional<Held> of(Quantizer quantizer) {
        if (!(quantizer instanceof Quantizer.Uniform uniform)
                || !(uniform.levels() instanceof Levels.Integers integers)) {
            return Optional.empty();
        }
        int offset = integers.low() < 0 ? SIGNED_OFFSET : 0;
        if (integers.low() + offset >= 0 && integers.high() + offset <= 255) {
            return Optional.of(new Held(
                    NumberFormat.U8,
                    uniform.scale(),
                    uniform.zero() + offset,
                    integers.low() + offset,
                    integers.high() + offset));
        }
        boolean fits = integers.low() >= Short.MIN_VALUE && integers.high() <= Short.MAX_VALUE;
        return fits
                ? Optional.of(
                        new Held(NumberFormat.S16, uniform.scale(), uniform.zero(), integers.low(), integers.high()))
                : Optional.empty();
    }

    /** The type of an element in a kernel's text. */
    String element() {
        return format.equals(NumberFormat.F32) ? "float" : format.equals(NumberFormat.U8) ? "uchar" : "short";
    }
}
