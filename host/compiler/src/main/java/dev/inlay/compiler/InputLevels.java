// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler;

import dev.inlay.encoding.Quantizer;
import java.util.List;

/**
 * How a layer's input is held in a few levels: {@code x ≈ offset + factor · Σ levels} for each of its channels.
 *
 * @param offsets of each channel
 * @param factors of each channel
 * @param quantizers one for each level of a sum
 */
@SuppressWarnings("ArrayRecordComponent")
record InputLevels(float[] offsets, float[] factors, List<Quantizer.Uniform> quantizers) {
    /** What zero, the number in a convolution's padding, becomes at each level: that of an ordinary channel. */
    float[] paddings() {
        double rest = 0;
        for (float offset : offsets) {
            rest -= offset / offsets.length;
        }
        float[] values = new float[quantizers.size()];
        for (int level = 0; level < values.length; level++) {
            Quantizer.Uniform quantizer = quantizers.get(level);
            values[level] = quantizer.real(quantizer.code((float) rest));
            rest -= values[level];
        }
        return values;
    }
}
