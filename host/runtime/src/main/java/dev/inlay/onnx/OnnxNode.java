// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.inlay.encoding.Encoded;
import dev.inlay.graph.GraphException;
import dev.inlay.graph.Move;
import dev.inlay.graph.Node;
import dev.inlay.graph.Op;
import dev.inlay.graph.Value;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One node of a file while it is imported: what it reads, its attributes, and the means to define its output. */
final class OnnxNode {
    private final String name;
    private final List<String> inputs;
    private final List<String> outputs;
    private final Attributes attributes;
    private final Scope scope;

    OnnxNode(String name, NodeProto proto, Scope scope) {
        this(
                name,
                proto.getInputList().stream().map(scope::resolve).toList(),
                proto.getOutputList(),
                new Attributes(proto.getAttributeList()),
                scope);
    }

    private OnnxNode(String name, List<String> inputs, List<String> outputs, Attributes attributes, Scope scope) {
        this.name = name;
        this.inputs = inputs;
        this.outputs = outputs;
        this.attributes = attributes;
        this.scope = scope;
    }

    /** This node reading and defining other values. */
    OnnxNode with(List<String> from, String output) {
        return new OnnxNode(name, from, List.of(output), attributes, scope);
    }

    /** This node under its name and a suffix. */
    OnnxNode named(String suffix) {
        String other = suffix.isEmpty() ? name : scope.freshNode(name + suffix);
        return new OnnxNode(other, inputs, outputs, attributes, scope);
    }

    String name() {
        return name;
    }

    int opset() {
        return scope.opset();
    }

    Attributes attributes() {
        return attributes;
    }

    Scope scope() {
        return scope;
    }

    String output() {
        return outputs.getFirst();
    }

    /** The name of an output; empty where nothing is to read it. */
    String output(int position) {
        return position < outputs.size() ? outputs.get(position) : "";
    }

    int inputs() {
        return inputs.size();
    }

    /** Every input, empty where an optional one is absent. */
    List<String> allInputs() {
        return inputs;
    }

    boolean has(int position) {
        return position < inputs.size() && !inputs.get(position).isEmpty();
    }

    String input(int position) {
        if (!has(position)) {
            throw new IllegalArgumentException("got no input " + position + ", expected it");
        }
        return inputs.get(position);
    }

    /** The names of the first {@code count} inputs, empty where an optional one is absent. */
    List<String> inputs(int count) {
        List<String> names = new ArrayList<>();
        for (int position = 0; position < count; position++) {
            names.add(has(position) ? input(position) : "");
        }
        while (!names.isEmpty() && names.getLast().isEmpty()) {
            names.removeLast();
        }
        return names;
    }

    private Value value(int position) {
        return scope.value(input(position));
    }

    Shape shape(int position) {
        return value(position).shape();
    }

    ElementType type(int position) {
        return value(position).type();
    }

    /** The constant at an input; empty where the input is absent or no constant. */
    Optional<Tensor> constant(int position) {
        return has(position) ? scope.constant(input(position)) : Optional.empty();
    }

    /** The integers of an input that the graph must know in advance, empty where the input is absent. */
    Optional<long[]> integers(int position, String what) {
        if (!has(position)) {
            return Optional.empty();
        }
        Tensor tensor = constant(position)
                .orElseThrow(() -> unsupported("got " + what + " computed at run time, expected a constant"));
        if (tensor.type() != ElementType.INT64 && tensor.type() != ElementType.INT32) {
            throw new IllegalArgumentException("got " + what + " of " + tensor.type() + ", expected INT64");
        }
        if (tensor.shape().rank() > 1 || tensor.elements() > Limits.VECTOR) {
            throw new IllegalArgumentException("got " + what + " of shape " + tensor.shape() + ", expected a vector");
        }
        return Optional.of(tensor.toLongs());
    }

    /** The integers of an attribute, or of an input in versions that moved the attribute there. */
    Optional<long[]> integers(String attribute, int position, int movedIn) {
        if (opset() >= movedIn) {
            return integers(position, attribute);
        }
        return attributes.integers(attribute).map(list -> {
            long[] numbers = new long[list.size()];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = list.get(i);
            }
            return numbers;
        });
    }

    /** Refuses inputs that differ in type. */
    void requireSameTypes() {
        ElementType first = type(0);
        for (int position = 1; position < inputs(); position++) {
            if (has(position) && type(position) != first) {
                throw new IllegalArgumentException(
                        "got inputs of " + first + " and " + type(position) + ", expected one type");
            }
        }
    }

    /** Refuses inputs that differ in type or hold no floating-point numbers. */
    void requireFloating() {
        requireSameTypes();
        requireFloatingData();
    }

    /** Refuses an input 0 that holds no floating-point numbers. */
    void requireFloatingData() {
        if (!type(0).isFloating()) {
            throw unsupported("got inputs of " + type(0) + ", expected FLOAT32 or FLOAT64");
        }
    }

    /** Refuses an input 0 that is not FLOAT32. */
    void requireFloat32() {
        if (type(0) != ElementType.FLOAT32) {
            throw unsupported("got numbers of " + type(0) + ", expected FLOAT32");
        }
    }

    UnsupportedNodeException unsupported(String why) {
        return new UnsupportedNodeException(why);
    }

    /** Defines the output by an operator. */
    void define(Op op, List<String> from) {
        scope.node(new Node(name, op, from, List.of(output())));
    }

    /** Defines the output as a constant. */
    void define(Tensor tensor) {
        scope.constant(output(), tensor);
    }

    /** Defines the output as a value's elements under a shape. */
    void defineReshaped(String from, Shape to) {
        define(new Move.Reshape(to), List.of(from));
    }

    /** A value between the inputs and the output, defined by an operator of its own. */
    String step(String suffix, Op op, List<String> from) {
        String value = scope.freshValue(output() + "/" + suffix);
        scope.node(new Node(scope.freshNode(name + "/" + suffix), op, from, List.of(value)));
        return value;
    }

    /** A value's elements under a shape, as a value beside the node; codes stay codes. */
    String reshaped(String suffix, String from, Shape to) {
        Optional<Encoded> weights = scope.encoded(from).flatMap(codes -> codes.reshaped(to));
        if (weights.isEmpty()) {
            return step(suffix, new Move.Reshape(to), List.of(from));
        }
        String value = scope.freshValue(output() + "/" + suffix);
        scope.encoded(value, weights.get());
        return value;
    }

    /** A constant beside the node. */
    String constant(String suffix, Tensor tensor) {
        String value = scope.freshValue(output() + "/" + suffix);
        scope.constant(value, tensor);
        return value;
    }

    /** A scalar of the type of input 0. */
    String scalar(String suffix, double number) {
        Tensor tensor = Tensor.allocate(type(0), Shape.SCALAR);
        tensor.set(0, number);
        return constant(suffix, tensor);
    }

    /** The sole element of a constant as a float. */
    float number(Tensor tensor, String what) {
        if (tensor.elements() != 1) {
            throw new GraphException(
                    "node \"" + name + "\": got " + what + " of shape " + tensor.shape() + ", expected one element");
        }
        return tensor.getFloat(0);
    }
}
