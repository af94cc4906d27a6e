// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.encode;

import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Levels;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * One bit, {@code sign(w)} with {@code sign(0) = 1}.
 *
 * @param scaled false for BNN, where every scale is 1; true for XNOR-Net, where an output channel has {@code mean|w|}
 */
public record Binary(boolean scaled) implements CodeMethod {
    @Override
    public String title() {
        return scaled ? "xnor-net" : "bnn";
    }

    @Override
    public Coded encode(LayerWeights weights) {
        Granularity granularity = scaled ? new Granularity.PerChannel() : new Granularity.PerTensor();
        Grouping grouping = Grouping.of(weights, granularity);
        float[] scales = new float[grouping.count()];
        Arrays.fill(scales, 1);
        if (scaled) {
            float[][] parts = grouping.split(weights.values());
            for (int group = 0; group < parts.length; group++) {
                scales[group] = (float) Terms.meanMagnitude(parts[group]);
            }
        }
        return new Coded(weights.shape(), List.of(Terms.nearest(Levels.Odd.BINARY, weights, grouping, scales)));
    }

    @Override
    public Map<String, Object> parameters(Coded chosen) {
        return Map.of();
    }
}
