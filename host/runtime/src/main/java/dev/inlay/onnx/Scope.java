// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Encoded;
import dev.inlay.encoding.Levels;
import dev.inlay.graph.Graph;
import dev.inlay.graph.GraphException;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Move;
import dev.inlay.graph.Node;
import dev.inlay.graph.ShapeInference;
import dev.inlay.graph.Value;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collection;
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
    private final Map<String, Encoded> encoded = new LinkedHashMap<>();
    private final Set<String> huffmanCoded = new HashSet<>();
    private final Map<String, Codes> codes = new HashMap<>();
    private final Map<String, String> aliases = new HashMap<>();
    private final Map<String, Levels.Integers> ranges = new HashMap<>();
    private final Map<String, CodeType> widened = new HashMap<>();
    private final Map<String, String> wholes = new HashMap<>();
    private final Set<String> usedNodes = new HashSet<>();
    private final List<Value> inputs = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private long computedBytes;
    private long codesBytes;

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

    /** A constant of integers of a type that only files have. */
    void widened(String name, Tensor tensor, CodeType type) {
        constant(name, tensor);
        widened.put(name, type);
    }

    /** A constant that the file holds in a Huffman code. */
    void huffmanCoded(String name, Tensor tensor) {
        constant(name, tensor);
        huffmanCoded.add(name);
    }

    boolean isHuffmanCoded(String name) {
        return huffmanCoded.contains(name);
    }

    /** A constant as another one: of the same type in the file, and of the same range. */
    void constantLike(String name, Tensor tensor, String other) {
        constant(name, tensor);
        Optional.ofNullable(widened.get(other)).ifPresent(type -> widened.put(name, type));
        Optional.ofNullable(ranges.get(other)).ifPresent(range -> ranges.put(name, range));
    }

    /** Notes that a constant keeps to a range. */
    void range(String name, Levels.Integers range) {
        ranges.put(name, range);
    }

    /** The range that a constant keeps to; that of its type if nothing else is known. */
    Levels.Integers range(String name, CodeType type) {
        return ranges.getOrDefault(name, type.range());
    }

    boolean isWidened(String name) {
        return widened.containsKey(name);
    }

    /** The type in the file of integers that may be codes. */
    Optional<CodeType> codeType(String name) {
        return Optional.ofNullable(widened.get(name))
                .or(() -> CodeType.of(value(name).type()));
    }

    /** A FLOAT32 constant that is not held as floats. */
    void encoded(String name, Encoded weights) {
        define(new Value(name, ElementType.FLOAT32, weights.shape()));
        encoded.put(name, weights);
    }

    Optional<Encoded> encoded(String name) {
        return Optional.ofNullable(encoded.get(name));
    }

    /** The codes of a constant that is held as such. */
    Optional<Coded> coded(String name) {
        return encoded(name).flatMap(Encoded::codes);
    }

    /** Defines a value of the file as the codes of a value of the graph. */
    void codes(String name, Codes of) {
        requireNew(name);
        codes.put(name, of);
    }

    /** What a value of the file is the codes of, if it is. */
    Optional<Codes> codes(String name) {
        return Optional.ofNullable(codes.get(name));
    }

    /**
     * The numbers that codes stand for.
     *
     * @param wish name of the value where it is still to be made
     */
    String real(String name, String wish) {
        Codes of = Optional.ofNullable(codes.get(name)).orElseThrow();
        if (of.projected()) {
            return of.source();
        }
        node(new Node(nodeName(of.node()), new Lanewise.Quantize(of.by()), List.of(of.source()), List.of(wish)));
        codes.put(name, of.projectedAs(wish));
        return wish;
    }

    /** Makes a value of the graph hold the codes themselves, under the name that the file gives them. */
    void materialise(String name) {
        Codes of = codes.get(name);
        if (of != null && !values.containsKey(name)) {
            Lanewise.Encode encode = new Lanewise.Encode(of.by(), of.type());
            node(new Node(nodeName(of.node()), encode, List.of(of.source()), List.of(name)));
        }
    }

    /** Notes that an integer value of the file is a FLOAT32 value of the graph, exactly. */
    void whole(String name, String real) {
        wholes.put(name, real);
    }

    /** The FLOAT32 value that an integer value is exactly, if there is one. */
    Optional<String> whole(String name) {
        return Optional.ofNullable(wholes.get(name));
    }

    /** A name that the file gives a node, or one like it where a node of the graph has it already. */
    String nodeName(String wish) {
        return usedNodes.contains(wish) ? freshNode(wish) : wish;
    }

    /** Makes one more name of a value. */
    void alias(String name, String target) {
        requireNew(name);
        aliases.put(name, target);
    }

    /** The name in the graph of a value of the file. */
    String resolve(String name) {
        return aliases.getOrDefault(name, name);
    }

    /** The value of the graph that holds what a value of the file does: the numbers themselves where those are codes. */
    String held(String name) {
        return values.containsKey(resolve(name))
                ? resolve(name)
                : codes.get(name).source();
    }

    /** Makes a value of the file a value of the graph of that very name. */
    void output(String name) {
        String target = aliases.remove(name);
        if (target != null) {
            Move.Reshape same = new Move.Reshape(value(target).shape());
            node(new Node(freshNode(name), same, List.of(target), List.of(name)));
        }
        materialise(name);
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
        Value value = values.get(resolve(name));
        Codes of = codes.get(name);
        if (value == null && of != null) {
            return new Value(name, of.type(), value(of.source()).shape());
        }
        if (value == null) {
            throw new GraphException("value \"" + name
                    + "\" is defined by nothing before its use, expected an input, an initializer or an earlier node");
        }
        return value;
    }

    boolean isDefined(String name) {
        return values.containsKey(name) || codes.containsKey(name) || aliases.containsKey(name);
    }

    /** A constant; one that is not held as floats only where it is small. */
    Optional<Tensor> constant(String name) {
        return Optional.ofNullable(constants.get(name))
                .or(() -> encoded(name)
                        .filter(weights -> weights.shape().elements() <= Limits.VECTOR)
                        .map(Encoded::decode));
    }

    /** Adds a node and defines what it defines, so that errors surface where the file has them. */
    void node(Node node) {
        for (Value value : ShapeInference.outputs(node, this::value)) {
            Limits.shape(
                    "node \"" + node.name() + "\" (" + node.op().title() + ")",
                    value.shape().toArray());
            define(value);
        }
        usedNodes.add(node.name());
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

    /** The wish, or the wish with a number behind it, added to what is used. */
    static String fresh(String wish, Set<String> used) {
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

    /** Memory for codes that the import makes. */
    Tensor allocateCodes(ElementType type, Shape shape) {
        Limits.shape("codes", shape.toArray());
        spendCodes(shape.elements() * type.bytes());
        return Tensor.allocate(type, shape);
    }

    /** Counts memory in bytes towards what codes may take. */
    void spendCodes(long bytes) {
        codesBytes += bytes;
        if (codesBytes > Limits.CODES_BYTES) {
            throw new GraphException("got codes that take more than " + Limits.CODES_BYTES + " bytes, expected fewer");
        }
    }

    /** The graph of all that was defined. */
    Graph graph(String name, Collection<String> outputs) {
        Graph.Builder builder = Graph.builder(name);
        inputs.forEach(builder::input);
        constants.forEach(builder::constant);
        encoded.forEach(builder::encoded);
        nodes.forEach(builder::node);
        outputs.forEach(builder::output);
        return builder.build();
    }

    private void define(Value value) {
        if (!codes.containsKey(value.name()) || values.containsKey(value.name())) {
            requireNew(value.name());
        }
        values.put(value.name(), value);
    }

    private void requireNew(String name) {
        if (name.isEmpty()) {
            throw new GraphException("got a value with an empty name, expected a name");
        }
        if (isDefined(name) || unknown.contains(name)) {
            throw new GraphException("value \"" + name + "\" is defined twice, expected one definition");
        }
    }
}
