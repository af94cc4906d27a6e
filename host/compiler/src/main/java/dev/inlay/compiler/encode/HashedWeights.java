// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.encode;

import dev.inlay.encoding.Encoded;
import dev.inlay.encoding.Hashed;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.Map;

/**
 * Weights hashed into buckets (HashedNets). The squared error is a sum over the buckets, and the number nearest to all
 * weights of one is their mean, each taken with its sign.
 *
 * @param ratio weights a bucket, at least 1
 */
public record HashedWeights(double ratio) implements WeightMethod {
    public HashedWeights {
        if (!(ratio >= 1) || Double.isInfinite(ratio)) {
            throw new IllegalArgumentException("ratio: got " + ratio + ", expected at least 1");
        }
    }

    @Override
    public String title() {
        return "hashed";
    }

    @Override
    public Encoded encode(LayerWeights weights) {
        float[] values = weights.values();
        int count = Hashed.requireCount(Math.max(1, Math.round(values.length / ratio)));
        int[] places = Hashed.places(weights.shape(), count);
        int[] signs = Hashed.signs(weights.shape());
        double[] sums = new double[count];
        int[] counts = new int[count];
        for (int i = 0; i < values.length; i++) {
            sums[places[i]] += signs[i] * (double) values[i];
            counts[places[i]]++;
        }
        float[] means = new float[count];
        for (int i = 0; i < count; i++) {
            means[i] = counts[i] == 0 ? 0 : (float) (sums[i] / counts[i]);
        }
        return new Hashed(weights.shape(), Tensor.of(Shape.of(count), means));
    }

    @Override
    public Map<String, Object> parameters(Encoded chosen) {
        return Map.of("ratio", ratio, "buckets", ((Hashed) chosen).count());
    }
}
