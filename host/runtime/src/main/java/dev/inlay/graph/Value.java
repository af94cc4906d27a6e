// SPDX-License-Identifier: Apache-2.0
package dev.inlay.graph;

import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;

/**
 * An edge of the graph.
 *
 * @param name unique in its graph, never empty
 * @param type logical element type
 * @param shape extents in ONNX's axis order
 */
public record Value(String name, ElementType type, Shape shape) {}
