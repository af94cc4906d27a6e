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
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Move;
import dev.inlay.graph.Node;
import dev.inlay.graph.Normalization;
import dev.inlay.graph.Op;
import dev.inlay.graph.Pool;
import dev.inlay.graph.Reduction;
import dev.inlay.graph.Value;
import dev.inlay.graph.Window;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Networks without some channels give what they gave with those channels' weights and biases zero. */
class FilterPruningTest {
    private static final FilterPruning HALF = new FilterPruning(0.5, FilterPruning.Norm.L1);
    private static final Epilogue RELU = new Epilogue(false, Function.RELU);
    private static final Epilogue SUM = new Epilogue(true, Function.RELU);
    private static final Window SQUARE = new Window(3, 3, 1, 1, 1, 1, 1, 1, 1, 1);

    /**
     * Writes small networks of batch N; weights are random, the same for every batch. The later a filter of a depthwise
     * convolution, the larger it is.
     */
    private static final class Net {
        private final RandomTensors random = new RandomTensors(7);
        private final Graph.Builder builder;
        private final long batch;

        Net(long batch, long... image) {
            this.batch = batch;
            this.builder = Graph.builder("net");
            long[] extents = IntStream.range(0, image.length + 1)
                    .mapToLong(axis -> axis == 0 ? batch : image[axis - 1])
                    .toArray();
            builder.input(new Value("x", ElementType.FLOAT32, Shape.of(extents)));
        }

        Net conv(String name, int outputs, int inputs, int groups, Epilogue epilogue, String... from) {
            Tensor weights = random.next(outputs, inputs / groups, 3, 3);
            for (long i = 0; groups == inputs && i < weights.elements(); i++) {
                weights.set(i, weights.getDouble(i) * (1 + i));
            }
            builder.constant(name + ".w", weights).constant(name + ".b", random.next(outputs));
            List<String> names = new ArrayList<>(List.of(from[0], name + ".w", name + ".b"));
            names.addAll(Arrays.asList(from).subList(1, from.length));
            builder.node(name, new Contraction.Conv(SQUARE, groups, epilogue), names, name + ".y");
            return this;
        }

        Net gemm(String name, int outputs, int inputs, boolean transposed, String from) {
            builder.constant(name + ".w", transposed ? random.next(outputs, inputs) : random.next(inputs, outputs))
                    .constant(name + ".b", random.next(1, outputs))
                    .node(
                            name,
                            new Contraction.Gemm(1, 1, false, transposed, Epilogue.NONE),
                            List.of(from, name + ".w", name + ".b"),
                            name + ".y");
            return this;
        }

        Net node(Op op, String to, String... from) {
            builder.node(to + "_node", op, List.of(from), to);
            return this;
        }

        Net flatten(String from, String to, long elements) {
            return node(new Move.Reshape(Shape.of(batch, elements)), to, from);
        }

        Net constant(String name, Tensor tensor) {
            builder.constant(name, tensor);
            return this;
        }

        Graph to(String output) {
            return builder.output(output).build();
        }
    }

    /** The original with zeros for the weights and biases of the channels that are gone. */
    private static Graph zeroed(Graph graph, Shaped shaped) {
        Graph.Builder builder = Graph.builder("zeroed");
        graph.inputs().forEach(builder::input);
        Map<String, Tensor> constants = new LinkedHashMap<>(graph.constants());
        for (Node node : graph.nodes()) {
            Kept kept = shaped.values().get(node.output());
            if (node.op() instanceof Contraction op && kept != null) {
                int axis = LayerAxes.of(op).output();
                Kept weights = new Kept(axis, kept.positions(), kept.extent());
                Tensor bias = constants.get(node.input(2));
                Kept biases = new Kept(bias.shape().rank() - 1, kept.positions(), kept.extent());
                constants.computeIfPresent(node.input(1), (name, w) -> weights.spread(weights.cut(w)));
                constants.put(node.input(2), biases.spread(biases.cut(bias)));
            }
        }
        constants.forEach(builder::constant);
        graph.nodes().forEach(builder::node);
        graph.outputs().forEach(output -> builder.output(output.name()));
        return builder.build();
    }

    private static Map<String, FilterPruning> all(Graph graph, FilterPruning rule) {
        Map<String, FilterPruning> rules = new LinkedHashMap<>();
        graph.nodes().stream()
                .filter(node -> node.op() instanceof Contraction)
                .forEach(node -> rules.put(node.name(), rule));
        return rules;
    }

    private static Shaped pruned(Graph graph, Map<String, FilterPruning> rules) {
        Shaped shaped = new Shaping(rules, Map.of()).of(graph);
        Map<String, Tensor> inputs =
                Map.of("x", new RandomTensors(8).next(graph.value("x").shape()));
        String output = graph.outputs().getFirst().name();
        Tensor expected =
                new GraphInterpreter(zeroed(graph, shaped)).run(inputs).get(output);
        Tensor got = new GraphInterpreter(shaped.graph()).run(inputs).get(output);
        double largest = 0;
        for (float number : expected.toFloats()) {
            largest = Math.max(largest, Math.abs(number));
        }
        assertTrue(largest > 0, "some output is not zero");
        assertEquals(0, RandomTensors.distance(expected, got), 1e-5 * largest);
        return shaped;
    }

    private static long outputs(Shaped shaped, String layer) {
        Node node = shaped.graph().nodes().stream()
                .filter(other -> other.name().equals(layer))
                .findFirst()
                .orElseThrow();
        int axis = LayerAxes.of((Contraction) node.op()).output();
        return shaped.graph().value(node.input(1)).shape().extent(axis);
    }

    private static String left(Shaped shaped, String layer) {
        return String.valueOf(
                shaped.layer(layer).orElseThrow().parameters().get("filters").get("left"));
    }

    /** conv → scale → pool → Flatten → gemm → gemm, the constants one for each channel. */
    private static Graph chain(long batch) {
        return new Net(batch, 2, 6, 6)
                .conv("c1", 6, 2, 1, RELU, "x")
                .constant("scale", new RandomTensors(9).next(6, 1, 1))
                .node(new Lanewise.Binary(Lanewise.Arithmetic.MUL), "scaled", "c1.y", "scale")
                .constant("slope", new RandomTensors(10).next(1, 6, 1, 1))
                .node(new Lanewise.PRelu(), "bent", "scaled", "slope")
                .node(new Pool.MaxPool(new Window(2, 2, 2, 2, 1, 1, 0, 0, 0, 0), false), "p", "bent")
                .flatten("p", "f", 54)
                .gemm("g1", 8, 54, true, "f")
                .gemm("g2", 3, 8, false, "g1.y")
                .to("g2.y");
    }

    @Test
    void followsConstantsPoolsAndFlatten() {
        for (long batch : new long[] {1, 3}) {
            Graph graph = chain(batch);
            Shaped shaped = pruned(graph, all(graph, HALF));
            assertEquals(3, outputs(shaped, "c1"));
            assertEquals(4, outputs(shaped, "g1"));
            assertEquals(3, outputs(shaped, "g2"), "the network's outputs stay");
            assertTrue(left(shaped, "g2").startsWith("its channels leave the network"), left(shaped, "g2"));
            assertEquals(Shape.of(batch, 27), shaped.graph().value("f").shape());
            assertEquals(
                    Map.of(
                            "keep",
                            0.5,
                            "norm",
                            "l1",
                            "outputs",
                            4,
                            "outputsBefore",
                            8,
                            "inputs",
                            27,
                            "inputsBefore",
                            54),
                    shaped.layer("g1").orElseThrow().parameters().get("filters"));
            assertEquals(List.of("filters"), shaped.layer("g2").orElseThrow().titles(), "it reads less");
        }
    }

    @Test
    void removesTheLeastNorm() {
        Graph graph = chain(1);
        for (FilterPruning.Norm norm : FilterPruning.Norm.values()) {
            Shaped shaped = pruned(graph, Map.of("c1", new FilterPruning(0.34, norm)));
            assertEquals(largest(2, norm, graph, "c1"), kept(shaped, "c1.y"));
        }
    }

    private static List<Integer> kept(Shaped shaped, String value) {
        return Arrays.stream(shaped.values().get(value).positions()).boxed().toList();
    }

    /** The channels whose filters have the greatest norms, summed over convolutions. */
    private static List<Integer> largest(int count, FilterPruning.Norm norm, Graph graph, String... layers) {
        int channels = graph.value(layers[0] + ".w").shape().size(0);
        double[] norms = new double[channels];
        for (String layer : layers) {
            float[] weights = graph.constant(layer + ".w").orElseThrow().toFloats();
            for (int i = 0; i < weights.length; i++) {
                norms[i / (weights.length / channels)] +=
                        norm == FilterPruning.Norm.L1 ? Math.abs(weights[i]) : weights[i] * weights[i];
            }
        }
        double bound = Arrays.stream(norms).sorted().toArray()[channels - count];
        return IntStream.range(0, channels)
                .filter(channel -> norms[channel] >= bound)
                .boxed()
                .toList();
    }

    /** What is added to each other goes together, by the sum of both norms; the branch inside goes alone. */
    @Test
    void prunesAResidualNetwork() {
        Graph graph = new Net(2, 2, 5, 5)
                .conv("stem", 6, 2, 1, RELU, "x")
                .conv("in", 8, 6, 1, RELU, "stem.y")
                .conv("out", 6, 8, 1, SUM, "in.y", "stem.y")
                .conv("side", 6, 6, 1, RELU, "out.y")
                .node(new Lanewise.Binary(Lanewise.Arithmetic.ADD), "sum", "out.y", "side.y")
                .node(new Reduction.Reduce(Reduction.Fold.MEAN, List.of(2, 3), true), "mean", "sum")
                .flatten("mean", "flat", 6)
                .gemm("fc", 4, 6, true, "flat")
                .to("fc.y");
        Shaped shaped = pruned(graph, all(graph, HALF));
        assertEquals(
                List.of(3L, 4L, 3L, 3L, 4L),
                List.of("stem", "in", "out", "side", "fc").stream()
                        .map(layer -> outputs(shaped, layer))
                        .toList());
        List<Integer> largest = largest(3, FilterPruning.Norm.L1, graph, "stem", "out", "side");
        assertEquals(largest, kept(shaped, "stem.y"));
        assertEquals(largest, kept(shaped, "sum"));

        Shaped alone = pruned(graph, Map.of("stem", HALF, "in", HALF));
        assertEquals(6, outputs(alone, "stem"));
        assertEquals(4, outputs(alone, "in"));
        assertEquals("its channels are added to those of out, which no rule asks to remove", left(alone, "stem"));
    }

    @Test
    void prunesWhatAConcatJoins() {
        Graph graph = new Net(2, 3, 4, 4)
                .conv("a", 4, 3, 1, RELU, "x")
                .conv("b", 6, 3, 1, RELU, "x")
                .node(new Move.Concat(1), "cat", "a.y", "x", "b.y")
                .conv("c", 13, 13, 1, SUM, "cat", "cat")
                .node(new Move.Transpose(List.of(0, 2, 3, 1)), "last", "c.y")
                .node(new Reduction.Reduce(Reduction.Fold.SUM, List.of(1, 2), false), "sum", "last")
                .gemm("fc", 4, 13, false, "sum")
                .to("fc.y");
        Shaped shaped = pruned(graph, all(graph, HALF));
        long left = outputs(shaped, "a") + outputs(shaped, "b") + 3;
        assertEquals(7, left, "half of thirteen, the input's three among them");
        assertEquals(left, outputs(shaped, "c"));
        Shaped apart = pruned(graph, Map.of("a", HALF, "b", HALF));
        assertEquals(13, outputs(apart, "a") + outputs(apart, "b") + 3);

        Shaped free = pruned(withoutSum(), all(withoutSum(), HALF));
        assertEquals(2, outputs(free, "a"));
        assertEquals(3, outputs(free, "b"));
    }

    private static Graph withoutSum() {
        return new Net(2, 3, 4, 4)
                .conv("a", 4, 3, 1, RELU, "x")
                .conv("b", 6, 3, 1, RELU, "x")
                .node(new Move.Concat(1), "cat", "a.y", "x", "b.y")
                .conv("d", 5, 13, 1, RELU, "cat")
                .to("d.y");
    }

    /** A depthwise convolution follows its producer; a group of another goes whole, with what it reads. */
    @Test
    void keepsGroupsWhole() {
        Graph graph = new Net(2, 3, 4, 4)
                .conv("a", 6, 3, 1, RELU, "x")
                .conv("depthwise", 12, 6, 6, RELU, "a.y")
                .conv("b", 8, 12, 1, RELU, "depthwise.y")
                .conv("grouped", 12, 8, 4, RELU, "b.y")
                .conv("c", 2, 12, 1, RELU, "grouped.y")
                .to("c.y");
        Shaped shaped = pruned(graph, all(graph, HALF));
        assertEquals(
                List.of(3L, 6L, 4L, 6L, 2L),
                List.of("a", "depthwise", "b", "grouped", "c").stream()
                        .map(layer -> outputs(shaped, layer))
                        .toList());
        assertEquals(largest(3, FilterPruning.Norm.L1, graph, "a"), kept(shaped, "a.y"), "the producer alone decides");
        List<Integer> groups = shaped.graph().nodes().stream()
                .map(node -> ((Contraction.Conv) node.op()).groups())
                .toList();
        assertEquals(List.of(1, 3, 1, 2, 1), groups);
    }

    @Test
    void leavesWhatMeetsOtherChannels() {
        Graph graph = new Net(2, 3, 4, 4)
                .conv("a", 6, 3, 1, RELU, "x")
                .node(new Normalization.Lrn(3, 1, 1, 1), "n", "a.y")
                .conv("b", 4, 6, 1, RELU, "n")
                .node(new Move.Reshape(Shape.of(2, 8, 8)), "halves", "b.y")
                .flatten("halves", "flat", 64)
                .gemm("fc", 9, 64, true, "flat")
                .to("fc.y");
        Shaped shaped = pruned(graph, all(graph, HALF));
        assertTrue(left(shaped, "a").startsWith("its channels leave the network, or meet"), left(shaped, "a"));
        assertEquals(6, outputs(shaped, "a"));
        assertEquals(2, outputs(shaped, "b"), "two positions of one channel");
        Graph mixed = new Net(2, 3, 4, 4)
                .conv("a", 6, 3, 1, RELU, "x")
                .node(new Move.Reshape(Shape.of(2, 4, 24)), "odd", "a.y")
                .flatten("odd", "flat", 96)
                .gemm("fc", 9, 96, true, "flat")
                .to("fc.y");
        assertEquals(6, outputs(pruned(mixed, all(mixed, HALF)), "a"), "a position holds parts of two channels");
    }

    @Test
    void keepsOneChannelAtLeast() {
        Graph graph = chain(1);
        Shaped shaped = pruned(graph, all(graph, new FilterPruning(0.01, FilterPruning.Norm.L2)));
        assertEquals(1, outputs(shaped, "c1"));
        assertThrows(IllegalArgumentException.class, () -> new FilterPruning(0, FilterPruning.Norm.L1));
        assertThrows(IllegalArgumentException.class, () -> new FilterPruning(1.5, FilterPruning.Norm.L1));
    }

    /** What is left of a layer is factorised, and what both stand for has the shape that it had. */
    @Test
    void factorisesWhatIsLeft() {
        Graph graph = chain(2);
        Shaped shaped = new Shaping(
                        all(graph, HALF),
                        Map.of("g1", new Factorisation(Factorisation.Form.CHANNELS, new Rank.Fixed(2))))
                .of(graph);
        ShapedLayer layer = shaped.layer("g1").orElseThrow();
        assertEquals(List.of("filters", "low-rank"), layer.titles());
        assertEquals(List.of("g1_first", "g1"), layer.parts());
        assertEquals("g1", shaped.origin("g1_first"));
        List<Tensor> weights = shaped.graph().nodes().stream()
                .filter(node -> layer.parts().contains(node.name()))
                .map(node -> shaped.graph().constants().get(node.input(1)))
                .toList();
        assertEquals(
                List.of(Shape.of(2, 27), Shape.of(4, 2)),
                weights.stream().map(Tensor::shape).toList());
        Tensor whole = layer.whole(weights);
        assertEquals(Shape.of(8, 54), whole.shape());
        long zeros =
                IntStream.range(0, 8 * 54).filter(i -> whole.getFloat(i) == 0).count();
        assertEquals(8 * 54 - 4 * 27, zeros);
    }
}
