// SPDX-License-Identifier: Apache-2.0
package dev.inlay.graph;

import dev.inlay.encoding.Encoded;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A change to a graph.
 *
 * @param removed names of nodes that go
 * @param added nodes that come; together with those that stay they define every value that is still read
 * @param constants constants that come, under new names
 * @param encoded encoded constants that come, under new names
 */
public record Patch(
        Set<String> removed, List<Node> added, Map<String, Tensor> constants, Map<String, Encoded> encoded) {
    public Patch {
        removed = Set.copyOf(removed);
        added = List.copyOf(added);
        constants = Map.copyOf(constants);
        encoded = Map.copyOf(encoded);
    }

    /** A change that brings no encoded constants. */
    public Patch(Set<String> removed, List<Node> added, Map<String, Tensor> constants) {
        this(removed, added, constants, Map.of());
    }
}
