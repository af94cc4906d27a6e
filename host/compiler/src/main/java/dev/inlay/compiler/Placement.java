// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler;

import dev.inlay.compiler.calibrate.ActivationMethod;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Node;
import dev.inlay.graph.Pool;
import dev.inlay.graph.Reduction;
import dev.inlay.tensor.ElementType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where values are held as codes.
 *
 * <ul>
 *   <li>A value with a scale is held where it is computed, so that pools and moves behind it work on codes; the values
 *       that a concatenation joins share a scale. What is added to, averaged into or otherwise made into a value that is
 *       held is held too, in 8 bits or more: between two approximated layers there are codes only.
 *   <li>Where layers want one value in different ways, each has it in its own way at its input, as have layers that read
 *       block floating point.
 *   <li>Levels around centres are the layer's alone. A value that several of them are taken off is held in 16 bits.
 * </ul>
 */
final class Placement {
    private final Graph graph;
    private final Map<String, String> parents = new HashMap<>();
    private final Map<String, ActivationMethod.Scaled> held = new LinkedHashMap<>();
    private final Map<String, ActivationMethod> atInput = new LinkedHashMap<>();
    private final Map<String, ActivationMethod.Centred> centred = new LinkedHashMap<>();

    /**
     * @param methods how the layers read their activations; a layer that is missing reads floats
     */
    Placement(Graph graph, Map<Layer, ActivationMethod> methods) {
        this.graph = graph;
        Map<String, Set<ActivationMethod.Scaled>> wishes = new LinkedHashMap<>();
        methods.forEach((layer, method) -> {
            if (method instanceof ActivationMethod.Scaled) {
                join(Sources.of(graph, layer.input()));
            }
        });
        methods.forEach((layer, method) -> {
            switch (method) {
                case ActivationMethod.Scaled scaled ->
                    wishes.computeIfAbsent(group(layer), key -> new LinkedHashSet<>())
                            .add(scaled);
                case ActivationMethod.BlockFloat block -> atInput.put(layer.name(), block);
                case ActivationMethod.Centred few -> centred.put(layer.name(), few);
            }
        });
        methods.forEach((layer, method) -> {
            if (method instanceof ActivationMethod.Scaled scaled) {
                Set<String> sources = Sources.of(graph, layer.input());
                if (wishes.get(group(layer)).size() == 1 && sources.stream().allMatch(this::canBeHeld)) {
                    sources.forEach(source -> held.put(source, scaled));
                } else if (!isHeldAlready(layer.input())) {
                    atInput.put(layer.name(), scaled);
                }
            }
        });
        methods.forEach((layer, method) -> {
            if (method instanceof ActivationMethod.Centred few) {
                few.forRests().ifPresent(wide -> hold(layer.input(), wide));
            }
        });
        methods.forEach((layer, method) -> {
            if (method instanceof ActivationMethod.Scaled scaled
                    && layer.op().epilogue().residual()) {
                holdForSum(layer.node().input(3), scaled);
            }
        });
        spread();
    }

    private boolean isHeldAlready(String value) {
        return graph.value(value).quantizer().isPresent();
    }

    private boolean canBeHeld(String source) {
        return !graph.isConstant(source)
                && !isHeldAlready(source)
                && graph.value(source).type() == ElementType.FLOAT32;
    }

    private String group(Layer layer) {
        return root(Sources.of(graph, layer.input()).iterator().next());
    }

    private String root(String value) {
        String parent = parents.getOrDefault(value, value);
        return parent.equals(value) ? value : root(parent);
    }

    private void join(Set<String> values) {
        String first = root(values.iterator().next());
        values.forEach(value -> parents.put(root(value), first));
    }

    /** Holds what a held value is made of, and what that is made of. */
    private void spread() {
        Deque<String> open = new ArrayDeque<>(held.keySet());
        while (!open.isEmpty()) {
            String value = open.removeFirst();
            ActivationMethod.Scaled method = held.get(value);
            graph.producer(value).stream()
                    .flatMap(node -> summands(node).stream())
                    .forEach(input -> open.addAll(holdForSum(input, method)));
        }
    }

    /** The inputs of a node whose numbers its own are sums, means or functions of. */
    private List<String> summands(Node node) {
        return switch (node.op()) {
            case Contraction op -> op.epilogue().residual() ? List.of(node.input(3)) : List.of();
            case Pool.AveragePool pool -> List.of(node.input(0));
            case Reduction.Reduce reduce -> List.of(node.input(0));
            case Lanewise.Binary binary -> node.inputs();
            case Lanewise.Unary unary -> List.of(node.input(0));
            case Lanewise.PRelu pRelu -> List.of(node.input(0));
            default -> List.of();
        };
    }

    /** The values that are newly held. */
    private Set<String> holdForSum(String value, ActivationMethod.Scaled like) {
        return like.forSums().map(method -> hold(value, method)).orElse(Set.of());
    }

    /** The sources of a value that are newly held. */
    private Set<String> hold(String value, ActivationMethod.Scaled method) {
        Set<String> sources = Sources.of(graph, value);
        Set<String> added = new LinkedHashSet<>();
        if (sources.stream().allMatch(this::canBeHeld)) {
            for (String source : sources) {
                if (held.putIfAbsent(source, method) == null) {
                    added.add(source);
                }
            }
            if (added.size() == sources.size()) {
                join(sources);
            }
        }
        return added;
    }

    /** Values that are held where they are computed. */
    Map<String, ActivationMethod.Scaled> held() {
        return held;
    }

    /** The values that share the scale of a value that is held, itself included. */
    List<String> sharing(String value) {
        String root = root(value);
        return held.keySet().stream().filter(other -> root(other).equals(root)).toList();
    }

    /** Layers, by name, that have their input in their own way. */
    Map<String, ActivationMethod> atInput() {
        return atInput;
    }

    /** Layers, by name, that read levels around centres. */
    Map<String, ActivationMethod.Centred> centred() {
        return centred;
    }

    /** The values whose numbers must be known. */
    Set<String> values(List<Layer> layers) {
        Set<String> values = new LinkedHashSet<>();
        held.keySet().forEach(value -> values.add(Sources.pooled(graph, value)));
        for (Layer layer : layers) {
            values.add(layer.input());
            if (centred.containsKey(layer.name())) {
                Sources.of(graph, layer.input(), centred.get(layer.name()))
                        .forEach(source -> values.add(Sources.pooled(graph, source)));
            }
        }
        return values;
    }
}
