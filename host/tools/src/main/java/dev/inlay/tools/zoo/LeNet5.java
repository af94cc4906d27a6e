// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.zoo;

import dev.inlay.graph.Function;
import dev.inlay.graph.Graph;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;

/**
 * LeNet-5 with the 340,908 connections of LeCun et al. 1998, "Gradient-based learning applied to document recognition":
 * C1 122,304, S2 5,880, C3 151,600, S4 2,000, C5 48,120, F6 10,164 and output 840, each bias being one connection of each
 * unit.
 *
 * <p>A subsampling layer sums 2 x 2 inputs, multiplies by a coefficient and adds a bias: here a convolution of one group
 * a map whose four weights are equal. C3 sees a subset of S2's maps: the weights to the others are zero. The radial
 * basis functions of the output are plain products, as many connections.
 */
final class LeNet5 {
    /** The maps of S2 that each map of C3 sees, table I of the paper. */
    private static final int[][] SEEN = {
        {0, 1, 2}, {1, 2, 3}, {2, 3, 4}, {3, 4, 5}, {0, 4, 5}, {0, 1, 5},
        {0, 1, 2, 3}, {1, 2, 3, 4}, {2, 3, 4, 5}, {0, 3, 4, 5}, {0, 1, 4, 5}, {0, 1, 2, 5},
        {0, 1, 3, 4}, {1, 2, 4, 5}, {0, 2, 3, 5}, {0, 1, 2, 3, 4, 5}
    };

    private static final int MAPS = 6;
    private static final int KERNEL = 5;

    private LeNet5() {}

    static Graph build(long seed) {
        Layers layers = new Layers("lenet5", seed, Shape.of(1, 1, 32, 32));
        layers.conv(MAPS, KERNEL, 1, 0, 1, true).function(tanh());
        subsample(layers);
        layers.conv(partlyConnected(layers), 1, 0, 1, true).function(tanh());
        subsample(layers);
        layers.conv(120, KERNEL, 1, 0, 1, true).function(tanh());
        layers.dense(84, true).function(tanh());
        return layers.dense(10, false).build();
    }

    private static Function tanh() {
        return Function.of(Function.Kind.TANH);
    }

    private static void subsample(Layers layers) {
        int maps = layers.shape().size(1);
        Tensor coefficients = layers.around(Shape.of(maps), 0.25, 0.05);
        Tensor weights = Tensor.of(Shape.of(maps, 1, 2, 2), new float[maps * 4]);
        for (long i = 0; i < weights.elements(); i++) {
            weights.set(i, coefficients.getFloat(i / 4));
        }
        layers.conv(weights, 2, 0, maps, true).function(tanh());
    }

    private static Tensor partlyConnected(Layers layers) {
        long taps = KERNEL * KERNEL;
        Tensor weights = Tensor.of(Shape.of(SEEN.length, MAPS, KERNEL, KERNEL), new float[SEEN.length * MAPS * 25]);
        for (int output = 0; output < SEEN.length; output++) {
            Tensor kernels =
                    layers.normal(Shape.of(SEEN[output].length, taps), Math.sqrt(2.0 / (SEEN[output].length * taps)));
            for (int i = 0; i < SEEN[output].length; i++) {
                for (long tap = 0; tap < taps; tap++) {
                    weights.set((output * MAPS + SEEN[output][i]) * taps + tap, kernels.getFloat(i * taps + tap));
                }
            }
        }
        return weights;
    }
}
