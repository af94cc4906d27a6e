// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.compiler.calibrate.ActivationMethod;
import dev.inlay.compiler.calibrate.CalibrationData;
import dev.inlay.compiler.calibrate.RangeMethod;
import dev.inlay.compiler.calibrate.Runner;
import dev.inlay.compiler.encode.Affine;
import dev.inlay.compiler.encode.Fit;
import dev.inlay.compiler.encode.Granularity;
import dev.inlay.compiler.recipe.Correction;
import dev.inlay.compiler.recipe.LayerMatch;
import dev.inlay.compiler.recipe.LayerPosition;
import dev.inlay.compiler.recipe.Recipe;
import dev.inlay.compiler.shape.Factorisation;
import dev.inlay.compiler.shape.FilterPruning;
import dev.inlay.compiler.shape.Rank;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Graph;
import dev.inlay.graph.GraphException;
import dev.inlay.graph.Node;
import dev.inlay.graph.OperationCount;
import dev.inlay.graph.Value;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The report of an approximation against sums made by hand. */
class ApproximationTest {
    private static final Affine BYTES = new Affine(8, true, new Granularity.PerTensor(), Fit.RANGE);
    private static final Affine NIBBLES = new Affine(4, true, new Granularity.PerChannel(), Fit.RANGE);
    private static final ActivationMethod READ = new ActivationMethod.Affine(8, false);

    private static Recipe recipe(Recipe.Rule... rules) {
        return new Recipe("r", "", new RangeMethod.MinMax(), Correction.NONE, List.of(rules));
    }

    private static LayerMatch at(LayerPosition position) {
        return new LayerMatch(Optional.empty(), Optional.empty(), Optional.of(position), 0, Long.MAX_VALUE);
    }

    private static Approximated approximated(Graph graph, Recipe recipe) {
        Tensor image = TestNetworks.weights(1, 4, 4, 4);
        CalibrationData data = new CalibrationData(1, index -> Map.of("x", image));
        return Approximation.of(graph, recipe, data, Runner::reference, () -> {})
                .apply(graph);
    }

    /**
     * Weights are 4·4, 4·1 and 16·3, biases 4, 4 and none. A scale is 4 bytes; the last layer has one for each of its 3
     * outputs.
     */
    @Test
    void countsBytesAndOperationsOfEachLayer() {
        Graph graph = TestNetworks.chain();
        Approximated result = approximated(
                graph,
                recipe(
                        new Recipe.Rule(at(LayerPosition.LAST), Optional.of(NIBBLES), Optional.of(READ)),
                        new Recipe.Rule(LayerMatch.ALL, Optional.of(BYTES), Optional.of(READ))));
        List<LayerReport> layers = result.layers();
        assertEquals(
                List.of("first", "inner", "last"),
                layers.stream().map(LayerReport::node).toList());
        assertEquals(
                List.of(4L * (16 + 4), 4L * (4 + 4), 4L * 48),
                layers.stream().map(LayerReport::bytesBefore).toList());
        assertEquals(
                List.of(16L + 4 + 16, 4L + 4 + 16, 24L + 12),
                layers.stream().map(LayerReport::bytesAfter).toList());
        // A bias is one connection of each output.
        assertEquals(
                List.of(2L * 16 * (16 + 4), 2L * 4 * (4 + 4), 2L * 48),
                layers.stream().map(LayerReport::opsBefore).toList());
        assertEquals("affine, affine", layers.getLast().method());
        assertEquals(4, layers.getLast().params().get("weights").get("bits"));
        assertEquals(8, layers.getLast().params().get("activations").get("bits"));
    }

    @Test
    void whatTheLayersHoldIsWhatTheNetworkHolds() {
        Graph graph = TestNetworks.chain();
        Approximated result =
                approximated(graph, recipe(new Recipe.Rule(LayerMatch.ALL, Optional.of(BYTES), Optional.of(READ))));
        List<LayerReport> layers = result.layers();
        assertEquals(
                result.bytesBefore(),
                layers.stream().mapToLong(LayerReport::bytesBefore).sum());
        assertEquals(
                result.bytesAfter(),
                layers.stream().mapToLong(LayerReport::bytesAfter).sum());
        assertEquals(result.graph().constantBytes(), result.bytesAfter());
        assertEquals(result.bytesBefore() / (double) result.bytesAfter(), result.compression());
        assertEquals(
                OperationCount.of(graph),
                layers.stream().mapToLong(LayerReport::opsBefore).sum());
        assertEquals(
                OperationCount.of(result.graph()),
                layers.stream().mapToLong(LayerReport::opsAfter).sum());
    }

    /** Weights are (k - 5)/8 + 0.01 for k from 0 to 10, the largest magnitude 5/8 + 0.01: 4 bits hold it in 7 steps. */
    @Test
    void givesTheErrorOfTheWeights() {
        Affine coarse = new Affine(4, true, new Granularity.PerTensor(), Fit.RANGE);
        Approximated result = approximated(
                TestNetworks.chain(), recipe(new Recipe.Rule(LayerMatch.ALL, Optional.of(coarse), Optional.empty())));
        double step = 0.635 / 7;
        double largest = 0;
        double squares = 0;
        double signal = 0;
        for (int i = 0; i < 16; i++) {
            double weight = (i * 7 % 11 - 5) / 8.0 + 0.01;
            double error = Math.abs(weight - Math.rint(weight / step) * step);
            largest = Math.max(largest, error);
            squares += error * error;
            signal += weight * weight;
        }
        LayerReport.LayerError error = result.layers().getFirst().error();
        assertEquals(largest, error.max(), 1e-7);
        assertEquals(squares / 16, error.mse(), 1e-8);
        assertEquals(10 * Math.log10(signal / squares), error.sqnrDb().orElseThrow(), 1e-3);
        assertTrue(error.outputSqnrDb().isPresent(), error::toString);
    }

    @Test
    void layersThatNoRuleMatchesStayAsTheyAre() {
        Graph graph = TestNetworks.chain();
        Approximated result = approximated(
                graph,
                recipe(
                        new Recipe.Rule(at(LayerPosition.FIRST), Optional.empty(), Optional.empty()),
                        new Recipe.Rule(at(LayerPosition.LAST), Optional.empty(), Optional.empty()),
                        new Recipe.Rule(LayerMatch.ALL, Optional.of(BYTES), Optional.of(READ))));
        assertEquals(
                List.of("inner"),
                result.layers().stream().map(LayerReport::node).toList());
        assertEquals(
                graph.constant("first.w")
                        .orElseThrow()
                        .data()
                        .mismatch(
                                result.graph().constant("first.w").orElseThrow().data()),
                -1);
        assertEquals(1, result.graph().encoded().size());
        Recipe nothing = recipe(new Recipe.Rule(at(LayerPosition.INNER), Optional.empty(), Optional.empty()));
        GraphException refused = assertThrows(GraphException.class, () -> approximated(graph, nothing));
        assertEquals(
                "recipe r: got no layer that a rule approximates, expected one of [first, inner, last]",
                refused.getMessage());
    }

    /** x → wide (gemm) → narrow (gemm), for any batch. */
    private static Graph gemms(long batch) {
        return gemms(batch, TestNetworks.weights(12, 10));
    }

    private static Graph gemms(long batch, Tensor wide) {
        return Graph.builder("gemms")
                .input(new Value("x", ElementType.FLOAT32, Shape.of(batch, 12)))
                .constant("wide.w", wide)
                .constant("wide.b", TestNetworks.weights(10))
                .node(
                        "wide",
                        new Contraction.Gemm(1, 1, false, false, TestNetworks.RELU),
                        List.of("x", "wide.w", "wide.b"),
                        "a")
                .constant("narrow.w", TestNetworks.weights(10, 6))
                .node("narrow", new Contraction.MatMul(Epilogue.NONE), List.of("a", "narrow.w"), "y")
                .output("y")
                .build();
    }

    private static Approximation shaped(Graph graph, Recipe.Rule... rules) {
        Tensor rows = TestNetworks.weights(graph.value("x").shape().toArray());
        return Approximation.of(
                graph, recipe(rules), new CalibrationData(1, index -> Map.of("x", rows)), Runner::reference, () -> {});
    }

    /** Both layers that one becomes have codes, and the report of the one counts both, whatever the batch. */
    @Test
    void codesBothLayersOfLowRank() {
        Factorisation three = new Factorisation(Factorisation.Form.CHANNELS, new Rank.Fixed(3));
        Approximation approximation = shaped(
                gemms(4),
                new Recipe.Rule(
                        LayerMatch.ALL, Optional.empty(), Optional.of(three), Optional.of(BYTES), Optional.of(READ)));
        for (long batch : new long[] {4, 1}) {
            Approximated result = approximation.apply(gemms(batch));
            assertEquals(
                    List.of("wide_first", "wide", "narrow_first", "narrow"),
                    result.graph().nodes().stream()
                            .filter(node -> node.op() instanceof Contraction)
                            .map(Node::name)
                            .toList());
            assertEquals(4, result.graph().encoded().size());
            List<LayerReport> layers = result.layers();
            assertEquals("low-rank, affine, affine", layers.getFirst().method());
            assertEquals(
                    Map.of("form", "channels", "rank", 3, "chosenRank", 3, "fullRank", 10),
                    without(layers.getFirst().params().get("factorise"), "keptEnergy"));
            assertEquals(
                    List.of(4L * (120 + 10), 4L * 60),
                    layers.stream().map(LayerReport::bytesBefore).toList());
            assertEquals(
                    List.of(3L * 22 + 2 * 4 + 40, 3L * 16 + 2 * 4),
                    layers.stream().map(LayerReport::bytesAfter).toList());
            assertEquals(
                    OperationCount.of(gemms(batch)),
                    layers.stream().mapToLong(LayerReport::opsBefore).sum());
            assertEquals(
                    OperationCount.of(result.graph()),
                    layers.stream().mapToLong(LayerReport::opsAfter).sum());
            LayerReport.LayerError error = layers.getFirst().error();
            assertTrue(error.sqnrDb().orElse(0) > 1 && error.max() > 0, error::toString);
            assertTrue(error.outputSqnrDb().orElse(0) > 1, error::toString);
        }
    }

    private static Map<String, Object> without(Map<String, Object> parameters, String key) {
        Map<String, Object> fewer = new HashMap<>(parameters);
        assertTrue(fewer.remove(key) instanceof Double);
        return fewer;
    }

    /** The weights are a sum of two products of a column and a row: two singular values hold all. */
    @Test
    void comparesProductsWithTheWeightsTheyAreFor() {
        Tensor wide = Tensor.allocate(ElementType.FLOAT32, Shape.of(12, 10));
        for (int i = 0; i < 120; i++) {
            int row = i / 10;
            int column = i % 10;
            wide.set(i, Math.sin(row) * Math.cos(column) + (row % 3) * (column % 4));
        }
        Factorisation all = new Factorisation(Factorisation.Form.CHANNELS, new Rank.RelativeError(1e-6));
        Recipe.Rule rule =
                new Recipe.Rule(LayerMatch.ALL, Optional.empty(), Optional.of(all), Optional.empty(), Optional.empty());
        Graph graph = gemms(4, wide);
        List<LayerReport> layers = shaped(graph, rule).apply(graph).layers();
        assertEquals("low-rank", layers.getFirst().method());
        assertEquals(2, layers.getFirst().params().get("factorise").get("chosenRank"));
        assertTrue(layers.getFirst().error().max() < 1e-5, layers::toString);
        assertTrue(layers.getFirst().error().outputSqnrDb().orElse(200) > 100, layers::toString);
        assertEquals("float", layers.getLast().method(), "all singular values are no less work");
        assertTrue(layers.getLast().params().get("factorise").containsKey("left"));
    }

    /** What is gone counts as zero, in weights and in outputs; a layer that only reads less is reported too. */
    @Test
    void reportsChannelsThatAreGone() {
        Recipe.Rule half = new Recipe.Rule(
                new LayerMatch(Optional.of("wide"), Optional.empty(), Optional.empty(), 0, Long.MAX_VALUE),
                Optional.of(new FilterPruning(0.5, FilterPruning.Norm.L1)),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        Approximated result = shaped(gemms(4), half).apply(gemms(1));
        List<LayerReport> layers = result.layers();
        assertEquals(
                List.of("filters", "filters"),
                layers.stream().map(LayerReport::method).toList());
        assertEquals(
                List.of(4L * (60 + 5), 4L * 30),
                layers.stream().map(LayerReport::bytesAfter).toList());
        assertEquals(
                Map.of("inputs", 5, "inputsBefore", 10),
                layers.getLast().params().get("filters"));
        float[] weights = gemms(1).constants().get("wide.w").toFloats();
        double[] norms = new double[10];
        for (int i = 0; i < weights.length; i++) {
            norms[i % 10] += Math.abs(weights[i]);
        }
        double gone = Arrays.stream(norms).sorted().toArray()[4];
        double squares = 0;
        for (int i = 0; i < weights.length; i++) {
            squares += norms[i % 10] <= gone ? weights[i] * weights[i] : 0;
        }
        assertEquals(squares / 120, layers.getFirst().error().mse(), 1e-6);
        assertTrue(layers.getFirst().error().outputSqnrDb().orElseThrow() < 20, layers::toString);
    }

    /** Codes of weights that were multiplied with the factors of levels are compared without them. */
    @Test
    void reportsCodesOfChannelsBehindLevels() {
        Affine fine = new Affine(16, true, new Granularity.PerChannel(), Fit.RANGE);
        Recipe.Rule rule = new Recipe.Rule(
                LayerMatch.ALL,
                Optional.of(new FilterPruning(0.5, FilterPruning.Norm.L1)),
                Optional.empty(),
                Optional.of(fine),
                Optional.of(new ActivationMethod.Binary(1)));
        LayerReport narrow = shaped(gemms(4), rule).apply(gemms(4)).layers().getLast();
        assertEquals("filters, affine, binary", narrow.method());
        LayerReport bare =
                shaped(gemms(4), withoutCodes(rule)).apply(gemms(4)).layers().getLast();
        assertTrue(bare.error().mse() > 0.01, bare::toString);
        assertEquals(bare.error().mse(), narrow.error().mse(), 1e-4);
    }

    private static Recipe.Rule withoutCodes(Recipe.Rule rule) {
        return new Recipe.Rule(rule.match(), rule.filters(), rule.factorise(), Optional.empty(), Optional.empty());
    }
}
