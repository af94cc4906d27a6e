// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.shape;

import dev.inlay.graph.Contraction;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Node;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the layers of a network smaller: first output channels go, then what is left of a layer becomes two of low rank.
 * What is chosen depends on the weights alone, whatever the batch of the graph is.
 */
public final class Shaping {
    private final Map<String, FilterPruning> filters;
    private final Map<String, Factorisation> factorisations;
    private final Map<String, Factors> factors = new HashMap<>();

    /**
     * @param filters of layers, by name, that may lose output channels
     * @param factorisations of layers, by name, that may become two
     */
    public Shaping(Map<String, FilterPruning> filters, Map<String, Factorisation> factorisations) {
        this.filters = Map.copyOf(filters);
        this.factorisations = Map.copyOf(factorisations);
    }

    /**
     * The network in its new shape.
     *
     * @param graph whose layers have constant float weights; always the same network, with any batch
     * @throws dev.inlay.graph.GraphException if a weight of a layer that is to become two is not finite
     */
    public Shaped of(Graph graph) {
        Map<String, ShapedLayer> layers = new LinkedHashMap<>();
        if (filters.isEmpty()) {
            return factorised(new Shaped(graph, layers, Map.of()));
        }
        ChannelFlow flow = new ChannelFlow(graph);
        FilterChoice choice = new FilterChoice(graph, flow, filters);
        ChannelRemoval removal = new ChannelRemoval(graph, flow, choice);
        Map<String, Kept> values = new HashMap<>();
        for (Node node : graph.nodes()) {
            removal.kept(node.output()).ifPresent(kept -> values.put(node.output(), kept));
            Optional<FilterPruning> asked = Optional.ofNullable(filters.get(node.name()));
            List<Kept> cut = removal.keptWeights(node);
            if (node.op() instanceof Contraction op && (asked.isPresent() || !cut.isEmpty())) {
                layers.put(
                        node.name(),
                        ShapedLayer.of(node.name()).pruned(asked, LayerAxes.of(op), cut, choice.left(node.name())));
            }
        }
        return factorised(new Shaped(removal.written(), layers, values));
    }

    private Shaped factorised(Shaped before) {
        Graph graph = before.graph();
        FreshNames names = new FreshNames(graph);
        Map<String, ShapedLayer> layers = new LinkedHashMap<>(before.layers());
        for (Node node : before.graph().nodes()) {
            Factorisation wanted = factorisations.get(node.name());
            if (wanted == null) {
                continue;
            }
            ShapedLayer layer = layers.getOrDefault(node.name(), ShapedLayer.of(node.name()));
            Optional<LowRank> form = LowRank.of(before.graph(), node, wanted.form());
            if (form.isEmpty()) {
                layers.put(node.name(), layer.left(wanted, "it is a convolution in groups"));
                continue;
            }
            int most = form.get().most();
            Factors found = factors.computeIfAbsent(node.name(), name -> factors(form.get(), wanted.rank()));
            if (found.rank() > most) {
                layers.put(node.name(), layer.left(wanted, reason(found.rank(), form.get())));
                continue;
            }
            String first = names.like(node.name() + "_first");
            graph = new LowRank(graph, node, form.get().matrix()).split(found, first, names);
            layers.put(node.name(), layer.split(wanted, found, first));
        }
        return new Shaped(graph, layers, before.values());
    }

    private static Factors factors(LowRank form, Rank rank) {
        SingularValues values = form.singularValues();
        return Factors.of(form.matrix(), values, Math.max(1, rank.of(values.values(), form.most())));
    }

    private static String reason(int rank, LowRank form) {
        return "rank " + rank + " takes " + rank * form.ofEach() + " multiplications, the layer as it is "
                + form.dense();
    }
}
