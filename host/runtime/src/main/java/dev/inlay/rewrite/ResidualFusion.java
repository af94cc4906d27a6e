// SPDX-License-Identifier: Apache-2.0
package dev.inlay.rewrite;

import dev.inlay.graph.Contraction;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Node;
import dev.inlay.graph.Patch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An addition of a value of equal shape, which alone reads a contraction's output, goes into the epilogue. The value
 * cannot depend on the contraction, since nothing but the addition does.
 */
record ResidualFusion() implements Rule {
    @Override
    public Optional<Patch> apply(Graph graph, Node node) {
        if (!(node.op() instanceof Lanewise.Binary binary) || binary.arithmetic() != Lanewise.Arithmetic.ADD) {
            return Optional.empty();
        }
        Optional<Node> left = candidate(graph, node.input(0), node.input(1));
        Optional<Node> right = candidate(graph, node.input(1), node.input(0));
        // Of two contractions the later takes the sum, when the other's output is there already.
        boolean useRight = right.isPresent()
                && (left.isEmpty()
                        || graph.nodes().indexOf(right.get()) > graph.nodes().indexOf(left.get()));
        Optional<Node> producer = useRight ? right : left;
        return producer.map(contraction -> patch(node, contraction, node.input(useRight ? 0 : 1)));
    }

    private static Optional<Node> candidate(Graph graph, String value, String other) {
        if (value.equals(other)
                || graph.isOutput(value)
                || graph.consumers(value).size() != 1
                || !graph.value(value).shape().equals(graph.value(other).shape())) {
            return Optional.empty();
        }
        return graph.producer(value)
                .filter(producer -> producer.op() instanceof Contraction contraction
                        && producer.quantizer().isEmpty()
                        && !contraction.epilogue().residual()
                        && contraction.epilogue().activation().isIdentity());
    }

    private static Patch patch(Node addition, Node producer, String residual) {
        Contraction contraction = (Contraction) producer.op();
        List<String> inputs = new ArrayList<>(producer.inputs());
        while (inputs.size() < 3) {
            inputs.add("");
        }
        inputs.add(residual);
        Node fused = new Node(
                producer.name(),
                contraction.withEpilogue(contraction.epilogue().withResidual()),
                inputs,
                addition.outputs());
        return new Patch(Set.of(producer.name(), addition.name()), List.of(fused), Map.of());
    }
}
