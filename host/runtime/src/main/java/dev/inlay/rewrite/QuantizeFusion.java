// SPDX-License-Identifier: Apache-2.0
package dev.inlay.rewrite;

import dev.inlay.encoding.Quantizer;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Move;
import dev.inlay.graph.Node;
import dev.inlay.graph.Patch;
import dev.inlay.graph.Pool;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A quantisation that alone reads a node's output becomes that node's last act. It comes after all rules that look
 * through a node's output, because nothing may be moved across it.
 */
record QuantizeFusion() implements Rule {
    @Override
    public Optional<Patch> apply(Graph graph, Node node) {
        if (!(node.op() instanceof Lanewise.Quantize quantize)) {
            return Optional.empty();
        }
        String value = node.input(0);
        Optional<Node> producer = graph.producer(value);
        if (producer.isEmpty()
                || producer.get().quantizer().isPresent()
                || movesOnly(producer.get())
                || graph.isOutput(value)
                || graph.consumers(value).size() != 1
                || quantize.to() instanceof Quantizer.BlockFloat) {
            return Optional.empty();
        }
        Node maker = producer.get();
        Node fused = new Node(maker.name(), maker.op(), maker.inputs(), node.outputs(), Optional.of(quantize.to()));
        return Optional.of(new Patch(Set.of(maker.name(), node.name()), List.of(fused), Map.of()));
    }

    /** Whether a node's kernel copies numbers and computes none, or has integers on one side. */
    private static boolean movesOnly(Node node) {
        return node.op() instanceof Move
                || node.op() instanceof Pool.MaxPool
                || node.op() instanceof Lanewise.Quantize
                || node.op() instanceof Lanewise.Decode
                || node.op() instanceof Lanewise.Cast;
    }
}
