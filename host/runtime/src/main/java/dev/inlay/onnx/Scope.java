// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import dev.inlay.graph.Graph;
import dev.inlay.graph.GraphException;
import dev.inlay.graph.Node;
import dev.inlay.graph.ShapeInference;
import dev.inlay.graph.Value;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the import of one model has defined so far: values with their shapes, constants, and the graph's nodes. */
final class Scope {
    private final int opset;
    private final TensorReader tensors;
    private final Set<String> taken;
    private final Set<String> nodeNames = new HashSet<>();
    private final Set<String> unknown = new HashSet<>();
    private final Map<String, Value> values = new HashMap<>();
    private final Map<String, Tensor> constants = new LinkedHashMap<>();
    private final List<Value> inputs = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private long computedBytes;

    /**
     * @param opset version of ONNX's operator set
     * @param taken every value name of the file, which no name made here may equal
     */
    Scope(int opset, TensorReader tensors, Set<String> taken) {
        this.opset = opset;
        this.tensors = tensors;
        this.taken = new HashSet<>(taken);
    }

    int opset() {
        return opset;
    }

    TensorReader tensors() {
        return tensors;
    }

    void input(Value value) {
        define(value);
        inputs.add(value);
    }

    void constant(String name, Tensor tensor) {
        define(new Value(name, tensor.type(), tensor.shape()));
        constants.put(name, tensor);
    }

    /** Records a value of which only the name is known, since what defines it is unsupported. */
    void unknown(String name) {
        requireNew(name);
        unknown.add(name);
    }

    boolean isUnknown(String name) {
        return unknown.contains(name);
    }

    /** A value defined earlier in the file. */
    Value value(String name) {
        Value value = values.get(name);
        if (value == null) {
            throw new GraphException("value \"" + name
                    + "\" is defined by nothing before its use, expected an input, an initializer or an earlier node");
        }
        return value;
    }

    boolean isDefined(String name) {
        return values.containsKey(name);
    }

    Optional<Tensor> constant(String name) {
        return Optional.ofNullable(constants.get(name));
    }

    /** Adds a node and defines what it defines, so that errors surface where the file has them. */
    void node(Node node) {
        for (Value value : ShapeInference.outputs(node, this::value)) {
            Limits.shape(
                    "node \"" + node.name() + "\" (" + node.op().title() + ")",
                    value.shape().toArray());
            define(value);
        }
        nodes.add(node);
    }

    /** A value name that nothing else has. */
    String freshValue(String wish) {
        return fresh(wish, taken);
    }

    /** A node name that no node has yet. */
    String freshNode(String wish) {
        return fresh(wish, nodeNames);
    }

    private static String fresh(String wish, Set<String> used) {
        String name = wish;
        for (int count = used.size(); !used.add(name); count++) {
            name = wish + "_" + count;
        }
        return name;
    }

    /** Memory for a constant that the import computes. */
    Tensor allocate(ElementType type, Shape shape) {
        Limits.shape("computed constant", shape.toArray());
        spend(shape.elements() * type.bytes());
        return Tensor.allocate(type, shape);
    }

    /** Counts work or memory in bytes towards what computing constants may take. */
    void spend(long bytes) {
        computedBytes += bytes;
        if (computedBytes > Limits.COMPUTED_BYTES) {
            throw new GraphException(
                    "got constants that take more than " + Limits.COMPUTED_BYTES + " bytes to compute, expected less");
        }
    }

    /** The graph of all that was defined. */
    Graph graph(String name, List<String> outputs) {
        Graph.Builder builder = Graph.builder(name);
        inputs.forEach(builder::input);
        constants.forEach(builder::constant);
        nodes.forEach(builder::node);
        outputs.forEach(builder::output);
        return builder.build();
    }

    private void define(Value value) {
        requireNew(value.name());
        values.put(value.name(), value);
    }

    private void requireNew(String name) {
        if (name.isEmpty()) {
            throw new GraphException("got a value with an empty name, expected a name");
        }
        if (values.containsKey(name) || unknown.contains(name)) {
            throw new GraphException("value \"" + name + "\" is defined twice, expected one definition");
        }
    }
}
