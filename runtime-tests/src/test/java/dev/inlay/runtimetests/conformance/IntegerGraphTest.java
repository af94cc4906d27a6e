// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.CompileOptions;
import dev.inlay.CompiledModel;
import dev.inlay.Session;
import dev.inlay.backend.reference.GraphInterpreter;
import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Quantizer;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Function;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Move;
import dev.inlay.graph.Node;
import dev.inlay.graph.Pool;
import dev.inlay.graph.Reduction;
import dev.inlay.graph.Value;
import dev.inlay.graph.Window;
import dev.inlay.kernels.KernelId;
import dev.inlay.plan.DeviceClass;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.MemoryMode;
import dev.inlay.plan.Step;
import dev.inlay.runtimetests.platform.Engines;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.NumberFormat;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * A graph of every operator that keeps codes, with activations in u8, and a network approximated by recipes that hold
 * activations in few levels, against the reference bit for bit, on every device of this process's platform, with the
 * skeletons of both classes in turns.
 */
@Tag("opencl")
final class IntegerGraphTest {
    private static final Quantizer IMAGE = new Quantizer.Uniform(Levels.Integers.UNSIGNED_8, 0.02f, 117);
    private static final Quantizer RECTIFIED = new Quantizer.Uniform(Levels.Integers.UNSIGNED_8, 0.013f, 0);
    private static final Quantizer SIGNED = new Quantizer.Uniform(Levels.Integers.SIGNED_8, 0.031f, -5);

    /** The devices share them. */
    private static final List<String> RECIPES = List.of("ternary", "rebnet");

    /**
     * @param carriers what the contractions run on, and nothing else
     */
    private record Case(String name, Graph graph, Set<String> carriers) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Coded weights(long seed, int axis, long... extents) {
        Shape shape = Shape.of(extents);
        Random random = new Random(seed);
        Tensor codes = Tensor.allocate(ElementType.INT8, shape);
        for (long i = 0; i < codes.elements(); i++) {
            codes.setLong(i, random.nextInt(255) - 127);
        }
        Tensor scales = Tensor.allocate(ElementType.FLOAT32, Shape.of(shape.extent(axis)));
        for (long i = 0; i < scales.elements(); i++) {
            // A negative scale is what a batch normalisation with a negative factor leaves.
            scales.set(i, (i % 3 == 1 ? -1 : 1) * (0.001 + 0.003 * random.nextFloat()));
        }
        return new Coded(
                shape, List.of(new Coded.Term(Levels.Integers.SIGNED_8, codes, new Coded.Scales(scales, axis, 0))));
    }

    private static Tensor reals(long seed, double scale, long... extents) {
        Random random = new Random(seed);
        Tensor tensor = Tensor.allocate(ElementType.FLOAT32, Shape.of(extents));
        for (long i = 0; i < tensor.elements(); i++) {
            tensor.set(i, scale * random.nextGaussian());
        }
        return tensor;
    }

    private static Node node(String name, dev.inlay.graph.Op op, List<String> from, String to, Quantizer quantizer) {
        return new Node(name, op, from, List.of(to), Optional.of(quantizer));
    }

    private static Window window(int size, int stride, int padding) {
        return new Window(size, size, stride, stride, 1, 1, padding, padding, padding, padding);
    }

    /** Convolutions, a residual addition in an epilogue and one on its own, pools, concat, flatten, a matrix product. */
    private static Case network(int images, int channels, int size) {
        int wide = channels + 3;
        Epilogue relu = new Epilogue(false, Function.RELU);
        Graph.Builder builder = Graph.builder("network")
                .input(new Value("x", ElementType.FLOAT32, Shape.of(images, channels, size, size)))
                .encoded("w1", weights(1, 0, wide, channels, 3, 3))
                .constant("b1", reals(2, 0.1, wide))
                .encoded("w0", weights(10, 0, wide, channels, 1, 1))
                .encoded("w2", weights(3, 0, wide, wide, 3, 3))
                .encoded("w3", weights(4, 0, wide, 1, 3, 3))
                .constant("b3", reals(5, 0.1, wide))
                .encoded("w4", weights(6, 1, 2L * wide, 10))
                .constant("b4", reals(7, 0.1, 10));
        builder.node("q", new Lanewise.Quantize(IMAGE), List.of("x"), "xq");
        builder.node(
                node("c1", new Contraction.Conv(window(3, 1, 1), 1, relu), List.of("xq", "w1", "b1"), "a", RECTIFIED));
        builder.node(node(
                "c0", new Contraction.Conv(window(1, 1, 0), 1, Epilogue.NONE), List.of("xq", "w0"), "beside", SIGNED));
        builder.node(node(
                "c2",
                new Contraction.Conv(window(3, 1, 1), 1, new Epilogue(true, Function.RELU)),
                List.of("a", "w2", "", "beside"),
                "b",
                RECTIFIED));
        builder.node(node(
                "c3",
                new Contraction.Conv(window(3, 1, 1), wide, new Epilogue(false, Function.clip(-0.9f, 1.3f))),
                List.of("b", "w3", "b3"),
                "c",
                SIGNED));
        builder.node(node("add", new Lanewise.Binary(Lanewise.Arithmetic.ADD), List.of("b", "c"), "d", SIGNED));
        builder.node("max", new Pool.MaxPool(window(2, 2, 0), false), List.of("d"), "e");
        builder.node(node("mean", new Pool.AveragePool(window(2, 2, 0), false, false), List.of("c"), "f", SIGNED));
        builder.node("concat", new Move.Concat(1), List.of("e", "f"), "g");
        builder.node(node(
                "pool", new Reduction.Reduce(Reduction.Fold.MEAN, List.of(2, 3), false), List.of("g"), "h", SIGNED));
        builder.node("fc", new Contraction.MatMul(Epilogue.NONE), List.of("h", "w4", "b4"), "y");
        return new Case(
                images + " images of " + channels + " channels",
                builder.output("y").output("g").build(),
                Set.of("u8s8"));
    }

    /** Weights of two terms, with a residual that is held in fewer bits than the output. */
    private static Case terms() {
        Coded first = weights(12, 0, 11, 5, 3, 3);
        Coded second = weights(13, 0, 11, 5, 3, 3);
        Quantizer wide = new Quantizer.Uniform(Levels.Integers.symmetric(12), 0.004f, 0);
        Graph.Builder builder = Graph.builder("terms")
                .input(new Value("x", ElementType.FLOAT32, Shape.of(2, 5, 6, 6)))
                .encoded(
                        "w1",
                        new Coded(
                                first.shape(),
                                List.of(first.terms().getFirst(), second.terms().getFirst())))
                .encoded("w0", weights(14, 0, 11, 5, 1, 1))
                .encoded("w2", weights(15, 0, 7, 11, 1, 1));
        builder.node("q", new Lanewise.Quantize(IMAGE), List.of("x"), "xq");
        builder.node(node(
                "c0", new Contraction.Conv(window(1, 1, 0), 1, Epilogue.NONE), List.of("xq", "w0"), "beside", SIGNED));
        builder.node(node(
                "c1",
                new Contraction.Conv(window(3, 1, 1), 1, new Epilogue(true, Function.RELU)),
                List.of("xq", "w1", "", "beside"),
                "a",
                wide));
        builder.node("c2", new Contraction.Conv(window(1, 1, 0), 1, Epilogue.NONE), List.of("a", "w2"), "y");
        return new Case("two terms of the weights", builder.output("y").build(), Set.of("u8s8", "s16"));
    }

    /** Ternary numbers that the next convolution reads as planes of bits, from a halo of its own. */
    private static Case planes() {
        Quantizer ternary = new Quantizer.Uniform(Levels.Integers.TERNARY, 0.9f, 0);
        Graph.Builder builder = Graph.builder("planes")
                .input(new Value("x", ElementType.FLOAT32, Shape.of(1, 5, 6, 7)))
                .encoded("w1", ternary(16, 37, 5))
                .encoded("w2", ternary(17, 6, 37));
        builder.node("q", new Lanewise.Quantize(ternary), List.of("x"), "xq");
        builder.node(
                node("c1", new Contraction.Conv(window(3, 1, 1), 1, Epilogue.NONE), List.of("xq", "w1"), "a", ternary));
        builder.node("c2", new Contraction.Conv(window(3, 1, 1), 1, Epilogue.NONE), List.of("a", "w2"), "y");
        return new Case("planes with a halo", builder.output("y").build(), Set.of("planes"));
    }

    private static Coded ternary(long seed, long outputs, long channels) {
        Shape shape = Shape.of(outputs, channels, 3, 3);
        Random random = new Random(seed);
        Tensor codes = Tensor.allocate(ElementType.INT8, shape);
        for (long i = 0; i < codes.elements(); i++) {
            codes.setLong(i, random.nextInt(3) - 1);
        }
        return new Coded(shape, List.of(new Coded.Term(Levels.Integers.TERNARY, codes, Coded.Scales.of(0.2f))));
    }

    private static Case grouped() {
        Graph.Builder builder = Graph.builder("groups")
                .input(new Value("x", ElementType.FLOAT32, Shape.of(1, 6, 5, 5)))
                .encoded("w1", weights(8, 0, 8, 3, 3, 3))
                .encoded("w2", weights(9, 0, 5, 8, 1, 1));
        builder.node("q", new Lanewise.Quantize(SIGNED), List.of("x"), "xq");
        builder.node(node(
                "odd groups",
                new Contraction.Conv(window(3, 2, 1), 2, Epilogue.NONE),
                List.of("xq", "w1"),
                "a",
                SIGNED));
        builder.node("c2", new Contraction.Conv(window(1, 1, 0), 1, Epilogue.NONE), List.of("a", "w2"), "b");
        builder.node("flat", new Move.Reshape(Shape.of(1, 45)), List.of("b"), "y");
        return new Case(
                "groups whose channels fill no word", builder.output("y").build(), Set.of("u8s8"));
    }

    private static Case approximated(String recipe) {
        return new Case("recipe " + recipe, ApproximatedNetwork.by(recipe), Set.of("u8s8", "planes"));
    }

    /** Values that a layer reads codes of and that come, over any nodes, from a layer. */
    private static Set<String> betweenLayers(Graph graph) {
        Set<String> behind = new HashSet<>();
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Contraction || node.inputs().stream().anyMatch(behind::contains)) {
                behind.addAll(node.outputs());
            }
        }
        Set<String> before = new HashSet<>();
        for (Node node : graph.nodes().reversed()) {
            if (node.op() instanceof Contraction || node.outputs().stream().anyMatch(before::contains)) {
                before.addAll(node.inputs());
            }
        }
        behind.retainAll(before);
        graph.outputs().forEach(output -> behind.remove(output.name()));
        return behind;
    }

    /** What a device holds as floats of values between layers, but for what a layer of several terms adds up meanwhile. */
    private static List<String> floats(CompiledModel model) {
        Set<String> between = betweenLayers(model.graph());
        Set<Integer> sums = new HashSet<>();
        for (Step step : model.plan().steps()) {
            if (step instanceof Step.Launch launch
                    && launch.kernel().spec().startsWith("contract.dense")
                    && launch.arguments().get("r") instanceof Step.Argument.OfStored read
                    && model.plan()
                            .stored()
                            .get(read.id())
                            .value()
                            .equals(model.graph().nodes().stream()
                                    .filter(node -> node.name().equals(launch.node()))
                                    .findFirst()
                                    .orElseThrow()
                                    .output())) {
                sums.add(read.id());
            }
        }
        return model.plan().stored().stream()
                .filter(stored -> stored.format().equals(NumberFormat.F32)
                        && between.contains(stored.value())
                        && !sums.contains(stored.id()))
                .map(stored -> stored.value() + " in " + stored.layout())
                .toList();
    }

    @TestFactory
    Stream<DynamicTest> integersFromEndToEnd() {
        List<DynamicTest> tests = new ArrayList<>();
        List<DeviceClass> classes = List.of(DeviceClass.CPU, DeviceClass.GPU);
        int next = 0;
        List<DeviceDescription> devices = Engines.devices();
        for (DeviceDescription device : devices) {
            List<Case> cases = new ArrayList<>(
                    device.debugger()
                            ? List.of(network(1, 3, 4))
                            : List.of(network(1, 3, 4), network(2, 8, 6), terms(), planes(), grouped()));
            for (int i = devices.indexOf(device); i < RECIPES.size() && !device.debugger(); i += devices.size()) {
                cases.add(approximated(RECIPES.get(i)));
            }
            for (Case each : cases) {
                DeviceClass skeletons = classes.get(next++ % 2);
                tests.add(DynamicTest.dynamicTest(
                        device.id() + " as " + skeletons + ": " + each, () -> check(device, skeletons, each)));
            }
        }
        return tests.stream();
    }

    private static void check(DeviceDescription device, DeviceClass skeletons, Case each) {
        CompiledModel model = Engines.current()
                .compile(
                        each.graph(),
                        CompileOptions.on(device.id())
                                .withSkeletons(skeletons)
                                .withMemory(device.debugger() ? MemoryMode.SEPARATE : MemoryMode.GUARDED));
        List<KernelId> kernels = model.plan().steps().stream()
                .filter(Step.Launch.class::isInstance)
                .map(step -> ((Step.Launch) step).kernel())
                .toList();
        assertEquals(
                each.carriers(),
                kernels.stream()
                        .filter(kernel -> kernel.spec().startsWith("contract"))
                        .map(kernel -> kernel.defines().getOrDefault("CARRIER", "f32"))
                        .collect(Collectors.toSet()),
                "carriers of the contractions");
        assertEquals(List.of(), floats(model), "floats between two layers");
        long[] extents = each.graph().inputs().getFirst().shape().toArray();
        Map<String, Tensor> inputs = Map.of("x", reals(11, 1, extents));
        Map<String, Tensor> expected = new GraphInterpreter(model.graph()).run(inputs);
        try (Session session = model.open()) {
            Map<String, Tensor> actual = session.run(inputs);
            expected.forEach((name, tensor) -> {
                double spread = 0;
                for (long i = 0; i < tensor.elements(); i++) {
                    assertEquals(tensor.getFloat(i), actual.get(name).getFloat(i), name + "[" + i + "]");
                    spread = Math.max(spread, Math.abs(tensor.getFloat(i) - tensor.getFloat(0)));
                }
                assertTrue(spread > 0, name + " is constant, and proves nothing");
            });
        }
    }
}
