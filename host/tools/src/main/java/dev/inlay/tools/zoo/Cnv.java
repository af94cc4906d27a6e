// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.zoo;

import dev.inlay.graph.Function;
import dev.inlay.graph.Graph;
import dev.inlay.tensor.Shape;

/**
 * The binarised CNV of Umuroglu et al. 2017 (FINN) for 32 x 32 colour images and 10 classes: every one of its 1,542,848
 * weights is 1 or -1, and so is every activation between layers.
 */
final class Cnv {
    private Cnv() {}

    static Graph build(long seed) {
        Layers layers = new Layers("cnv", seed, Shape.of(1, 3, 32, 32));
        int[] widths = {64, 128, 256};
        for (int stage = 0; stage < widths.length; stage++) {
            conv(layers, widths[stage]);
            conv(layers, widths[stage]);
            if (stage < widths.length - 1) {
                layers.maxPool(2, 2, 0);
            }
        }
        dense(layers, 512).function(sign());
        dense(layers, 512).function(sign());
        return dense(layers, 10).build();
    }

    private static Function sign() {
        return Function.of(Function.Kind.SIGN);
    }

    private static void conv(Layers layers, int outputs) {
        int inputs = layers.shape().size(1);
        layers.conv(layers.signs(Shape.of(outputs, inputs, 3, 3)), 1, 0, 1, false)
                .batchNorm(1, inputs * 9)
                .function(sign());
    }

    private static Layers dense(Layers layers, int outputs) {
        int inputs = layers.flatten().shape().size(1);
        return layers.dense(layers.signs(Shape.of(outputs, inputs)), false).batchNorm(1, inputs);
    }
}
