// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import static dev.inlay.onnx.ModelFile.integer;
import static dev.inlay.onnx.ModelFile.ints;
import static dev.inlay.onnx.ModelFile.opset;
import static dev.inlay.onnx.ModelFile.tensor;
import static dev.inlay.onnx.ModelFile.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.inlay.graph.Contraction.Conv;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Graph;
import dev.inlay.graph.GraphException;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Lanewise.Arithmetic;
import dev.inlay.graph.Node;
import dev.inlay.graph.Op;
import dev.inlay.graph.Window;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OnnxReaderTest {
    @Test
    void namesNodesByOperatorAndPositionAndKeepsNamesUnique() {
        Graph graph = opset(13)
                .input("x", 3)
                .node("Relu", List.of("x"), "a")
                .node(named("Tanh_2", "Abs", "a", "b"))
                .node("Tanh", List.of("b"), "c")
                .node(named("Tanh_2", "Neg", "c", "y"))
                .output("y")
                .read();
        List<String> names = graph.nodes().stream().map(Node::name).toList();
        assertEquals(4, names.stream().distinct().count());
        assertEquals(List.of("Relu_0", "Tanh_2"), names.subList(0, 2));
    }

    private static NodeProto named(String name, String op, String from, String to) {
        return NodeProto.newBuilder()
                .setName(name)
                .setOpType(op)
                .addInput(from)
                .addOutput(to)
                .build();
    }

    @Test
    void chainsVariadicOperators() {
        Graph graph = opset(13)
                .input("x", 3)
                .weights("w", 3)
                .node("Max", List.of("x", "w", "x"), "a")
                .node("Mean", List.of("a", "w"), "y")
                .output("y")
                .read();
        List<Op> max = List.of(new Lanewise.Binary(Arithmetic.MAX), new Lanewise.Binary(Arithmetic.MAX));
        List<Op> mean = List.of(new Lanewise.Binary(Arithmetic.ADD), new Lanewise.Binary(Arithmetic.DIV));
        assertEquals(max, graph.nodes().subList(0, 2).stream().map(Node::op).toList());
        assertEquals(mean, graph.nodes().subList(2, 4).stream().map(Node::op).toList());
    }

    @Test
    void readsAnImageOfOneAxisAsOneOfASingleRow() {
        Graph graph = opset(13)
                .input("x", 1, 2, 10)
                .weights("w", 3, 2, 4)
                .node("Conv", List.of("x", "w"), "y", ints("pads", 1, 2), ints("strides", 2))
                .output("y")
                .read();
        assertEquals(Shape.of(1, 3, 5), graph.value("y").shape());
        assertEquals(
                new Conv(new Window(1, 4, 1, 2, 1, 1, 0, 1, 0, 2), 1, Epilogue.NONE),
                graph.nodes().stream()
                        .map(Node::op)
                        .filter(Conv.class::isInstance)
                        .findFirst()
                        .orElseThrow());
    }

    @Test
    void evaluatesShapeArithmetic() {
        Graph graph = opset(13)
                .input("x", 2, 6, 5)
                .integers("zero", 0)
                .integers("one", 1)
                .integers("two", 2)
                .node("Shape", List.of("x"), "shape")
                .node("Gather", List.of("shape", "zero"), "batch")
                .node("Slice", List.of("shape", "one", "two"), "channels")
                .node("Div", List.of("channels", "two"), "half")
                .node("Mul", List.of("half", "two"), "doubled")
                .node("Constant", List.of(), "rest", tensor("value", Tensor.of(Shape.of(1), -1L)))
                .node("Concat", List.of("batch", "half", "rest"), "to", integer("axis", 0))
                .node("Reshape", List.of("x", "to"), "y")
                .output("y")
                .output("doubled")
                .read();
        assertEquals(Shape.of(2, 3, 10), graph.value("y").shape());
        assertArrayEquals(
                new long[] {6}, graph.constant("doubled").orElseThrow().toLongs());
        assertEquals(1, graph.nodes().size());
    }

    @Test
    void evaluatesConstantOfShapeRangeAndSliceBackwards() {
        Graph graph = opset(13)
                .constant("start", Tensor.of(Shape.SCALAR, 2L))
                .constant("limit", Tensor.of(Shape.SCALAR, 11L))
                .constant("step", Tensor.of(Shape.SCALAR, 3L))
                .integers("last", -1)
                .integers("first", Long.MIN_VALUE + 1)
                .integers("axis", 0)
                .integers("back", -2)
                .integers("extents", 2, 1)
                .node("Range", List.of("start", "limit", "step"), "range")
                .node("Slice", List.of("range", "last", "first", "axis", "back"), "slice")
                .node("ConstantOfShape", List.of("extents"), "sevens", tensor("value", Tensor.of(Shape.of(1), 7L)))
                .output("slice")
                .output("sevens")
                .read();
        assertArrayEquals(
                new long[] {8, 2}, graph.constant("slice").orElseThrow().toLongs());
        assertArrayEquals(
                new long[] {7, 7}, graph.constant("sevens").orElseThrow().toLongs());
        assertEquals(Shape.of(2, 1), graph.constant("sevens").orElseThrow().shape());
    }

    @Test
    void bindsSymbolsAndTakesTheBatchAsOne() {
        ModelFile file = opset(13);
        file.graph().addInput(symbolic("a", "batch", 3)).addInput(symbolic("b", "batch", 3));
        byte[] bytes = file.node("Add", List.of("a", "b"), "y").output("y").bytes();
        assertEquals(Shape.of(1, 3), OnnxReader.read(bytes, Map.of()).value("y").shape());
        Graph bound = OnnxReader.read(bytes, Map.of("b", Shape.of(4, 3)));
        assertEquals(Shape.of(4, 3), bound.value("a").shape());
        assertThrows(GraphException.class, () -> OnnxReader.read(bytes, Map.of("b", Shape.of(4))));
        assertThrows(GraphException.class, () -> OnnxReader.read(bytes, Map.of("c", Shape.of(4, 3))));
    }

    private static ValueInfoProto symbolic(String name, String symbol, long extent) {
        ValueInfoProto.Builder info = ModelFile.info(name, TensorProto.DataType.FLOAT, 1, extent).toBuilder();
        info.getTypeBuilder()
                .getTensorTypeBuilder()
                .getShapeBuilder()
                .setDim(0, Dimension.newBuilder().setDimParam(symbol));
        return info.build();
    }

    @Test
    void listsEveryUnsupportedNodeAndNamesTheFirst() {
        byte[] bytes = opset(13)
                .input("x", 1, 2, 4, 4)
                .node("Resize", List.of("x"), "a")
                .node("Relu", List.of("a"), "b")
                .node("GridSample", List.of("b"), "c")
                .node("Pad", List.of("x"), "d", text("mode", "reflect"))
                .node("Unique", List.of("x"), "nobody reads this")
                .node("Sum", List.of("c", "d"), "y")
                .output("y")
                .bytes();
        List<Unsupported> found = OnnxReader.inspect(bytes, Map.of()).unsupported();
        assertEquals(
                List.of("Resize", "GridSample", "Pad"),
                found.stream().map(Unsupported::op).toList());
        GraphException refused = assertThrows(GraphException.class, () -> OnnxReader.read(bytes, Map.of()));
        assertEquals(
                "node \"Resize_0\" (Resize): " + found.getFirst().why() + "; 2 more unsupported", refused.getMessage());
    }

    @Test
    void countsWhatIsThereWhereNodesAreUnsupported() {
        byte[] bytes = opset(13)
                .graph(GraphProto.newBuilder()
                        .addInput(symbolic("x", "N", 3))
                        .addOutput(symbolic("y", "N", 2))
                        .build())
                .weights("w", 3, 4)
                .weights("b", 4)
                .weights("s", 5)
                .weights("v", 4, 2)
                .weights("nobody", 100)
                .node("MatMul", List.of("x", "w"), "a")
                .node("Add", List.of("a", "b"), "c")
                .node("GridSample", List.of("c", "s"), "d")
                .node("MatMul", List.of("d", "v"), "e")
                .node("Softmax", List.of("e"), "y")
                .node("Relu", List.of("c"), "z")
                .output("z")
                .output("e")
                .bytes();
        Inspection found = OnnxReader.inspect(bytes, Map.of("x", Shape.of(7, 3)));
        assertEquals(Optional.empty(), found.graph());
        assertEquals(Shape.of(7, 3), found.known().inputs().getFirst().shape());
        assertEquals(3, found.known().nodes().size());
        assertEquals(3, found.leftOut());
        assertEquals(12 + 4 + 5 + 8, found.known().parameters());
        assertEquals(4 * (12 + 4 + 5 + 8), found.known().constantBytes());
        Optional<ElementType> floats = Optional.of(ElementType.FLOAT32);
        assertEquals(
                List.of(
                        new Inspection.Output("y", floats, Optional.of(Shape.of(7, 2))),
                        new Inspection.Output("z", floats, Optional.of(Shape.of(7, 4))),
                        new Inspection.Output("e", Optional.empty(), Optional.empty())),
                found.outputs());
    }

    @Test
    void treatsAnInitializerThatIsListedAsInputAsAConstant() {
        Graph graph = opset(9).input("x", 2)
                .input("w", 2)
                .weights("w", 2)
                .node("Add", List.of("x", "w"), "y")
                .output("y")
                .read();
        assertEquals(
                List.of("x"), graph.inputs().stream().map(value -> value.name()).toList());
    }
}
