// SPDX-License-Identifier: Apache-2.0
package dev.inlay.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.backend.reference.GraphInterpreter;
import dev.inlay.backend.reference.Reference;
import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Quantizer;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Function;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Lanewise.Arithmetic;
import dev.inlay.graph.Move;
import dev.inlay.graph.Node;
import dev.inlay.graph.Normalization;
import dev.inlay.graph.Op;
import dev.inlay.graph.Patch;
import dev.inlay.graph.Pool;
import dev.inlay.graph.Value;
import dev.inlay.graph.Window;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RewriterTest {
    private static final Op CONV = new Contraction.Conv(Window.of(3, 3), 1, Epilogue.NONE);
    private static final Op BATCH_NORM = new Normalization.BatchNormalization(0.01f);
    private static final Op RELU = new Lanewise.Unary(Function.RELU);
    private static final Op ADD = new Lanewise.Binary(Arithmetic.ADD);

    private static Tensor random(Random random, long... extents) {
        Tensor tensor = Tensor.allocate(ElementType.FLOAT32, Shape.of(extents));
        for (long i = 0; i < tensor.elements(); i++) {
            tensor.set(i, random.nextGaussian());
        }
        return tensor;
    }

    private static Tensor positive(Random random, long... extents) {
        Tensor tensor = random(random, extents);
        for (long i = 0; i < tensor.elements(); i++) {
            tensor.set(i, 0.5 + Math.abs(tensor.getFloat(i)));
        }
        return tensor;
    }

    /** Two images, a matrix, and constants for layers on them. */
    private static Graph.Builder parts() {
        Random random = new Random(7);
        return Graph.builder("net")
                .input(new Value("x", ElementType.FLOAT32, Shape.of(2, 3, 6, 6)))
                .input(new Value("r", ElementType.FLOAT32, Shape.of(2, 4, 4, 4)))
                .input(new Value("a", ElementType.FLOAT32, Shape.of(5, 3)))
                .constant("w", random(random, 4, 3, 3, 3))
                .constant("w2", random(random, 4, 3, 3, 3))
                .constant("b", random(random, 4))
                .constant("scale", random(random, 4))
                .constant("shift", random(random, 4))
                .constant("mean", random(random, 4))
                .constant("variance", positive(random, 4))
                .constant("per channel", positive(random, 4, 1, 1))
                .constant("per row", random(random, 4, 1))
                .constant("scalar", positive(random))
                .constant("m", random(random, 3, 4))
                .constant("mT", random(random, 4, 3));
    }

    private static Graph.Builder conv() {
        return parts().node("conv", CONV, List.of("x", "w", "b"), "t");
    }

    private static Arguments becomes(String title, Graph.Builder builder, Op... expected) {
        return Arguments.of(title, builder.output("y").build(), List.of(expected));
    }

    private static Contraction with(Op op, Epilogue epilogue) {
        return ((Contraction) op).withEpilogue(epilogue);
    }

    private static Graph.Builder normalised(Graph.Builder builder, String from, String to) {
        return builder.node("norm", BATCH_NORM, List.of(from, "scale", "shift", "mean", "variance"), to);
    }

    private static Graph.Builder binary(Graph.Builder builder, Arithmetic arithmetic, String left, String right) {
        return builder.node("binary", new Lanewise.Binary(arithmetic), List.of(left, right), "y");
    }

    private static Op window(Window window) {
        return new Contraction.Conv(window, 1, Epilogue.NONE);
    }

    private static Move.Pad pad(float value) {
        return new Move.Pad(List.of(0, 0, 1, 2), List.of(0, 0, 3, 0), value);
    }

    private static Window padded(int rows, int columns) {
        return new Window(rows, columns, 1, 1, 1, 1, 1, 2, 3, 0);
    }

    static Stream<Arguments> folding() {
        Op gemm = new Contraction.Gemm(0.5f, 2, false, false, Epilogue.NONE);
        Op gemmT = new Contraction.Gemm(0.5f, 2, false, true, Epilogue.NONE);
        Op folded = new Contraction.Gemm(0.5f, 1, false, false, Epilogue.NONE);
        Op foldedT = new Contraction.Gemm(0.5f, 1, false, true, Epilogue.NONE);
        Op matMul = new Contraction.MatMul(Epilogue.NONE);
        return Stream.of(
                becomes("batch norm after conv", normalised(conv(), "t", "y"), CONV),
                becomes(
                        "batch norm after conv without bias",
                        normalised(parts().node("conv", CONV, List.of("x", "w"), "t"), "t", "y"),
                        CONV),
                becomes(
                        "batch norm after gemm",
                        normalised(parts().node("gemm", gemm, List.of("a", "m", "b"), "t"), "t", "y"),
                        folded),
                becomes(
                        "batch norm after transposed gemm with a scalar bias",
                        normalised(parts().node("gemm", gemmT, List.of("a", "mT", "scalar"), "t"), "t", "y"),
                        foldedT),
                becomes(
                        "batch norm after matmul",
                        normalised(parts().node("mm", matMul, List.of("a", "m"), "t"), "t", "y"),
                        matMul),
                becomes("batch norm alone", normalised(parts(), "r", "y"), new Lanewise.Binary(Arithmetic.MUL), ADD),
                becomes(
                        "batch norm after an activation",
                        normalised(conv().node("relu", RELU, List.of("t"), "u"), "u", "y"),
                        with(CONV, new Epilogue(false, Function.RELU)),
                        new Lanewise.Binary(Arithmetic.MUL),
                        ADD),
                becomes("times a channel", binary(conv(), Arithmetic.MUL, "t", "per channel"), CONV),
                becomes("plus a channel, from the left", binary(conv(), Arithmetic.ADD, "per channel", "t"), CONV),
                becomes("minus a channel", binary(conv(), Arithmetic.SUB, "t", "per channel"), CONV),
                becomes("a channel minus", binary(conv(), Arithmetic.SUB, "per channel", "t"), CONV),
                becomes("divided by a scalar", binary(conv(), Arithmetic.DIV, "t", "scalar"), CONV),
                becomes(
                        "a channel divided by it stays",
                        binary(conv(), Arithmetic.DIV, "per channel", "t"),
                        CONV,
                        new Lanewise.Binary(Arithmetic.DIV)),
                becomes("plus a row stays", binary(conv(), Arithmetic.ADD, "t", "per row"), CONV, ADD),
                becomes(
                        "a bias after matmul",
                        binary(parts().node("mm", matMul, List.of("a", "m"), "t"), Arithmetic.ADD, "t", "b"),
                        matMul),
                becomes(
                        "a bias after matmul of two activations",
                        binary(parts().node("mm", matMul, List.of("r", "r"), "t"), Arithmetic.ADD, "t", "b"),
                        matMul));
    }

    static Stream<Arguments> fusing() {
        Op six = new Lanewise.Unary(Function.clip(0, 6));
        return Stream.of(
                becomes(
                        "activation",
                        conv().node("relu", RELU, List.of("t"), "y"),
                        with(CONV, new Epilogue(false, Function.RELU))),
                becomes(
                        "a second activation stays",
                        conv().node("relu", RELU, List.of("t"), "u").node("six", six, List.of("u"), "y"),
                        with(CONV, new Epilogue(false, Function.RELU)),
                        six),
                becomes(
                        "residual and activation",
                        conv().node("add", ADD, List.of("r", "t"), "u").node("relu", RELU, List.of("u"), "y"),
                        with(CONV, new Epilogue(true, Function.RELU))),
                becomes(
                        "of two convolutions the later takes the sum",
                        conv().node("conv2", CONV, List.of("x", "w2"), "u").node("add", ADD, List.of("t", "u"), "y"),
                        CONV,
                        with(CONV, new Epilogue(true, Function.IDENTITY))),
                becomes(
                        "an activated output takes no residual",
                        conv().node("relu", RELU, List.of("t"), "u").node("add", ADD, List.of("u", "r"), "y"),
                        with(CONV, new Epilogue(false, Function.RELU)),
                        ADD),
                becomes("added to itself", conv().node("add", ADD, List.of("t", "t"), "y"), CONV, ADD),
                becomes(
                        "an output read twice",
                        conv().node("relu", RELU, List.of("t"), "u").node("add", ADD, List.of("u", "t"), "y"),
                        with(CONV, new Epilogue(false, Function.IDENTITY)),
                        RELU,
                        ADD),
                becomes("an output of the graph", conv().output("t").node("relu", RELU, List.of("t"), "y"), CONV, RELU),
                becomes(
                        "pad into conv",
                        parts().node("pad", pad(0), List.of("x"), "p").node("conv", CONV, List.of("p", "w"), "y"),
                        window(padded(3, 3))),
                becomes(
                        "a pad of ones stays",
                        parts().node("pad", pad(1), List.of("x"), "p").node("conv", CONV, List.of("p", "w"), "y"),
                        pad(1),
                        CONV),
                becomes(
                        "pad into average",
                        parts().node("pad", pad(0), List.of("x"), "p")
                                .node("pool", new Pool.AveragePool(Window.of(4, 4), false, false), List.of("p"), "y"),
                        new Pool.AveragePool(padded(4, 4), false, true)),
                becomes(
                        "pad of zero before a maximum stays",
                        parts().node("pad", pad(0), List.of("x"), "p")
                                .node("pool", new Pool.MaxPool(Window.of(4, 4), false), List.of("p"), "y"),
                        pad(0),
                        new Pool.MaxPool(Window.of(4, 4), false)),
                becomes(
                        "pad of minus infinity into a maximum",
                        parts().node("pad", pad(Float.NEGATIVE_INFINITY), List.of("x"), "p")
                                .node("pool", new Pool.MaxPool(Window.of(4, 4), false), List.of("p"), "y"),
                        new Pool.MaxPool(padded(4, 4), false)));
    }

    static Stream<Arguments> removing() {
        Op same = new Move.Reshape(Shape.of(2, 4, 4, 4));
        Op flat = new Move.Reshape(Shape.of(2, 64));
        return Stream.of(
                becomes(
                        "reshape of reshape",
                        parts().node("one", new Move.Reshape(Shape.of(8, 16)), List.of("r"), "t")
                                .node("two", flat, List.of("t"), "y"),
                        flat),
                becomes(
                        "identity between nodes",
                        conv().node("drop", same, List.of("t"), "u").node("relu", RELU, List.of("u"), "y"),
                        with(CONV, new Epilogue(false, Function.RELU))),
                becomes("identity at the end", conv().node("drop", same, List.of("t"), "y"), CONV),
                becomes("identity of an input", parts().node("drop", same, List.of("r"), "y"), same),
                becomes(
                        "identity of another output",
                        conv().output("t").node("drop", same, List.of("t"), "y"),
                        CONV,
                        same),
                becomes(
                        "nothing padded, nothing transposed, one concatenated, same type",
                        conv().node("p", new Move.Pad(List.of(0, 0, 0, 0), List.of(0, 0, 0, 0), 3), List.of("t"), "1")
                                .node("t", new Move.Transpose(List.of(0, 1, 2, 3)), List.of("1"), "2")
                                .node("c", new Move.Concat(1), List.of("2"), "3")
                                .node("k", new Lanewise.Cast(ElementType.FLOAT32), List.of("3"), "4")
                                .node("relu", RELU, List.of("4"), "y"),
                        with(CONV, new Epilogue(false, Function.RELU))),
                becomes(
                        "constants",
                        parts().node("t", new Move.Transpose(List.of(1, 0)), List.of("mT"), "u")
                                .node("v", ADD, List.of("u", "m"), "v")
                                .node("s", new Move.Reshape(Shape.of(12)), List.of("v"), "w1")
                                .node("e", new Move.Reshape(Shape.of(3, 4)), List.of("w1"), "w3")
                                .node("mm", new Contraction.MatMul(Epilogue.NONE), List.of("a", "w3"), "y"),
                        new Contraction.MatMul(Epilogue.NONE)));
    }

    /** Quantised behind a function, less a number for each channel and divided by one. */
    private static Graph quantised(Function function, Quantizer quantizer, float... parameters) {
        return conv().constant("centre", Tensor.of(Shape.of(4, 1, 1), parameters[0], 2, 3, parameters[1]))
                .constant("factor", Tensor.of(Shape.of(1, 4, 1, 1), 1, 2, parameters[2], 1))
                .node("function", new Lanewise.Unary(function), List.of("t"), "u")
                .node("centred", new Lanewise.Binary(Arithmetic.SUB), List.of("u", "centre"), "v")
                .node("divided", new Lanewise.Binary(Arithmetic.DIV), List.of("v", "factor"), "z")
                .node("q", new Lanewise.Quantize(quantizer), List.of("z"), "y")
                .output("y")
                .build();
    }

    static Stream<Arguments> clamps() {
        Quantizer ternary = new Quantizer.Uniform(Levels.Integers.TERNARY, 1, 0);
        Quantizer signs = new Quantizer.Uniform(Levels.Odd.BINARY, 1, 0);
        return Stream.of(
                Arguments.of("zero is the least code", quantised(Function.RELU, ternary, 1, 1, 3), true),
                Arguments.of("zero is not in one channel", quantised(Function.RELU, ternary, 1, 0.5f, 3), false),
                Arguments.of("the order turns round", quantised(Function.RELU, ternary, 1, 1, -3), false),
                Arguments.of("zero is minus one", quantised(Function.RELU, signs, 1, 0.1f, 3), true),
                Arguments.of("zero is plus one", quantised(Function.RELU, signs, 1, 0, 3), false),
                Arguments.of("both ends", quantised(Function.clip(0, 6), ternary, 1, 1, 3), true),
                Arguments.of("the upper end is not", quantised(Function.clip(0, 4), ternary, 1, 1, 3), false),
                Arguments.of("no clamp", quantised(Function.of(Function.Kind.TANH), ternary, 1, 1, 3), false));
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("clamps")
    void removesClampsThatChangeNoCode(String title, Graph graph, boolean goes) {
        Graph simpler = Rewriter.standard().rewrite(graph);
        assertEquals(goes ? 1 : 3, simpler.nodes().size(), () -> simpler.nodes().toString());
        assertSameResults(graph, simpler);
        Tensor codes = new GraphInterpreter(graph)
                .run(Map.of(
                        "x",
                        random(new Random(5), 2, 3, 6, 6),
                        "r",
                        random(new Random(6), 2, 4, 4, 4),
                        "a",
                        random(new Random(7), 5, 3)))
                .get("y");
        Set<Float> seen = new HashSet<>();
        for (long i = 0; i < codes.elements(); i++) {
            seen.add(codes.getFloat(i));
        }
        assertTrue(seen.size() > 1, "the codes are all alike, and prove nothing");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"folding", "fusing", "removing"})
    void rewrites(String title, Graph graph, List<Op> expected) {
        Graph simpler = Rewriter.standard(Reference::evaluate).rewrite(graph);
        assertEquals(expected, simpler.nodes().stream().map(Node::op).toList());
        assertEquals(graph.inputs(), simpler.inputs());
        assertEquals(graph.outputs(), simpler.outputs());
        assertSameResults(graph, simpler);
    }

    private static void assertSameResults(Graph graph, Graph simpler) {
        Random random = new Random(11);
        Map<String, Tensor> inputs = new HashMap<>();
        graph.inputs()
                .forEach(value ->
                        inputs.put(value.name(), random(random, value.shape().toArray())));
        Map<String, Tensor> expected = new GraphInterpreter(graph).run(inputs);
        Map<String, Tensor> got = new GraphInterpreter(simpler).run(inputs);
        expected.forEach((name, tensor) -> {
            Tensor other = got.get(name);
            for (long i = 0; i < tensor.elements(); i++) {
                double error = Math.abs(tensor.getDouble(i) - other.getDouble(i));
                assertTrue(
                        error <= 1e-5 * (1 + Math.abs(tensor.getDouble(i))),
                        name + "[" + i + "]: got " + other.getDouble(i) + ", expected " + tensor.getDouble(i));
            }
        });
    }

    @Test
    void sharesTheConstantsThatStay() {
        Graph graph = conv().node("relu", RELU, List.of("t"), "y").output("y").build();
        Graph simpler = Rewriter.standard().rewrite(graph);
        assertSame(graph.constant("w").orElseThrow(), simpler.constant("w").orElseThrow());
        assertEquals(Set.of("w", "b"), simpler.constants().keySet());
    }

    @Test
    void foldsInDoublePrecision() {
        // In single precision the shift would vanish beside the mean.
        Graph graph = Graph.builder("net")
                .input(new Value("x", ElementType.FLOAT32, Shape.of(1, 1)))
                .constant("w", Tensor.of(Shape.of(1, 1), 0f))
                .constant("b", Tensor.of(Shape.of(1), 1f))
                .constant("scale", Tensor.of(Shape.of(1), 3f))
                .constant("shift", Tensor.of(Shape.of(1), 0x1p-30f))
                .constant("mean", Tensor.of(Shape.of(1), 1f))
                .constant("variance", Tensor.of(Shape.of(1), 7f))
                .node("mm", new Contraction.MatMul(Epilogue.NONE), List.of("x", "w"), "t")
                .node("bias", ADD, List.of("t", "b"), "u")
                .node(
                        "norm",
                        new Normalization.BatchNormalization(0),
                        List.of("u", "scale", "shift", "mean", "variance"),
                        "y")
                .output("y")
                .build();
        Graph simpler = Rewriter.standard().rewrite(graph);
        Node node = simpler.nodes().getFirst();
        assertEquals(0x1p-30, simpler.constant(node.input(2)).orElseThrow().getDouble(0), 0x1p-45);
    }

    @Test
    void refusesRulesThatGoOnForEver() {
        Rule renaming = (graph, node) -> Optional.of(new Patch(Set.of(node.name()), List.of(node), Map.of()));
        Graph graph = parts().node("relu", RELU, List.of("x"), "y").output("y").build();
        Rewriter rewriter = new Rewriter(List.of(renaming), List.of());
        assertThrows(IllegalStateException.class, () -> rewriter.rewrite(graph));
    }

    @Test
    void takesFewPassesForManyNodes() {
        Graph.Builder builder = Graph.builder("deep")
                .input(new Value("v0", ElementType.FLOAT32, Shape.of(1, 2)))
                .constant("w", Tensor.of(Shape.of(2, 2), 1f, 0f, 0f, 1f));
        for (int i = 0; i < 2000; i++) {
            builder.node("m" + i, new Contraction.MatMul(Epilogue.NONE), List.of("v" + i, "w"), "t" + i)
                    .node("r" + i, RELU, List.of("t" + i), "v" + (i + 1));
        }
        Graph graph = builder.output("v2000").build();
        int[] passes = new int[1];
        Rule counting = (current, node) -> {
            passes[0] += node.equals(current.nodes().getFirst()) ? 1 : 0;
            return Optional.empty();
        };
        List<Rule> rules = Stream.concat(Stream.of(counting), Rewriter.standard().rules().stream())
                .toList();
        Graph simpler = new Rewriter(rules, List.of()).rewrite(graph);
        assertEquals(2000, simpler.nodes().size());
        assertTrue(passes[0] <= 4, "passes: " + passes[0]);
    }
}
