// SPDX-License-Identifier: Apache-2.0
package dev.inlay.rewrite;

import dev.inlay.graph.Contraction;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Node;
import dev.inlay.graph.Patch;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A function that alone reads a contraction's output goes into the epilogue. */
record ActivationFusion() implements Rule {
    @Override
    public Optional<Patch> apply(Graph graph, Node node) {
        if (!(node.op() instanceof Lanewise.Unary unary)) {
            return Optional.empty();
        }
        String value = node.input(0);
        Optional<Node> producer = graph.producer(value);
        if (producer.isEmpty()
                || !(producer.get().op() instanceof Contraction contraction)
                || !contraction.epilogue().activation().isIdentity()
                || producer.get().quantizer().isPresent()
                || graph.isOutput(value)
                || graph.consumers(value).size() != 1) {
            return Optional.empty();
        }
        Node fused = new Node(
                producer.get().name(),
                contraction.withEpilogue(contraction.epilogue().withActivation(unary.function())),
                producer.get().inputs(),
                node.outputs());
        return Optional.of(new Patch(Set.of(producer.get().name(), node.name()), List.of(fused), Map.of()));
    }
}
