// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler;

import dev.inlay.compiler.shape.FreshNames;
import dev.inlay.graph.CodedForm;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Graph;
import dev.inlay.graph.IntegerForm;
import dev.inlay.graph.Node;
import dev.inlay.graph.Patch;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Biases of layers that are computed in integers become whole multiples of the accumulator's step, as the integer bias of
 * quantised ONNX is: whoever computes the layer in floats then adds what the accumulator holds.
 */
final class AccumulatorBias {
    private AccumulatorBias() {}

    static Graph rounded(Graph graph) {
        FreshNames names = new FreshNames(graph);
        Set<String> removed = new HashSet<>();
        List<Node> added = new ArrayList<>();
        Map<String, Tensor> constants = new HashMap<>();
        for (Node node : graph.nodes()) {
            Optional<double[]> bias =
                    node.hasInput(2) && CodedForm.of(graph, node).orElse(null) instanceof IntegerForm integers
                            ? integers.realBias()
                            : Optional.empty();
            if (bias.isPresent()) {
                String name = names.like(node.name() + "_bias");
                double beta = node.op() instanceof Contraction.Gemm gemm ? gemm.beta() : 1;
                Tensor whole = Tensor.allocate(ElementType.FLOAT32, Shape.of(bias.get().length));
                for (int channel = 0; channel < bias.get().length; channel++) {
                    whole.set(channel, beta == 0 ? 0 : bias.get()[channel] / beta);
                }
                List<String> inputs = new ArrayList<>(node.inputs());
                inputs.set(2, name);
                constants.put(name, whole);
                removed.add(node.name());
                added.add(node.withInputs(inputs));
            }
        }
        return removed.isEmpty() ? graph : graph.apply(new Patch(removed, added, constants));
    }
}
