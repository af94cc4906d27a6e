// SPDX-License-Identifier: Apache-2.0
package dev.inlay.rewrite;

import dev.inlay.graph.Graph;
import dev.inlay.graph.Move;
import dev.inlay.graph.Node;
import dev.inlay.graph.Patch;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A node of constants becomes the constant that it computes. */
record ConstantFolding(Evaluator evaluator) implements Rule {
    /** Elements that folding may add beyond those of the inputs: broadcasting can make much of little. */
    private static final long ADDED_ELEMENTS = 1L << 20;

    @Override
    public Optional<Patch> apply(Graph graph, Node node) {
        List<Optional<Tensor>> inputs = new ArrayList<>();
        long elements = 0;
        for (String input : node.inputs()) {
            Optional<Tensor> constant = graph.constant(input);
            if ((constant.isEmpty() && !input.isEmpty()) || graph.encoded(input).isPresent()) {
                return Optional.empty();
            }
            inputs.add(constant);
            elements += constant.map(Tensor::elements).orElse(0L);
        }
        if (inputs.stream().noneMatch(Optional::isPresent)
                || graph.value(node.output()).shape().elements() > elements + ADDED_ELEMENTS) {
            return Optional.empty();
        }
        Tensor output = node.op() instanceof Move.Reshape reshape
                ? inputs.getFirst().orElseThrow().reshaped(reshape.to())
                : evaluator
                        .evaluate(node, inputs, List.of(graph.value(node.output())))
                        .getFirst();
        return Optional.of(new Patch(Set.of(node.name()), List.of(), Map.of(node.output(), output)));
    }
}
