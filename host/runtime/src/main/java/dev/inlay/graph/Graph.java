// SPDX-License-Identifier: Apache-2.0
package dev.inlay.graph;

import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Encoded;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An immutable network with fixed shapes: nodes in topological order, each value defined once.
 *
 * @see #builder(String)
 */
public final class Graph {
    private final String name;
    private final List<String> inputs;
    private final List<String> outputs;
    private final List<Node> nodes;
    private final Map<String, Tensor> constants;
    private final Map<String, Encoded> encoded;
    private final Map<String, Tensor> decoded = new ConcurrentHashMap<>();
    private final Map<String, Value> values;
    private final Map<String, List<Node>> consumers;
    private final Map<String, Node> producers;

    private Graph(Builder builder) {
        this.name = builder.name;
        this.inputs = List.copyOf(builder.inputs);
        this.outputs = List.copyOf(builder.outputs);
        this.nodes = sorted(builder);
        this.constants = Collections.unmodifiableMap(builder.constants);
        this.encoded = Collections.unmodifiableMap(builder.encoded);
        this.values = new LinkedHashMap<>(builder.values);
        this.consumers = new HashMap<>();
        this.producers = new HashMap<>();
        for (Node node : nodes) {
            List<Value> outs = ShapeInference.outputs(node, this::value);
            outs.forEach(value -> values.put(value.name(), value));
            node.outputs().forEach(output -> producers.put(output, node));
            Set.copyOf(node.inputs())
                    .forEach(input -> consumers
                            .computeIfAbsent(input, key -> new ArrayList<>())
                            .add(node));
        }
        for (String output : outputs) {
            if (!values.containsKey(output)) {
                throw new GraphException("graph " + name + ": output \"" + output
                        + "\" is defined by nothing, expected a node, an input or a constant to define it");
            }
        }
    }

    public static Builder builder(String name) {
        return new Builder(name);
    }

    public String name() {
        return name;
    }

    public List<Value> inputs() {
        return inputs.stream().map(this::value).toList();
    }

    public List<Value> outputs() {
        return outputs.stream().map(this::value).toList();
    }

    public List<Node> nodes() {
        return nodes;
    }

    /** The constants that are held as they are. */
    public Map<String, Tensor> constants() {
        return constants;
    }

    /** The constants that are not held as the floats they stand for. */
    public Map<String, Encoded> encoded() {
        return encoded;
    }

    /** The value of this name: input, constant or output of a node. */
    public Value value(String valueName) {
        Value value = values.get(valueName);
        if (value == null) {
            throw new GraphException("graph " + name + ": got no value named \"" + valueName + "\"");
        }
        return value;
    }

    /** Whether an input, a constant or a node's output has this name. */
    public boolean defines(String valueName) {
        return values.containsKey(valueName);
    }

    /** A constant; one that is not held as floats is decoded, once. */
    public Optional<Tensor> constant(String valueName) {
        Encoded codes = encoded.get(valueName);
        return codes == null
                ? Optional.ofNullable(constants.get(valueName))
                : Optional.of(decoded.computeIfAbsent(valueName, name -> codes.decode()));
    }

    /** Whether a value is a constant, held in any way. */
    public boolean isConstant(String valueName) {
        return constants.containsKey(valueName) || encoded.containsKey(valueName);
    }

    /** A constant that is not held as the floats it stands for. */
    public Optional<Encoded> encoded(String valueName) {
        return Optional.ofNullable(encoded.get(valueName));
    }

    /** The codes of a constant that is held as such. */
    public Optional<Coded> coded(String valueName) {
        return encoded(valueName).flatMap(Encoded::codes);
    }

    /** The nodes that read a value, in topological order, each once. */
    public List<Node> consumers(String valueName) {
        return consumers.getOrDefault(valueName, List.of());
    }

    /** The node that defines a value; empty for inputs and constants. */
    public Optional<Node> producer(String valueName) {
        return Optional.ofNullable(producers.get(valueName));
    }

    public boolean isOutput(String valueName) {
        return outputs.contains(valueName);
    }

    /** Number of constant elements that nodes read. */
    public long parameters() {
        return constants.values().stream().mapToLong(Tensor::elements).sum()
                + encoded.values().stream()
                        .mapToLong(codes -> codes.shape().elements())
                        .sum();
    }

    /** Bytes of all constants as they are held. */
    public long constantBytes() {
        return constants.values().stream()
                        .mapToLong(tensor -> tensor.data().byteSize())
                        .sum()
                + encoded.values().stream()
                        .mapToLong(codes -> Math.ceilDiv(codes.bits(), Byte.SIZE))
                        .sum();
    }

    /** The same nodes with other outputs; nodes that lead to none of them are gone. */
    public Graph withOutputs(Collection<String> changed) {
        return of(nodes, changed);
    }

    /**
     * The same graph with its nodes in another order.
     *
     * @param names of all nodes; one that reads another's result comes after it all the same
     */
    public Graph ordered(List<String> names) {
        Map<String, Node> byName = new HashMap<>();
        nodes.forEach(node -> byName.put(node.name(), node));
        return of(names.stream().map(byName::get).toList(), outputs);
    }

    private Graph of(List<Node> changedNodes, Collection<String> changedOutputs) {
        Builder builder = new Builder(name);
        inputs().forEach(builder::input);
        constants.forEach(builder::constant);
        encoded.forEach(builder::encoded);
        changedNodes.forEach(builder::node);
        changedOutputs.forEach(builder::output);
        return builder.build();
    }

    /**
     * A graph with a patch applied: what is added stands where the first removed node stood, as far as the order of
     * computation allows. Constants that nothing reads any more are gone; the others are shared, not copied.
     */
    public Graph apply(Patch patch) {
        Builder builder = new Builder(name);
        inputs().forEach(builder::input);
        constants.forEach(builder::constant);
        encoded.forEach(builder::encoded);
        patch.constants().forEach(builder::constant);
        patch.encoded().forEach(builder::encoded);
        boolean added = false;
        for (Node node : nodes) {
            if (!patch.removed().contains(node.name())) {
                builder.node(node);
            } else if (!added) {
                patch.added().forEach(builder::node);
                added = true;
            }
        }
        if (!added) {
            patch.added().forEach(builder::node);
        }
        outputs.forEach(builder::output);
        return builder.build();
    }

    private static List<Node> sorted(Builder builder) {
        Map<String, Node> definedBy = new HashMap<>();
        for (Node node : builder.nodes) {
            for (String output : node.outputs()) {
                if (builder.values.containsKey(output) || definedBy.putIfAbsent(output, node) != null) {
                    throw new GraphException("node \"" + node.name() + "\": value \"" + output
                            + "\" is defined twice, expected one definition");
                }
            }
        }
        List<Node> order = new ArrayList<>(builder.nodes.size());
        Set<Node> done = Collections.newSetFromMap(new IdentityHashMap<>());
        Set<Node> open = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Node> stack = new ArrayList<>();
        for (Node root : builder.nodes) {
            stack.add(root);
            while (!stack.isEmpty()) {
                Node node = stack.getLast();
                if (done.contains(node)) {
                    stack.removeLast();
                    continue;
                }
                open.add(node);
                boolean ready = true;
                for (String input : node.inputs()) {
                    Node before = definedBy.get(input);
                    if (before != null && !done.contains(before)) {
                        if (open.contains(before)) {
                            throw new GraphException("node \"" + node.name() + "\": got a cycle through value \""
                                    + input + "\", expected an acyclic graph");
                        }
                        stack.add(before);
                        ready = false;
                    } else if (before == null && !input.isEmpty() && !builder.values.containsKey(input)) {
                        throw new GraphException("node \"" + node.name() + "\": input \"" + input
                                + "\" is defined by nothing, expected a node, an input or a constant to define it");
                    }
                }
                if (ready) {
                    stack.removeLast();
                    open.remove(node);
                    done.add(node);
                    order.add(node);
                }
            }
        }
        return List.copyOf(order);
    }

    /** Collects the parts of a graph; nodes may come in any order. */
    public static final class Builder {
        private final String name;
        private final List<String> inputs = new ArrayList<>();
        private final List<String> outputs = new ArrayList<>();
        private final List<Node> nodes = new ArrayList<>();
        private final Map<String, Tensor> constants = new LinkedHashMap<>();
        private final Map<String, Encoded> encoded = new LinkedHashMap<>();
        private final Map<String, Value> values = new LinkedHashMap<>();

        private Builder(String name) {
            this.name = name;
        }

        public Builder input(Value value) {
            inputs.add(value.name());
            define(value);
            return this;
        }

        public Builder constant(String valueName, Tensor tensor) {
            constants.put(valueName, tensor);
            define(new Value(valueName, tensor.type(), tensor.shape()));
            return this;
        }

        /** A FLOAT32 constant that is not held as floats. */
        public Builder encoded(String valueName, Encoded codes) {
            encoded.put(valueName, codes);
            define(new Value(valueName, ElementType.FLOAT32, codes.shape()));
            return this;
        }

        public Builder node(Node node) {
            nodes.add(node);
            return this;
        }

        public Builder node(String nodeName, Op op, List<String> from, String to) {
            return node(new Node(nodeName, op, from, List.of(to)));
        }

        public Builder output(String valueName) {
            outputs.add(valueName);
            return this;
        }

        private void define(Value value) {
            if (values.putIfAbsent(value.name(), value) != null) {
                throw new GraphException("value \"" + value.name() + "\" is defined twice, expected one definition");
            }
        }

        /**
         * Sorts the nodes, drops those that lead to no output and the constants that nothing reads, and infers every
         * shape.
         *
         * @throws GraphException if a value is undefined or defined twice, the nodes form a cycle, or shapes disagree
         */
        public Graph build() {
            Set<String> needed = new HashSet<>(outputs);
            List<Node> backwards = sorted(this).reversed();
            List<Node> live = new ArrayList<>();
            for (Node node : backwards) {
                if (node.outputs().stream().anyMatch(needed::contains)) {
                    needed.addAll(node.inputs());
                    live.add(node);
                }
            }
            nodes.clear();
            nodes.addAll(live.reversed());
            constants.keySet().retainAll(needed);
            encoded.keySet().retainAll(needed);
            values.keySet().removeIf(value -> !needed.contains(value) && !inputs.contains(value));
            return new Graph(this);
        }
    }
}
