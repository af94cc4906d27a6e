// SPDX-License-Identifier: Apache-2.0
package dev.inlay.rewrite;

import dev.inlay.graph.Graph;
import dev.inlay.graph.Move;
import dev.inlay.graph.Node;
import dev.inlay.graph.Patch;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A reshape of a reshape reads what the first one reads. */
record ReshapeMerging() implements Rule {
    @Override
    public Optional<Patch> apply(Graph graph, Node node) {
        if (!(node.op() instanceof Move.Reshape)) {
            return Optional.empty();
        }
        return graph.producer(node.input(0))
                .filter(first -> first.op() instanceof Move.Reshape)
                .map(first -> new Patch(
                        Set.of(node.name()),
                        List.of(new Node(node.name(), node.op(), List.of(first.input(0)), node.outputs())),
                        Map.of()));
    }
}
