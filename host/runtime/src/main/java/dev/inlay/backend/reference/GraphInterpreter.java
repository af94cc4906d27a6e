// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.reference;

import dev.inlay.graph.Graph;
import dev.inlay.graph.GraphException;
import dev.inlay.graph.Node;
import dev.inlay.graph.Value;
import dev.inlay.tensor.Tensor;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Runs a whole graph by {@link Reference}, node after node. */
public final class GraphInterpreter {
    private final Graph graph;

    public GraphInterpreter(Graph graph) {
        this.graph = graph;
    }

    /**
     * The graph's outputs, in order.
     *
     * @param inputs a tensor for every input of the graph
     * @throws GraphException if an input is missing, unknown, or of another type or shape than the graph's
     */
    public Map<String, Tensor> run(Map<String, Tensor> inputs) {
        Set<String> names = new HashSet<>();
        graph.outputs().forEach(output -> names.add(output.name()));
        Map<String, Tensor> found = run(inputs, names);
        Map<String, Tensor> ordered = new LinkedHashMap<>();
        graph.outputs().forEach(output -> ordered.put(output.name(), found.get(output.name())));
        return ordered;
    }

    /**
     * Any values of the graph, outputs or not; other values are dropped once their last reader is done.
     *
     * @param inputs a tensor for every input of the graph
     * @param wanted names of values
     * @throws GraphException as {@link #run(Map)}, and if the graph has no value of a wanted name
     */
    public Map<String, Tensor> run(Map<String, Tensor> inputs, Set<String> wanted) {
        wanted.forEach(graph::value);
        Map<String, Tensor> live = new HashMap<>(graph.constants());
        graph.encoded()
                .keySet()
                .forEach(name -> live.put(name, graph.constant(name).orElseThrow()));
        live.putAll(checked(inputs));
        Map<String, Tensor> results = new LinkedHashMap<>();
        live.forEach((name, tensor) -> keep(name, tensor, wanted, results));
        Map<String, Integer> readers = readers();
        for (Node node : graph.nodes()) {
            List<Optional<Tensor>> operands = node.inputs().stream()
                    .map(name -> name.isEmpty() ? Optional.<Tensor>empty() : Optional.of(live.get(name)))
                    .toList();
            List<Value> outputs = node.outputs().stream().map(graph::value).toList();
            List<Tensor> defined = Reference.evaluate(graph, node, operands);
            for (int i = 0; i < outputs.size(); i++) {
                live.put(outputs.get(i).name(), defined.get(i));
                keep(outputs.get(i).name(), defined.get(i), wanted, results);
            }
            for (String name : Set.copyOf(node.inputs())) {
                if (!name.isEmpty() && readers.merge(name, -1, Integer::sum) == 0) {
                    live.remove(name);
                }
            }
        }
        return results;
    }

    private Map<String, Integer> readers() {
        Map<String, Integer> readers = new HashMap<>();
        for (Node node : graph.nodes()) {
            Set.copyOf(node.inputs()).forEach(name -> readers.merge(name, 1, Integer::sum));
        }
        return readers;
    }

    private static void keep(String name, Tensor tensor, Set<String> wanted, Map<String, Tensor> results) {
        if (wanted.contains(name)) {
            results.put(name, tensor);
        }
    }

    private Map<String, Tensor> checked(Map<String, Tensor> inputs) {
        List<Value> expected = graph.inputs();
        for (Value value : expected) {
            Tensor tensor = inputs.get(value.name());
            if (tensor == null) {
                throw new GraphException(
                        "input \"" + value.name() + "\": got none, expected " + value.type() + " " + value.shape());
            }
            if (tensor.type() != value.type() || !tensor.shape().equals(value.shape())) {
                throw new GraphException("input \"" + value.name() + "\": got " + tensor.type() + " " + tensor.shape()
                        + ", expected " + value.type() + " " + value.shape());
            }
        }
        List<String> names = expected.stream().map(Value::name).toList();
        for (String name : inputs.keySet()) {
            if (!names.contains(name)) {
                throw new GraphException("input \"" + name + "\": got an unknown name, expected one of " + names);
            }
        }
        return inputs;
    }
}
