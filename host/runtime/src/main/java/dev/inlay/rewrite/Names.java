// SPDX-License-Identifier: Apache-2.0
package dev.inlay.rewrite;

import dev.inlay.graph.Graph;
import java.util.HashSet;
import java.util.Set;

/** Names for what a rule adds. */
final class Names {
    private Names() {}

    /** A value name that the graph does not have. */
    static String fresh(Graph graph, String wish) {
        String name = wish;
        for (int count = 2; graph.defines(name); count++) {
            name = wish + "_" + count;
        }
        return name;
    }

    /** A node name that the graph does not have. */
    static String freshNode(Graph graph, String wish) {
        Set<String> used = new HashSet<>();
        graph.nodes().forEach(node -> used.add(node.name()));
        String name = wish;
        for (int count = 2; used.contains(name); count++) {
            name = wish + "_" + count;
        }
        return name;
    }
}
