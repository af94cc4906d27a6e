// SPDX-License-Identifier: Apache-2.0
package dev.inlay.rewrite;

import dev.inlay.graph.Node;
import dev.inlay.graph.Value;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/** Computes a node on the host. */
@FunctionalInterface
public interface Evaluator {
    /**
     * The node's outputs, in memory of their own.
     *
     * @param inputs the node's inputs in order; an absent optional one is empty
     * @param outputs types and shapes of the node's outputs
     */
    List<Tensor> evaluate(Node node, List<Optional<Tensor>> inputs, List<Value> outputs);
}
