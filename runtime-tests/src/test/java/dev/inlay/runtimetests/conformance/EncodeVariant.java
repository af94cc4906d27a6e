// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Quantizer;
import dev.inlay.kernels.KernelId;
import dev.inlay.tensor.NumberFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One compiled form of {@code move.encode} with the quantiser it carries out.
 *
 * @param x format that is read: F32, U8 or S16
 * @param y format that is written
 * @param run numbers of one work-item
 * @param quantizer what each number becomes; of F32 any, it is not asked
 * @param zero code of level zero
 * @param fill the level in the halo, counted from zero
 */
record EncodeVariant(NumberFormat x, NumberFormat y, int run, Quantizer quantizer, int zero, int fill) {
    private static final float STEP = 0.37f;

    /** Every format that is written, from every format that is read, in runs of its own and of longer partners. */
    static List<EncodeVariant> all() {
        NumberFormat f32 = NumberFormat.F32;
        NumberFormat u8 = NumberFormat.U8;
        NumberFormat s16 = NumberFormat.S16;
        Levels bits16 = Levels.Integers.ofBits(16, true);
        Levels nibble = Levels.Integers.ofBits(4, false);
        return List.of(
                levels(f32, f32, 1, bits16, 1, 0, -3),
                levels(u8, f32, 8, bits16, 1, 0, 0),
                levels(s16, f32, 32, bits16, 1, 0, 0),
                levels(f32, u8, 4, Levels.Integers.UNSIGNED_8, STEP, 37, 0),
                levels(f32, u8, 1, nibble, 0.25f, 5, 0),
                levels(u8, u8, 32, Levels.Integers.UNSIGNED_8, STEP, 128, 0),
                levels(s16, u8, 16, nibble, STEP, 0, 1),
                levels(f32, u8, 4, new Levels.Odd(5), STEP, 128, 0),
                levels(u8, u8, 8, new Levels.Odd(3), 0.5f, 8, 0),
                levels(f32, s16, 2, bits16, STEP, 0, 0),
                levels(s16, s16, 8, Levels.Integers.symmetric(9), STEP, 3, 0),
                levels(f32, NumberFormat.B1, 32, Levels.Odd.BINARY, STEP, 0, -1),
                levels(u8, NumberFormat.B1, 32, Levels.Odd.BINARY, STEP, 0, 1),
                levels(f32, NumberFormat.T2, 32, Levels.Integers.TERNARY, STEP, 0, 0),
                levels(s16, NumberFormat.T2, 32, Levels.Integers.TERNARY, 0.25f, 0, 1),
                levels(f32, NumberFormat.P2, 32, Levels.Integers.ofBits(2, false), STEP, 0, 0),
                levels(u8, NumberFormat.P3, 32, Levels.Integers.ofBits(3, false), STEP, 0, 0),
                levels(f32, NumberFormat.P4, 32, nibble, STEP, 0, 0),
                levels(f32, NumberFormat.L8, 4, new Levels.Logarithmic(9, 1), STEP, 0, 0),
                levels(f32, NumberFormat.L8, 8, new Levels.Logarithmic(127, 2), 1, 0, 0),
                levels(u8, NumberFormat.L8, 4, new Levels.Logarithmic(7, 1), STEP, 0, 0),
                blocks(f32, 16, 16, 8),
                blocks(f32, 4, 8, 5),
                blocks(u8, 12, 12, 2),
                blocks(s16, 64, 64, 8));
    }

    private static EncodeVariant levels(
            NumberFormat x, NumberFormat y, int run, Levels levels, float scale, int zero, int fill) {
        int own = levels instanceof Levels.Integers ? zero : 0;
        return new EncodeVariant(x, y, run, new Quantizer.Uniform(levels, scale, own), zero, fill);
    }

    private static EncodeVariant blocks(NumberFormat x, int block, int run, int bits) {
        return new EncodeVariant(x, NumberFormat.blockFloat(block), run, new Quantizer.BlockFloat(bits, block), 0, 0);
    }

    boolean isOdd() {
        return !y.equals(NumberFormat.B1)
                && quantizer instanceof Quantizer.Uniform uniform
                && uniform.levels() instanceof Levels.Odd;
    }

    /** What a step of y counts; 1 where y holds the numbers themselves. */
    float step() {
        return quantizer instanceof Quantizer.Uniform uniform ? uniform.scale() : 1;
    }

    /** What the device holds for a number, in a format of levels. */
    long held(float real) {
        Quantizer.Uniform uniform = (Quantizer.Uniform) quantizer;
        int code = uniform.code(real);
        return uniform.levels() instanceof Levels.Odd ? 2L * code + 1 + zero : code;
    }

    KernelId id() {
        TreeMap<String, String> defines =
                new TreeMap<>(Map.of("X_FORMAT", x.name(), "Y_FORMAT", y.name(), "RUN", Integer.toString(run)));
        if (isOdd()) {
            defines.put("ODD", "1");
        }
        switch (quantizer) {
            case Quantizer.BlockFloat blocks -> {
                defines.put("BLOCK", Integer.toString(blocks.block()));
                defines.put("MANTISSA_BITS", Integer.toString(blocks.mantissaBits()));
            }
            case Quantizer.Uniform uniform -> {
                if (uniform.levels() instanceof Levels.Logarithmic logarithmic) {
                    defines.put("ROOT", Integer.toString(logarithmic.root()));
                }
            }
        }
        return KernelId.of("move.encode", defines);
    }

    /** The least code or level that the kernel may store, as it takes it. */
    int low() {
        return bound(true);
    }

    int high() {
        return bound(false);
    }

    private int bound(boolean low) {
        return switch (quantizer) {
            case Quantizer.BlockFloat _ -> 0;
            case Quantizer.Uniform uniform -> {
                int code = low ? uniform.levels().low() : uniform.levels().high();
                yield isOdd() ? 2 * code + 1 : code;
            }
        };
    }

    @Override
    public String toString() {
        return id().toString();
    }
}
