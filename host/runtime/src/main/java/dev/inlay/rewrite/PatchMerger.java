// SPDX-License-Identifier: Apache-2.0
package dev.inlay.rewrite;

import dev.inlay.encoding.Encoded;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Node;
import dev.inlay.graph.Patch;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Gathers patches to one graph that can be applied together; one that would disturb an earlier one is left out. */
final class PatchMerger {
    private final Map<String, Node> nodes = new HashMap<>();
    private final Set<String> removed = new HashSet<>();
    private final List<Node> added = new ArrayList<>();
    private final Map<String, Tensor> constants = new HashMap<>();
    private final Map<String, Encoded> encoded = new HashMap<>();
    private final Set<String> gone = new HashSet<>();
    private final Set<String> read = new HashSet<>();

    PatchMerger(Graph graph) {
        graph.nodes().forEach(node -> nodes.put(node.name(), node));
    }

    void add(Patch patch) {
        Set<String> goes = new HashSet<>();
        for (String name : patch.removed()) {
            Node node = nodes.get(name);
            if (node != null) {
                goes.addAll(node.outputs());
            }
        }
        patch.added().forEach(node -> goes.removeAll(node.outputs()));
        goes.removeAll(patch.constants().keySet());
        goes.removeAll(patch.encoded().keySet());
        Set<String> reads = new HashSet<>();
        patch.added().forEach(node -> reads.addAll(node.inputs()));
        if (Collections.disjoint(removed, patch.removed())
                && Collections.disjoint(constants.keySet(), patch.constants().keySet())
                && Collections.disjoint(encoded.keySet(), patch.encoded().keySet())
                && Collections.disjoint(gone, reads)
                && Collections.disjoint(goes, read)) {
            removed.addAll(patch.removed());
            added.addAll(patch.added());
            constants.putAll(patch.constants());
            encoded.putAll(patch.encoded());
            gone.addAll(goes);
            read.addAll(reads);
        }
    }

    Optional<Patch> merged() {
        return removed.isEmpty() ? Optional.empty() : Optional.of(new Patch(removed, added, constants, encoded));
    }
}
