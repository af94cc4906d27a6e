// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.encode;

import dev.inlay.tensor.Tensor;

/**
 * How far numbers lie from those they stand for.
 *
 * @param max the largest absolute difference
 * @param mse the mean squared difference
 * @param sqnrDb ratio of signal to quantisation noise, {@code 10 log10(Σ x² / Σ (x - y)²)}, in dB; infinite where there
 *     is no difference
 */
public record EncodingError(double max, double mse, double sqnrDb) {
    /**
     * @param exact what was meant
     * @param approximate of the same shape
     */
    public static EncodingError of(Tensor exact, Tensor approximate) {
        if (!exact.shape().equals(approximate.shape())) {
            throw new IllegalArgumentException(
                    "error: got shapes " + exact.shape() + " and " + approximate.shape() + ", expected the same");
        }
        double max = 0;
        double signal = 0;
        double noise = 0;
        for (long i = 0; i < exact.elements(); i++) {
            double difference = exact.getDouble(i) - approximate.getDouble(i);
            max = Math.max(max, Math.abs(difference));
            signal += exact.getDouble(i) * exact.getDouble(i);
            noise += difference * difference;
        }
        double ratio = noise == 0 ? Double.POSITIVE_INFINITY : 10 * Math.log10(signal / noise);
        return new EncodingError(max, noise / Math.max(1, exact.elements()), ratio);
    }
}
