// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.shape;

import dev.inlay.graph.Graph;
import java.util.HashSet;
import java.util.Set;

/** Names for what is added to a graph: none is given twice. */
public final class FreshNames {
    private final Set<String> used = new HashSet<>();

    /**
     * @param graph whose names are taken
     */
    public FreshNames(Graph graph) {
        graph.inputs().forEach(input -> used.add(input.name()));
        used.addAll(graph.constants().keySet());
        used.addAll(graph.encoded().keySet());
        graph.nodes().forEach(node -> {
            used.add(node.name());
            used.addAll(node.outputs());
        });
    }

    /** The wish, or the wish with a number behind it. */
    public String like(String wish) {
        String name = wish;
        for (int count = 2; !used.add(name); count++) {
            name = wish + "_" + count;
        }
        return name;
    }
}
