// SPDX-License-Identifier: Apache-2.0
package dev.inlay.samples.training;

import ai.djl.nn.Block;
import java.util.List;

/** A chain of layers from images [N, 1, 28, 28] to logits [N, 10]. */
record Network(String name, List<Layer> layers) {
    Network {
        layers = List.copyOf(layers);
    }

    /** One block of the whole chain over the layers' own blocks. */
    Block block() {
        return Layer.sequence(layers);
    }
}
