// SPDX-License-Identifier: Apache-2.0
package dev.inlay.graph;

import dev.inlay.encoding.Quantizer;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import java.util.Optional;

/**
 * An edge of the graph.
 *
 * @param name unique in its graph, never empty
 * @param type logical element type; FLOAT32 where there is a quantizer
 * @param shape extents in ONNX's axis order
 * @param quantizer every number of the value is one that this quantizer gives, so a device may hold codes
 */
public record Value(String name, ElementType type, Shape shape, Optional<Quantizer> quantizer) {
    public Value(String name, ElementType type, Shape shape) {
        this(name, type, shape, Optional.empty());
    }

    public Value withQuantizer(Optional<Quantizer> changed) {
        return new Value(name, type, shape, changed);
    }
}
