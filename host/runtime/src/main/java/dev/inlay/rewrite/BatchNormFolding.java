// SPDX-License-Identifier: Apache-2.0
package dev.inlay.rewrite;

import dev.inlay.graph.Graph;
import dev.inlay.graph.Node;
import dev.inlay.graph.Normalization;
import dev.inlay.graph.Patch;
import java.util.Optional;

/** A batch normalisation after a contraction goes into its weights and bias. */
record BatchNormFolding() implements Rule {
    @Override
    public Optional<Patch> apply(Graph graph, Node node) {
        if (!(node.op() instanceof Normalization.BatchNormalization batch)) {
            return Optional.empty();
        }
        Optional<ChannelAffine> affine = ChannelAffine.of(graph, node, batch);
        Optional<OutputAffine> contraction = OutputAffine.of(graph, node.input(0));
        if (affine.isEmpty() || contraction.isEmpty() || contraction.get().channelAxis() != 1) {
            return Optional.empty();
        }
        return contraction
                .get()
                .followedBy(node, affine.get().scale(), affine.get().shift());
    }
}
