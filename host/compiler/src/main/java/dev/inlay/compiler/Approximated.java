// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler;

import dev.inlay.graph.Graph;
import java.util.List;

/**
 * An approximated network.
 *
 * @param graph the network
 * @param layers what became of each layer that a rule matched
 * @param bytesBefore bytes of all constants before
 * @param bytesAfter bytes of all constants after, scales included
 */
public record Approximated(Graph graph, List<LayerReport> layers, long bytesBefore, long bytesAfter) {
    public Approximated {
        layers = List.copyOf(layers);
    }

    /** Bytes before over bytes after. */
    public double compression() {
        return (double) bytesBefore / Math.max(1, bytesAfter);
    }
}
