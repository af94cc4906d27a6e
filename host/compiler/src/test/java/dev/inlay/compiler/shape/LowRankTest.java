// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.shape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.backend.reference.GraphInterpreter;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Function;
import dev.inlay.graph.Graph;
import dev.inlay.graph.GraphException;
import dev.inlay.graph.Node;
import dev.inlay.graph.OperationCount;
import dev.inlay.graph.Value;
import dev.inlay.graph.Window;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Layers as two of low rank: nothing is lost at full rank, elsewhere what the singular values left out say. */
class LowRankTest {
    private static final Epilogue EPILOGUE = new Epilogue(true, Function.RELU);
    private static final Window WINDOW = new Window(3, 5, 2, 1, 1, 2, 2, 1, 0, 3);

    private record Case(Factorisation.Form form, Contraction op, Shape input, Shape weights, int outputs) {
        Graph graph(Tensor tensor) {
            Graph.Builder builder = Graph.builder("g")
                    .input(new Value("x", ElementType.FLOAT32, input))
                    .constant("w", tensor)
                    .constant("b", new RandomTensors(2).next(outputs));
            Graph bare = Graph.builder("bare")
                    .input(new Value("x", ElementType.FLOAT32, input))
                    .constant("w", tensor)
                    .node("layer", op.withEpilogue(Epilogue.NONE), List.of("x", "w"), "y")
                    .output("y")
                    .build();
            return builder.input(
                            new Value("r", ElementType.FLOAT32, bare.value("y").shape()))
                    .node("layer", op, List.of("x", "w", "b", "r"), "y")
                    .output("y")
                    .build();
        }
    }

    static Stream<Case> cases() {
        Contraction conv = new Contraction.Conv(WINDOW, 1, EPILOGUE);
        Shape image = Shape.of(2, 4, 9, 11);
        Shape window = Shape.of(6, 4, 3, 5);
        return Stream.of(
                new Case(Factorisation.Form.CHANNELS, conv, image, window, 6),
                new Case(Factorisation.Form.SEPARABLE, conv, image, window, 6),
                new Case(
                        Factorisation.Form.CHANNELS,
                        new Contraction.Gemm(0.5f, 2, false, true, EPILOGUE),
                        Shape.of(3, 10),
                        Shape.of(7, 10),
                        7),
                new Case(
                        Factorisation.Form.CHANNELS,
                        new Contraction.Gemm(2, 0.5f, false, false, EPILOGUE),
                        Shape.of(3, 7),
                        Shape.of(7, 10),
                        10),
                new Case(
                        Factorisation.Form.SEPARABLE,
                        new Contraction.MatMul(EPILOGUE),
                        Shape.of(2, 3, 7),
                        Shape.of(7, 10),
                        10));
    }

    private static LowRank lowRank(Case layer, Graph graph) {
        return LowRank.of(graph, graph.nodes().getFirst(), layer.form()).orElseThrow();
    }

    private static Graph split(LowRank form, int rank) {
        Factors factors = Factors.of(form.matrix(), form.singularValues(), rank);
        return form.split(factors, "first", new FreshNames(form.graph()));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void givesTheSameAtFullRank(Case layer) {
        RandomTensors random = new RandomTensors(1);
        Graph graph = layer.graph(random.next(layer.weights()));
        LowRank form = lowRank(layer, graph);
        Graph two = split(form, Math.min(form.matrix().rows(), form.matrix().columns()));
        Map<String, Tensor> inputs = Map.of(
                "x",
                random.next(layer.input()),
                "r",
                random.next(graph.value("r").shape()));
        Tensor exact = new GraphInterpreter(graph).run(inputs).get("y");
        Tensor got = new GraphInterpreter(two).run(inputs).get("y");
        assertEquals(0, RandomTensors.distance(exact, got), 1e-4);
        assertEquals(
                List.of("first", "layer"), two.nodes().stream().map(Node::name).toList());
        assertTrue(exact.toFloats()[0] != exact.toFloats()[1], "the outputs differ");
    }

    /** Eckart and Young: the squared error is the sum of the squared singular values left out. */
    @ParameterizedTest
    @MethodSource("cases")
    void losesWhatTheValuesLeftOutHold(Case layer) {
        Tensor weights = new RandomTensors(3).next(layer.weights());
        LowRank form = lowRank(layer, layer.graph(weights));
        double[] values = form.singularValues().values();
        double energy = 0;
        for (float weight : weights.toFloats()) {
            energy += weight * weight;
        }
        double rest = energy;
        for (int rank = 1; rank <= values.length; rank++) {
            assertTrue(rank == 1 || values[rank - 1] <= values[rank - 2], "the largest first");
            rest -= values[rank - 1] * values[rank - 1];
            Factors factors = Factors.of(form.matrix(), form.singularValues(), rank);
            Tensor product = form.matrix().product(factors.first(), factors.second(), rank);
            double squares = 0;
            for (long i = 0; i < weights.elements(); i++) {
                squares += Math.pow(weights.getDouble(i) - product.getDouble(i), 2);
            }
            assertEquals(rest, squares, 1e-4 * energy);
            assertEquals(1 - rest / energy, factors.energy(), 1e-6);
        }
    }

    /** A bias is no matter of the rank: the two are counted without. */
    @ParameterizedTest
    @MethodSource("cases")
    void breaksEvenWhereMultiplicationsDo(Case layer) {
        Graph graph = layer.graph(new RandomTensors(4).next(layer.weights()));
        LowRank form = lowRank(layer, graph);
        assertTrue(form.most() > 0, "some rank saves");
        long dense = OperationCount.dense(graph, graph.nodes().getFirst());
        assertTrue(operations(split(form, form.most())) < dense);
        assertTrue(operations(split(form, form.most() + 1)) >= dense);
    }

    private static long operations(Graph graph) {
        return graph.nodes().stream()
                .mapToLong(node -> OperationCount.dense(graph, node))
                .sum();
    }

    @Test
    void choosesARank() {
        double[] values = {8, 4, 2, 1};
        assertEquals(3, new Rank.Fixed(3).of(values, 2));
        assertEquals(4, new Rank.Fixed(9).of(values, 2));
        assertEquals(2, new Rank.BreakEven().of(values, 2));
        assertEquals(1, new Rank.Energy(64 / 85.0).of(values, 2));
        assertEquals(2, new Rank.Energy(65 / 85.0).of(values, 2));
        assertEquals(3, new Rank.Energy(0.97).of(values, 2));
        assertEquals(4, new Rank.Energy(1).of(values, 2));
        assertEquals(3, new Rank.Energy(1).of(new double[] {8, 4, 2, 0}, 2));
        assertEquals(2, new Rank.RelativeError(Math.sqrt(5.1 / 85)).of(values, 2));
        assertEquals(3, new Rank.RelativeError(Math.sqrt(4.9 / 85)).of(values, 2));
        assertEquals(1, new Rank.Energy(0.5).of(new double[] {0, 0}, 2));
        assertThrows(IllegalArgumentException.class, () -> new Rank.Fixed(0));
        assertThrows(IllegalArgumentException.class, () -> new Rank.Energy(1.1));
        assertThrows(IllegalArgumentException.class, () -> new Rank.RelativeError(1));
    }

    @Test
    void leavesLayersThatItDoesNotMakeSmaller() {
        Case layer = cases().toList().get(3);
        Graph graph = layer.graph(new RandomTensors(5).next(layer.weights()));
        Shaped shaped =
                new Shaping(Map.of(), Map.of("layer", new Factorisation(layer.form(), new Rank.Fixed(5)))).of(graph);
        assertEquals(graph.nodes(), shaped.graph().nodes());
        ShapedLayer left = shaped.layer("layer").orElseThrow();
        assertEquals(List.of(), left.titles());
        assertEquals(
                "rank 5 takes 85 multiplications, the layer as it is 70",
                left.parameters().get("factorise").get("left"));
        Node grouped =
                new Node("conv", new Contraction.Conv(WINDOW, 2, Epilogue.NONE), List.of("x", "w"), List.of("y"));
        assertEquals(Optional.empty(), LowRank.of(graph, grouped, layer.form()));
    }

    @Test
    void refusesWeightsThatAreNotFinite() {
        Case layer = cases().toList().getLast();
        Tensor weights = new RandomTensors(6).next(layer.weights());
        weights.set(3, Double.NaN);
        Shaping shaping = new Shaping(Map.of(), Map.of("layer", new Factorisation(layer.form(), new Rank.BreakEven())));
        GraphException refused = assertThrows(GraphException.class, () -> shaping.of(layer.graph(weights)));
        assertEquals("node \"layer\": weights: got NaN, expected finite numbers", refused.getMessage());
    }
}
