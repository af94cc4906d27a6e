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
import dev.inlay.graph.Graph;
import dev.inlay.graph.GraphException;
import dev.inlay.graph.OperationCount;
import dev.inlay.tensor.Tensor;
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
}
