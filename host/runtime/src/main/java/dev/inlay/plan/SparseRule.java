// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.graph.Node;

/** Says for each contraction when its weights that are zero are left out. */
@FunctionalInterface
public interface SparseRule {
    SparseUse use(Node node);
}
