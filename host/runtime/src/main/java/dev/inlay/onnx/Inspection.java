// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import dev.inlay.graph.Graph;
import java.util.List;
import java.util.Optional;

/**
 * What a model file holds.
 *
 * @param opset version of ONNX's operator set that the file uses
 * @param unsupported every node that keeps the model from being imported, in the file's order
 * @param graph the network; present exactly when nothing is unsupported
 */
public record Inspection(int opset, List<Unsupported> unsupported, Optional<Graph> graph) {
    public Inspection {
        unsupported = List.copyOf(unsupported);
    }
}
