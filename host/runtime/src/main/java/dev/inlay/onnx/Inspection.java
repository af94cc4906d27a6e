// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import dev.inlay.graph.Graph;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import java.util.List;
import java.util.Optional;

/**
 * What a model file holds.
 *
 * @param opset version of ONNX's operator set that the file uses
 * @param known the network as far as it can be imported: all of it where nothing is unsupported, otherwise all inputs and
 *     what leads up to the nodes that are left out, with the constants these read
 * @param leftOut how many nodes are not in {@code known}: the unsupported ones and those behind them
 * @param outputs of the whole network, in the file's order
 * @param unsupported every node that keeps the model from being imported, in the file's order
 */
public record Inspection(int opset, Graph known, int leftOut, List<Output> outputs, List<Unsupported> unsupported) {
    public Inspection {
        outputs = List.copyOf(outputs);
        unsupported = List.copyOf(unsupported);
    }

    /**
     * An output of the network. Behind an unsupported node only what the file declares is known of it.
     *
     * @param shape open extents are 1 as in inputs
     */
    public record Output(String name, Optional<ElementType> type, Optional<Shape> shape) {}

    /** The network; present exactly when nothing is unsupported. */
    public Optional<Graph> graph() {
        return unsupported.isEmpty() ? Optional.of(known) : Optional.empty();
    }
}
