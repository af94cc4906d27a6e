// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.encode;

import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Levels;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * DoReFa-Net's weights {@code 2 q_k(w / (2 max|w|) + 1/2) - 1} times {@code max|w|}, with {@code q_k(r) = round((2^k -
 * 1) r) / (2^k - 1)}: odd levels over {@code 2^k - 1}. Its tanh shapes weights in training; here they are as trained.
 *
 * @param bits k, 1 to 7
 * @param granularity which weights share a scale
 * @param fit how a scale is chosen; by range it is {@code max|w| / (2^k - 1)}
 */
public record DoReFa(int bits, Granularity granularity, Fit fit) implements CodeMethod {
    public DoReFa {
        WeightMethod.bits(bits, 1, 7);
    }

    @Override
    public String title() {
        return "dorefa";
    }

    @Override
    public Coded encode(LayerWeights weights) {
        Levels levels = new Levels.Odd(bits);
        Grouping grouping = Grouping.of(weights, granularity);
        float[][] parts = grouping.split(weights.values());
        float[] scales = new float[parts.length];
        for (int group = 0; group < parts.length; group++) {
            scales[group] = Terms.largest(parts[group]) == 0 ? 0 : Affine.scale(parts[group], levels, fit);
        }
        return new Coded(weights.shape(), List.of(Terms.nearest(levels, weights, grouping, scales)));
    }

    @Override
    public Map<String, Object> parameters(Coded chosen) {
        return Map.of(
                "bits",
                bits,
                "granularity",
                Affine.name(granularity),
                "fit",
                fit.name().toLowerCase(Locale.ROOT));
    }
}
