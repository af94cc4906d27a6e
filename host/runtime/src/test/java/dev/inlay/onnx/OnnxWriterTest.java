// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Function;
import dev.inlay.graph.Function.Kind;
import dev.inlay.graph.Graph;
import dev.inlay.graph.GraphException;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Move;
import dev.inlay.graph.Normalization;
import dev.inlay.graph.Op;
import dev.inlay.graph.Pool;
import dev.inlay.graph.Reduction;
import dev.inlay.graph.Value;
import dev.inlay.graph.Window;
import dev.inlay.rewrite.Rewriter;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OnnxWriterTest {
    private static final Window WINDOW = new Window(3, 2, 2, 1, 1, 2, 1, 0, 2, 1);

    private static Graph.Builder image() {
        return Graph.builder("net")
                .input(new Value("x", ElementType.FLOAT32, Shape.of(1, 4, 8, 8)))
                .constant("w", Tensor.of(Shape.of(4, 2, 3, 2), new float[48]))
                .constant("c", Tensor.of(Shape.of(4), 1f, 2f, 3f, 4f));
    }

    static Stream<Op> onImages() {
        Stream<Op> functions = Arrays.stream(Kind.values())
                .filter(kind -> kind != Kind.IDENTITY)
                .map(kind -> new Lanewise.Unary(
                        switch (kind) {
                            case LEAKY_RELU, ELU -> new Function(kind, 0.3f, 0);
                            case SELU, CLIP, HARD_SIGMOID -> new Function(kind, 0.3f, 0.7f);
                            default -> Function.of(kind);
                        }));
        return Stream.concat(
                functions,
                Stream.of(
                        new Lanewise.Cast(ElementType.INT32),
                        new Pool.MaxPool(WINDOW, true),
                        new Pool.AveragePool(new Window(3, 3, 2, 2, 1, 1, 1, 1, 1, 1), false, true),
                        new Pool.AveragePool(new Window(3, 3, 2, 2, 2, 2, 1, 1, 1, 1), false, false),
                        new Normalization.Lrn(5, 0.1f, 0.5f, 2),
                        new Normalization.Softmax(1, false, true),
                        new Reduction.Reduce(Reduction.Fold.SUM, List.of(2, 3), true),
                        new Reduction.Reduce(Reduction.Fold.PROD, List.of(1), false),
                        new Reduction.ArgMax(1, false),
                        new Move.Reshape(Shape.of(16, 16)),
                        new Move.Transpose(List.of(0, 2, 3, 1)),
                        new Move.Pad(List.of(0, 0, 1, 2), List.of(0, 1, 0, 3), 0.5f)));
    }

    @ParameterizedTest
    @MethodSource("onImages")
    void readsBackWhatItWrote(Op op) {
        assertReadBack(image().node("n", op, List.of("x"), "y").output("y").build());
    }

    @Test
    void readsBackOperatorsOfSeveralInputs() {
        Graph.Builder builder = image().node(
                        "conv", new Contraction.Conv(WINDOW, 2, Epilogue.NONE), List.of("x", "w", "c"), "a")
                .node("norm", new Normalization.BatchNormalization(0.1f), List.of("a", "c", "c", "c", "c"), "b")
                .node("flat", new Move.Reshape(Shape.of(4, 35)), List.of("b"), "f")
                .node("gemm", new Contraction.Gemm(2, 3, false, true, Epilogue.NONE), List.of("f", "f"), "g")
                .node("mul", new Contraction.MatMul(Epilogue.NONE), List.of("g", "g"), "m")
                .node("prelu", new Lanewise.PRelu(), List.of("m", "c"), "p")
                .node("cat", new Move.Concat(1), List.of("p", "g", "m"), "y");
        for (Lanewise.Arithmetic arithmetic : Lanewise.Arithmetic.values()) {
            builder.node(arithmetic.name(), new Lanewise.Binary(arithmetic), List.of("g", "c"), "y" + arithmetic);
            builder.output("y" + arithmetic);
        }
        assertReadBack(builder.output("y").build());
    }

    private static void assertReadBack(Graph graph) {
        Graph back = OnnxReader.read(OnnxWriter.bytes(graph), Map.of());
        assertEquals(graph.nodes(), back.nodes());
        assertEquals(graph.inputs(), back.inputs());
        assertEquals(graph.outputs(), back.outputs());
        assertEquals(graph.constants().keySet(), back.constants().keySet());
        graph.constants().forEach((name, tensor) -> {
            Tensor other = back.constant(name).orElseThrow();
            assertEquals(tensor.shape(), other.shape());
            assertEquals(-1, tensor.data().mismatch(other.data()));
        });
    }

    @Test
    void anEpilogueComesBackByRewriting() {
        Graph graph = Graph.builder("net")
                .input(new Value("x", ElementType.FLOAT32, Shape.of(2, 2)))
                .input(new Value("r", ElementType.FLOAT32, Shape.of(2, 2)))
                .constant("w", Tensor.of(Shape.of(2, 2), 1f, 2f, 3f, 4f))
                .node(
                        "m",
                        new Contraction.MatMul(new Epilogue(true, Function.clip(0, 6))),
                        List.of("x", "w", "", "r"),
                        "y")
                .output("y")
                .build();
        Graph back = OnnxReader.read(OnnxWriter.bytes(graph), Map.of());
        assertEquals(3, back.nodes().size());
        assertEquals(graph.nodes(), Rewriter.standard().rewrite(back).nodes());
    }

    @Test
    void writesAFlattenedSoftmaxAsOneOverTheLastAxis() {
        Graph graph = image().node("s", new Normalization.Softmax(1, true, false), List.of("x"), "y")
                .output("y")
                .build();
        Graph back = OnnxReader.read(OnnxWriter.bytes(graph), Map.of());
        assertEquals(
                List.of(
                        new Move.Reshape(Shape.of(1, 256)),
                        new Normalization.Softmax(1, false, false),
                        new Move.Reshape(Shape.of(1, 4, 8, 8))),
                back.nodes().stream().map(node -> node.op()).toList());
    }

    @Test
    void writesFiles(@TempDir Path folder) throws IOException {
        Graph graph = image().node("n", new Lanewise.Unary(Function.RELU), List.of("x"), "y")
                .output("y")
                .build();
        Path file = folder.resolve("net.onnx");
        OnnxWriter.write(graph, file);
        assertEquals(graph.nodes(), OnnxReader.read(file, Map.of()).nodes());
        assertThrows(
                IOException.class,
                () -> OnnxWriter.write(graph, folder.resolve("missing").resolve("net.onnx")));
    }

    @Test
    void refusesMoreConstantsThanAFileHolds() {
        Tensor large = Tensor.allocate(ElementType.INT8, Shape.of(1 << 20));
        Graph.Builder builder = Graph.builder("net");
        for (int i = 0; i < 2048; i++) {
            builder.constant("c" + i, large).output("c" + i);
        }
        Graph graph = builder.build();
        assertThrows(GraphException.class, () -> OnnxWriter.bytes(graph));
    }
}
