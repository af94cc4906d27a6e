// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler;

import static dev.inlay.compiler.TestNetworks.conv;
import static dev.inlay.compiler.TestNetworks.image;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.inlay.compiler.calibrate.ActivationMethod;
import dev.inlay.compiler.recipe.LayerPosition;
import dev.inlay.compiler.recipe.LayerType;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Move;
import dev.inlay.graph.Node;
import dev.inlay.graph.Pool;
import dev.inlay.graph.Window;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which values are held as codes, and where. */
class PlacementTest {
    private static final ActivationMethod.Affine BYTES = new ActivationMethod.Affine(8, false);
    private static final ActivationMethod.Affine FEW = new ActivationMethod.Affine(4, false);
    private static final ActivationMethod BLOCKS = new ActivationMethod.BlockFloat(8, 16);

    /** Methods by the names of the layers; the others read floats. */
    private static Placement place(Graph graph, Map<String, ActivationMethod> methods) {
        Map<Layer, ActivationMethod> byLayer = new LinkedHashMap<>();
        for (Layer layer : Layer.of(graph)) {
            if (methods.containsKey(layer.name())) {
                byLayer.put(layer, methods.get(layer.name()));
            }
        }
        assertEquals(methods.size(), byLayer.size());
        return new Placement(graph, byLayer);
    }

    @Test
    void knowsWhereLayersStandAndWhatTheyAre() {
        List<Layer> layers = Layer.of(TestNetworks.chain());
        assertEquals(
                List.of("first", "inner", "last"),
                layers.stream().map(Layer::name).toList());
        assertEquals(
                List.of(LayerPosition.FIRST, LayerPosition.INNER, LayerPosition.LAST),
                layers.stream().map(Layer::position).toList());
        assertEquals(
                List.of(LayerType.CONV, LayerType.DEPTHWISE, LayerType.GEMM),
                layers.stream().map(Layer::type).toList());
    }

    @Test
    void holdsAValueWhereItIsComputed() {
        Graph graph = TestNetworks.chain();
        Placement placement = place(graph, Map.of("first", BYTES, "inner", BYTES, "last", FEW));
        assertEquals(Map.of("x", BYTES, "a", BYTES, "b", FEW), placement.held());
        assertEquals(Map.of(), placement.atInput());
        assertEquals(Map.of(), placement.centred());
        assertEquals(List.of("a"), placement.sharing("a"));
        assertEquals(Set.of("x", "p", "b", "f"), placement.values(Layer.of(graph)), "a is read pooled");
    }

    @Test
    void leavesWhatFloatLayersReadAlone() {
        Placement placement = place(TestNetworks.chain(), Map.of("inner", BYTES));
        assertEquals(Map.of("a", BYTES), placement.held());
    }

    @Test
    void twoWaysOfReadingAreEachAtTheirInput() {
        Graph.Builder builder = conv(image(), "first", 4, 1, "x", "a");
        conv(builder, "left", 4, 1, "a", "l");
        conv(builder, "right", 4, 1, "a", "r");
        Graph graph = builder.output("l").output("r").build();
        Placement apart = place(graph, Map.of("left", BYTES, "right", FEW));
        assertEquals(Map.of(), apart.held());
        assertEquals(Map.of("left", BYTES, "right", FEW), apart.atInput());
        assertEquals(
                Map.of("a", BYTES),
                place(graph, Map.of("left", BYTES, "right", BYTES)).held());
    }

    @Test
    void blocksAndCentresAreTheLayersOwn() {
        Placement placement =
                place(TestNetworks.chain(), Map.of("first", BYTES, "inner", BLOCKS, "last", ActivationMethod.SIGNS));
        assertEquals(Map.of("x", BYTES), placement.held());
        assertEquals(Map.of("inner", BLOCKS), placement.atInput());
        assertEquals(Map.of("last", ActivationMethod.SIGNS), placement.centred());
    }

    @Test
    void whatAConcatenationJoinsSharesAScale() {
        Graph.Builder builder = conv(image(), "left", 2, 1, "x", "l");
        conv(builder, "right", 2, 1, "x", "r");
        builder.node("joined", new Move.Concat(1), List.of("l", "r"), "j");
        Graph graph = conv(builder, "last", 4, 1, "j", "y").output("y").build();
        Placement placement = place(graph, Map.of("last", BYTES));
        assertEquals(Map.of("l", BYTES, "r", BYTES), placement.held());
        assertEquals(List.of("l", "r"), placement.sharing("r"));
    }

    /** A residual that is added to a value of 4 bits is held in 8. */
    @Test
    void summandsAreHeldInEightBitsOrMore() {
        Graph.Builder builder = conv(image(), "first", 4, 1, "x", "a");
        builder.constant("second.w", TestNetworks.weights(4, 4, 1, 1))
                .node(new Node(
                        "second",
                        new Contraction.Conv(Window.of(1, 1), 1, TestNetworks.RELU.withResidual()),
                        List.of("a", "second.w", "", "x"),
                        List.of("s")))
                .node("sum", new Lanewise.Binary(Lanewise.Arithmetic.ADD), List.of("s", "a"), "t")
                .node("mean", new Pool.AveragePool(Window.of(2, 2), false, true), List.of("t"), "m");
        Graph graph = conv(builder, "last", 4, 1, "m", "y").output("y").build();
        Placement placement = place(graph, Map.of("last", FEW));
        assertEquals(Map.of("m", FEW, "t", BYTES, "s", BYTES, "a", BYTES, "x", BYTES), placement.held());
        Placement roots = place(graph, Map.of("last", new ActivationMethod.Logarithmic(4, 2)));
        assertEquals(Set.of("m"), roots.held().keySet(), "powers are not added");
    }

    @Test
    void constantsAndIntegersAreNotHeld() {
        Graph.Builder builder = image().constant("c", TestNetworks.weights(1, 4, 4, 4));
        Graph graph = conv(builder, "only", 4, 1, "c", "y").output("y").build();
        Placement placement = place(graph, Map.of("only", BYTES));
        assertEquals(Map.of(), placement.held());
        assertEquals(Map.of("only", BYTES), placement.atInput());
    }
}
