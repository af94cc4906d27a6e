// SPDX-License-Identifier: Apache-2.0
package dev.inlay.encoding;

import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** Circulant blocks as spectra or vectors, and the matrices that go from one to the other. */
public sealed interface CirculantPacking extends Packing {
    /** The greatest code of 16 bits. */
    int MOST = Short.MAX_VALUE;

    /**
     * What a code of 16 bits counts where weights are held so; empty where they are floats on the device. Vectors of
     * integer codes with one scale keep their codes. Their spectra become codes whose greatest is {@value #MOST}, halves
     * to even, which changes no weight by as much as a step: half a step in each number of a spectrum of b numbers adds up
     * to {@code (1 - 1/b)} steps in the inverse transform.
     */
    static Optional<Float> step(BlockCirculant weights, boolean spectral) {
        if (!(weights.vectors() instanceof BlockCirculant.Codes codes) || !fits(codes.codes())) {
            return Optional.empty();
        }
        if (!spectral) {
            return Optional.of(
                    codes.codes().terms().getFirst().scales().values().getFloat(0));
        }
        Tensor numbers = codes.decode();
        int block = weights.block();
        Fourier transform = new Fourier(block, false);
        double[] vector = new double[block];
        double largest = 0;
        for (long first = 0; first < numbers.elements(); first += block) {
            for (int i = 0; i < block; i++) {
                vector[i] = numbers.getFloat(first + i);
            }
            for (int i = 0; i < block; i++) {
                largest = Math.max(largest, Math.abs(transform.of(vector, i)));
            }
        }
        float step = (float) (largest / MOST);
        return Optional.of(step > 0 ? step : 1);
    }

    private static boolean fits(Coded codes) {
        Coded.Term term = codes.terms().getFirst();
        return codes.terms().size() == 1
                && term.scales().isOne()
                && term.levels() instanceof Levels.Integers
                && term.levels().low() >= Short.MIN_VALUE
                && term.levels().high() <= MOST;
    }

    /**
     * Circulant blocks {@code [group][tap][input block][output block of the group][number]}, the last group padded with
     * zeros. The numbers are a spectrum as {@link Fourier} gives it, or the vector twice in a row.
     *
     * @param constant weights that are held so
     * @param vectors {@code [blocks of outputs, blocks of inputs, taps, block]}
     * @param group output blocks of a group
     * @param spectral whether spectra are packed
     * @param factor every weight is multiplied by it
     * @param step of numbers held as codes of 16 bits, which {@code factor} does not change; empty: FLOAT32
     */
    record Vectors(String constant, Shape vectors, int group, boolean spectral, float factor, Optional<Float> step)
            implements CirculantPacking {
        @Override
        public Source source() {
            return Source.SHARED;
        }

        private int numbers() {
            return vectors.size(3) * (spectral ? 1 : 2);
        }

        @Override
        public long bytes() {
            return vectors.elements(1, 3)
                    * Packing.wholePanels(vectors.size(0), group)
                    * numbers()
                    * (step.isPresent() ? Short.BYTES : Float.BYTES);
        }

        @Override
        public void pack(Optional<Tensor> source, MemorySegment target) {
            Tensor tensor = source.orElseThrow();
            int block = vectors.size(3);
            int inputs = vectors.size(1);
            int taps = vectors.size(2);
            double[] vector = new double[block];
            Fourier transform = new Fourier(block, false);
            for (int output = 0; output < vectors.size(0); output++) {
                for (int input = 0; input < inputs; input++) {
                    for (int tap = 0; tap < taps; tap++) {
                        long from = (((long) output * inputs + input) * taps + tap) * block;
                        for (int i = 0; i < block; i++) {
                            vector[i] = tensor.getFloat(from + i) * (step.isPresent() ? 1.0 : factor);
                        }
                        long run = ((long) output / group * taps + tap) * inputs + input;
                        long to = (run * group + output % group) * numbers();
                        for (int i = 0; i < numbers(); i++) {
                            double number = spectral ? transform.of(vector, i) : vector[i % block];
                            set(target, to + i, number);
                        }
                    }
                }
            }
        }

        private void set(MemorySegment target, long index, double number) {
            if (step.isPresent()) {
                double code = Math.clamp(Math.rint(number / step.get()), Short.MIN_VALUE, MOST);
                target.setAtIndex(ValueLayout.JAVA_SHORT, index, (short) code);
            } else {
                target.setAtIndex(ValueLayout.JAVA_FLOAT, index, (float) number);
            }
        }
    }

    /**
     * The matrix of a discrete Fourier transform of a block of real numbers. The spectrum is as many real numbers: the
     * real parts of the first half of the frequencies, then the imaginary parts, with the real part of the middle
     * frequency in the place of the first imaginary part, which is 0. The matrix is {@code [number][of the spectrum]},
     * that of the inverse {@code [of the spectrum][number]}.
     *
     * @param block how many numbers, even
     * @param inverse whether it goes from spectra to numbers
     */
    record Fourier(int block, boolean inverse) implements CirculantPacking {
        @Override
        public String constant() {
            return "";
        }

        @Override
        public long bytes() {
            return (long) Float.BYTES * block * block;
        }

        private double cosine(int number, int frequency) {
            return Math.cos(2 * Math.PI * (number * frequency % block) / block);
        }

        private double sine(int number, int frequency) {
            return Math.sin(2 * Math.PI * (number * frequency % block) / block);
        }

        /** What a number adds to a number of the spectrum. */
        private double forward(int number, int part) {
            return part <= block / 2 ? cosine(number, part) : -sine(number, part - block / 2);
        }

        /** One number of a vector's spectrum. */
        private double of(double[] vector, int part) {
            double sum = 0;
            for (int i = 0; i < block; i++) {
                sum += vector[i] * forward(i, part);
            }
            return sum;
        }

        @Override
        public void pack(Optional<Tensor> source, MemorySegment target) {
            for (int number = 0; number < block; number++) {
                for (int part = 0; part < block; part++) {
                    // Frequencies but the first and the middle one stand for their conjugates too.
                    double share = (part == 0 || part == block / 2 ? 1.0 : 2.0) / block;
                    double entry = forward(number, part) * (inverse ? share : 1);
                    long at = inverse ? (long) part * block + number : (long) number * block + part;
                    target.setAtIndex(ValueLayout.JAVA_FLOAT, at, (float) entry);
                }
            }
        }
    }
}
