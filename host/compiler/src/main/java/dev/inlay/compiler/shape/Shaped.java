// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.shape;

import dev.inlay.graph.Graph;
import dev.inlay.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/** A network in its new shape, with what became of its layers. */
public final class Shaped {
    private final Graph graph;
    private final Map<String, ShapedLayer> layers;
    private final Map<String, Kept> values;

    Shaped(Graph graph, Map<String, ShapedLayer> layers, Map<String, Kept> values) {
        this.graph = graph;
        this.layers = layers;
        this.values = values;
    }

    public Graph graph() {
        return graph;
    }

    /** The layers that changed, or should have, by the names they had. */
    public Map<String, ShapedLayer> layers() {
        return layers;
    }

    Map<String, Kept> values() {
        return values;
    }

    /** What became of a layer; empty where nothing did. */
    public Optional<ShapedLayer> layer(String name) {
        return Optional.ofNullable(layers.get(name));
    }

    /** The layer, as it was, that a node is a part of. */
    public String origin(String node) {
        return layers.values().stream()
                .filter(layer -> layer.parts().contains(node))
                .map(ShapedLayer::name)
                .findFirst()
                .orElse(node);
    }

    /**
     * A value as it was shaped before, zeros for the channels that are gone.
     *
     * @param name the value's name
     * @param tensor the value
     */
    public Tensor whole(String name, Tensor tensor) {
        Kept kept = values.get(name);
        return kept == null ? tensor : kept.spread(tensor);
    }
}
