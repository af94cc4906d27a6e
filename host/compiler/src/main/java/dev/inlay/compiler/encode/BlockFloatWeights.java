// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.encode;

import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Quantizer;
import java.util.List;
import java.util.Map;

/**
 * Block floating point: {@code m 2^E}, neighbours along the input channels sharing the exponent E that
 * {@link Quantizer.BlockFloat} gives.
 *
 * @param mantissaBits sign included, 2 to 8
 * @param block weights that share an exponent, 4 to 64 and a multiple of 4
 */
public record BlockFloatWeights(int mantissaBits, int block) implements CodeMethod {
    public BlockFloatWeights {
        new Quantizer.BlockFloat(mantissaBits, block);
    }

    @Override
    public String title() {
        return "block-float";
    }

    @Override
    public Coded encode(LayerWeights weights) {
        Quantizer.BlockFloat format = new Quantizer.BlockFloat(mantissaBits, block);
        Grouping grouping = Grouping.of(weights, new Granularity.PerGroup(block));
        float[][] parts = grouping.split(weights.values());
        float[] scales = new float[parts.length];
        for (int group = 0; group < parts.length; group++) {
            scales[group] = Math.scalb(1f, format.exponent(Terms.largest(parts[group])));
        }
        Levels levels = Levels.Integers.symmetric(mantissaBits);
        return new Coded(weights.shape(), List.of(Terms.nearest(levels, weights, grouping, scales)));
    }

    @Override
    public Map<String, Object> parameters(Coded chosen) {
        return Map.of("mantissaBits", mantissaBits, "block", block);
    }
}
