// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.shape;

import dev.inlay.graph.Contraction;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Node;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which channels go. Channels that are tied compare by the sum of their norms in all layers that give them. Layers whose
 * channels are tied to each other's are one bundle: of each bundle the share that its rules keep stays. A depthwise
 * convolution has no say.
 */
final class FilterChoice {
    private final Graph graph;
    private final ChannelFlow flow;
    private final Map<String, FilterPruning> rules;
    private final Map<String, String> left = new LinkedHashMap<>();
    private final Set<Integer> removed = new HashSet<>();

    /**
     * @param rules of layers, by name
     */
    FilterChoice(Graph graph, ChannelFlow flow, Map<String, FilterPruning> rules) {
        this.graph = graph;
        this.flow = flow;
        this.rules = rules;
        Map<String, Node> nodes = new LinkedHashMap<>();
        graph.nodes().forEach(node -> nodes.put(node.name(), node));
        bundles().forEach(bundle -> choose(bundle.stream().map(nodes::get).toList()));
    }

    /** Whether a channel goes. */
    boolean isRemoved(int id) {
        return removed.contains(flow.ties().root(id));
    }

    /** Why a layer that a rule is for keeps all channels; empty where it need not. */
    Optional<String> left(String layer) {
        return Optional.ofNullable(left.get(layer));
    }

    /** Names of layers, those together that have a channel tied to one of another's, in the order they run. */
    private Iterable<List<String>> bundles() {
        Ties bundles = new Ties();
        List<String> names = List.copyOf(flow.layers().keySet());
        bundles.fresh(names.size());
        Map<Integer, Integer> firstOf = new TreeMap<>();
        for (int layer = 0; layer < names.size(); layer++) {
            for (int id : flow.ties().roots(flow.layers().get(names.get(layer)))) {
                Integer other = firstOf.putIfAbsent(id, layer);
                bundles.tie(layer, other == null ? layer : other);
            }
        }
        Map<Integer, List<String>> found = new TreeMap<>();
        for (int layer = 0; layer < names.size(); layer++) {
            found.computeIfAbsent(bundles.root(layer), key -> new ArrayList<>()).add(names.get(layer));
        }
        return found.values();
    }

    private void choose(List<Node> bundle) {
        List<Node> asked =
                bundle.stream().filter(node -> rules.containsKey(node.name())).toList();
        List<Node> silent = bundle.stream()
                .filter(node -> !rules.containsKey(node.name()) && !isDepthwise(node))
                .toList();
        Set<Integer> channels = new TreeSet<>();
        bundle.forEach(node -> channels.addAll(roots(node)));
        if (asked.isEmpty() || asked.stream().allMatch(this::isDepthwise)) {
            asked.forEach(node -> left.put(node.name(), "a depthwise convolution follows what it reads"));
        } else if (!silent.isEmpty()) {
            asked.forEach(node -> left.put(
                    node.name(),
                    "its channels are added to those of " + silent.getFirst().name()
                            + ", which no rule asks to remove"));
        } else if (channels.stream().allMatch(flow.ties()::isFixed)) {
            asked.forEach(node -> left.put(
                    node.name(), "its channels leave the network, or meet an operator that mixes or counts them"));
        } else {
            remove(bundle, channels);
        }
    }

    private void remove(List<Node> bundle, Set<Integer> channels) {
        double keep = bundle.stream()
                .filter(node -> rules.containsKey(node.name()))
                .mapToDouble(node -> rules.get(node.name()).keep())
                .max()
                .orElse(1);
        Map<Integer, Double> norms = norms(bundle);
        List<Integer> order = new ArrayList<>(channels);
        order.sort(Comparator.comparingDouble(norms::get));
        Map<String, Set<Integer>> stay = new LinkedHashMap<>();
        bundle.forEach(node -> stay.put(node.name(), new HashSet<>(roots(node))));
        long go = channels.size() - Math.round(keep * channels.size());
        for (int channel : order) {
            boolean last = stay.values().stream().anyMatch(of -> of.size() == 1 && of.contains(channel));
            if (go > 0 && !last && !flow.ties().isFixed(channel)) {
                removed.add(channel);
                stay.values().forEach(of -> of.remove(channel));
                go--;
            }
        }
    }

    private Set<Integer> roots(Node node) {
        Set<Integer> roots = new TreeSet<>();
        Arrays.stream(flow.ties().roots(flow.layers().get(node.name()))).forEach(roots::add);
        return roots;
    }

    private boolean isDepthwise(Node node) {
        return node.op() instanceof Contraction.Conv conv
                && conv.groups() > 1
                && graph.value(node.input(1)).shape().extent(1) == 1;
    }

    private Map<Integer, Double> norms(List<Node> bundle) {
        Map<Integer, Double> norms = new LinkedHashMap<>();
        for (Node node : bundle) {
            int[] ids = flow.layers().get(node.name());
            double[] own = isDepthwise(node) ? new double[ids.length] : norms(node);
            for (int i = 0; i < ids.length; i++) {
                norms.merge(flow.ties().root(ids[i]), own[i], Double::sum);
            }
        }
        return norms;
    }

    /** The norm of each output channel's weights. */
    private double[] norms(Node node) {
        boolean magnitudes = rules.get(node.name()).norm() == FilterPruning.Norm.L1;
        Tensor weights = graph.constants().get(node.input(1));
        Shape shape = weights.shape();
        int axis = LayerAxes.of((Contraction) node.op()).output();
        long inner = shape.elements(axis + 1, shape.rank());
        double[] sums = new double[shape.size(axis)];
        for (long i = 0; i < weights.elements(); i++) {
            double weight = weights.getDouble(i);
            sums[(int) (i / inner % sums.length)] += magnitudes ? Math.abs(weight) : weight * weight;
        }
        return magnitudes ? sums : Arrays.stream(sums).map(Math::sqrt).toArray();
    }
}
