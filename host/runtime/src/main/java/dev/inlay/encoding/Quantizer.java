// SPDX-License-Identifier: Apache-2.0
package dev.inlay.encoding;

import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.ValueLayout;

/** How the activations of one value are held as codes: each real number goes to one of the numbers that have a code. */
public sealed interface Quantizer {
    /** What it gives, for a reader. */
    String words();

    /** The numbers that have a code, in place of those of a FLOAT32 tensor; a tensor of its own. */
    Tensor project(Tensor reals);

    /**
     * Levels, a scale and a zero known ahead: {@code real = scale * (level(code) - zero)}.
     *
     * @param levels the levels, no table
     * @param scale above zero
     * @param zero the code of zero; 0 unless the levels are integers
     */
    record Uniform(Levels levels, float scale, int zero) implements Quantizer {
        public Uniform {
            if (!(scale > 0) || Float.isInfinite(scale)) {
                throw new IllegalArgumentException("scale: got " + scale + ", expected a finite number above zero");
            }
            if (levels instanceof Levels.Table) {
                throw new IllegalArgumentException("levels: got " + levels.words()
                        + ", expected levels that a rule gives: activations have no table");
            }
            boolean integers = levels instanceof Levels.Integers;
            if (integers ? zero < levels.low() || zero > levels.high() : zero != 0) {
                throw new IllegalArgumentException("zero point: got " + zero + ", expected "
                        + (integers ? levels.low() + " to " + levels.high() : "0"));
            }
        }

        /** {@code clamp(round(real / scale) + zero)}, halves to even; NaN counts as 0. */
        public int code(float real) {
            float steps = real / scale;
            if (levels instanceof Levels.Integers integers) {
                double rounded = Double.isNaN(steps) ? 0 : Math.rint((double) steps);
                return (int) Math.clamp(rounded + zero, integers.low(), integers.high());
            }
            return levels.nearest(Float.isNaN(steps) ? 0 : steps);
        }

        @Override
        public String words() {
            return levels.words();
        }

        /** The number a code stands for. */
        public float real(int code) {
            return (float) ((levels.level(code) - zero) * scale);
        }

        @Override
        public Tensor project(Tensor reals) {
            Tensor result = Tensor.allocate(ElementType.FLOAT32, reals.shape());
            for (long i = 0; i < reals.elements(); i++) {
                result.data().setAtIndex(ValueLayout.JAVA_FLOAT, i, real(code(reals.getFloat(i))));
            }
            return result;
        }
    }

    /**
     * Block floating point: {@code block} neighbouring channels (axis 1 of an image, the last axis of a matrix) share
     * the exponent E with which the largest magnitude m fits, {@code 2^(mantissaBits - 2) <= m / 2^E <
     * 2^(mantissaBits - 1)}; mantissas are rounded halves to even and cut to {@code 2^(mantissaBits - 1) - 1}.
     *
     * @param mantissaBits sign included, 2 to 8
     * @param block 4 to 64, a multiple of 4
     */
    record BlockFloat(int mantissaBits, int block) implements Quantizer {
        /** The exponent of a block whose mantissas are all zero. */
        public static final int LEAST_EXPONENT = -126;

        public BlockFloat {
            if (mantissaBits < 2 || mantissaBits > 8 || block < 4 || block > 64 || block % 4 != 0) {
                throw new IllegalArgumentException("block float: got " + mantissaBits + " mantissa bits in blocks of "
                        + block + ", expected 2 to 8 bits in blocks of 4 to 64, a multiple of 4");
            }
        }

        @Override
        public String words() {
            return "block floating point of " + mantissaBits + " bits in blocks of " + block;
        }

        /** The shared exponent of a block whose largest magnitude is given. */
        public int exponent(float largest) {
            return largest < Float.MIN_NORMAL
                    ? LEAST_EXPONENT
                    : Math.max(LEAST_EXPONENT, Math.getExponent(largest) - (mantissaBits - 2));
        }

        /** The mantissa of a number in a block of this exponent. */
        public int mantissa(float real, int exponent) {
            int most = (1 << (mantissaBits - 1)) - 1;
            return (int) Math.clamp(Math.rint(Math.scalb((double) real, -exponent)), -most, most);
        }

        @Override
        public Tensor project(Tensor reals) {
            Shape shape = reals.shape();
            int axis = shape.rank() == 4 ? 1 : shape.rank() - 1;
            int channels = shape.size(axis);
            long inner = shape.elements(axis + 1, shape.rank());
            Tensor result = Tensor.allocate(ElementType.FLOAT32, shape);
            for (long outer = 0; outer < shape.elements() / Math.max(1, channels * inner); outer++) {
                for (long place = 0; place < inner; place++) {
                    for (int first = 0; first < channels; first += block) {
                        long base = (outer * channels + first) * inner + place;
                        projectBlock(reals, result, base, inner, Math.min(block, channels - first));
                    }
                }
            }
            return result;
        }

        private void projectBlock(Tensor reals, Tensor result, long base, long step, int count) {
            float largest = 0;
            for (int i = 0; i < count; i++) {
                largest = Math.max(largest, Math.abs(reals.getFloat(base + i * step)));
            }
            int exponent = exponent(largest);
            for (int i = 0; i < count; i++) {
                int mantissa = mantissa(reals.getFloat(base + i * step), exponent);
                result.data()
                        .setAtIndex(ValueLayout.JAVA_FLOAT, base + i * step, Math.scalb((float) mantissa, exponent));
            }
        }
    }
}
