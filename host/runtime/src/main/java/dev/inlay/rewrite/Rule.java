// SPDX-License-Identifier: Apache-2.0
package dev.inlay.rewrite;

import dev.inlay.graph.Graph;
import dev.inlay.graph.Node;
import dev.inlay.graph.Patch;
import java.util.Optional;

/** One way to simplify a graph. A rule keeps the names of the graph's inputs and outputs and changes no graph. */
@FunctionalInterface
public interface Rule {
    /**
     * A patch that simplifies the graph around {@code node}, empty where the rule does not match. Applying it brings
     * the graph nearer to an end: no sequence of patches goes on for ever.
     */
    Optional<Patch> apply(Graph graph, Node node);
}
