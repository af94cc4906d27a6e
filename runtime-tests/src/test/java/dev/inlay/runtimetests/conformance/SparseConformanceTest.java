// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.CompileOptions;
import dev.inlay.CompiledModel;
import dev.inlay.Session;
import dev.inlay.backend.reference.ContractionReference;
import dev.inlay.backend.reference.GraphInterpreter;
import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Quantizer;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Function;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Node;
import dev.inlay.graph.Value;
import dev.inlay.graph.Window;
import dev.inlay.kernels.KernelId;
import dev.inlay.plan.DeviceClass;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.MemoryMode;
import dev.inlay.plan.SparseUse;
import dev.inlay.plan.Step;
import dev.inlay.runtimetests.platform.Engines;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Contractions whose weights have zeros, on every device of this process's platform, with zeros left out wherever a
 * kernel can: floats within the reference's bound, codes bit for bit.
 */
@Tag("opencl")
final class SparseConformanceTest {
    private static final Window PADDED = new Window(3, 3, 1, 1, 1, 1, 1, 1, 1, 1);
    private static final Window STRIDED = new Window(3, 2, 2, 3, 2, 1, 1, 0, 2, 1);

    private static final Levels TABLE = new Levels.Table(List.of(-0.9f, -0.4f, 0f, 0.1f, 0.3f, 0.7f, 0.8f, 0.9f, 1.1f));
    private static final String COLUMNS = "contract.columns";

    /** What is zero. */
    private enum Zeros {
        /** Eleven of twelve numbers; the second output channel is empty, the third full. */
        SCATTERED,
        /** Three of four blocks of 16 output channels by 4 input channels. */
        BLOCKS,
        /** Two of four neighbouring input channels of each tap. */
        TWO_OF_FOUR,
        /** Three of nine. */
        THREE_OF_NINE,
        ALL
    }

    /**
     * @param activations how activations are held; absent: floats
     * @param weights levels of the weights, where activations are held or {@code coded}
     * @param by the kernel that is expected, with or without a list
     */
    private record Case(
            String name,
            Contraction op,
            Shape x,
            Shape w,
            Zeros zeros,
            Optional<Quantizer> activations,
            Optional<Levels> weights,
            String by) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Case floats(String name, Contraction op, Shape x, Shape w, Zeros zeros, String by) {
        return new Case(name, op, x, w, zeros, Optional.empty(), Optional.empty(), by);
    }

    private static Case codes(String name, Quantizer activations, Levels weights) {
        return new Case(
                name,
                new Contraction.Conv(PADDED, 1, Epilogue.NONE),
                Shape.of(2, 37, 4, 5),
                Shape.of(35, 37, 3, 3),
                Zeros.BLOCKS,
                Optional.of(activations),
                Optional.of(weights),
                "list");
    }

    private static Case rows(String name, Levels weights) {
        return new Case(
                name,
                new Contraction.Gemm(0.5f, 2, false, true, Epilogue.NONE),
                Shape.of(2, 83),
                Shape.of(21, 83),
                Zeros.SCATTERED,
                Optional.empty(),
                Optional.of(weights),
                "contract.sparse");
    }

    private static Quantizer uniform(Levels levels, float scale, int zero) {
        return new Quantizer.Uniform(levels, scale, zero);
    }

    private static List<Case> cases() {
        Epilogue relu = new Epilogue(false, Function.RELU);
        Contraction gemm = new Contraction.Gemm(0.5f, 2, false, true, Epilogue.NONE);
        Contraction conv = new Contraction.Conv(PADDED, 1, Epilogue.NONE);
        Levels s8 = Levels.Integers.symmetric(8);
        return List.of(
                floats("rows", conv, Shape.of(2, 5, 7, 13), Shape.of(19, 5, 3, 3), Zeros.SCATTERED, "contract.sparse"),
                floats(
                        "rows, relu, in groups, with strides and dilation",
                        new Contraction.Conv(STRIDED, 2, relu),
                        Shape.of(1, 6, 11, 40),
                        Shape.of(8, 3, 3, 2),
                        Zeros.SCATTERED,
                        "contract.sparse"),
                floats(
                        "rows of few pixels",
                        conv,
                        Shape.of(3, 4, 2, 3),
                        Shape.of(24, 4, 3, 3),
                        Zeros.SCATTERED,
                        "contract.sparse"),
                floats("rows of a matrix", gemm, Shape.of(3, 45), Shape.of(21, 45), Zeros.SCATTERED, "contract.sparse"),
                floats(
                        "one row by columns",
                        new Contraction.MatMul(Epilogue.NONE),
                        Shape.of(1, 45),
                        Shape.of(45, 40),
                        Zeros.SCATTERED,
                        "contract.sparse"),
                floats("columns of one row", gemm, Shape.of(1, 45), Shape.of(21, 45), Zeros.SCATTERED, COLUMNS),
                new Case(
                        "columns of places in a table, relu",
                        new Contraction.MatMul(relu),
                        Shape.of(1, 83),
                        Shape.of(83, 3000),
                        Zeros.SCATTERED,
                        Optional.empty(),
                        Optional.of(TABLE),
                        COLUMNS),
                floats("nothing", conv, Shape.of(1, 5, 4, 9), Shape.of(19, 5, 3, 3), Zeros.ALL, "contract.sparse"),
                floats(
                        "panels, in groups",
                        new Contraction.Conv(STRIDED, 2, relu),
                        Shape.of(2, 24, 9, 8),
                        Shape.of(70, 12, 3, 2),
                        Zeros.BLOCKS,
                        "list"),
                floats("panels of a matrix", gemm, Shape.of(1, 45), Shape.of(70, 45), Zeros.BLOCKS, "list"),
                new Case(
                        "rows of bytes",
                        conv,
                        Shape.of(1, 5, 7, 13),
                        Shape.of(19, 5, 3, 3),
                        Zeros.SCATTERED,
                        Optional.empty(),
                        Optional.of(s8),
                        "contract.sparse"),
                rows("rows of 4 bits", Levels.Integers.symmetric(4)),
                rows("rows of signs", Levels.Integers.TERNARY),
                rows("rows of places in a table", TABLE),
                floats(
                        "2 of 4, in groups, with strides and dilation",
                        new Contraction.Conv(STRIDED, 2, relu),
                        Shape.of(2, 74, 9, 8),
                        Shape.of(14, 37, 3, 2),
                        Zeros.TWO_OF_FOUR,
                        "2 of 4"),
                floats(
                        "3 of 9 of a matrix of columns",
                        new Contraction.MatMul(Epilogue.NONE),
                        Shape.of(1, 45),
                        Shape.of(45, 40),
                        Zeros.THREE_OF_NINE,
                        "3 of 9"),
                new Case(
                        "2 of 4 bytes",
                        gemm,
                        Shape.of(3, 70),
                        Shape.of(21, 70),
                        Zeros.TWO_OF_FOUR,
                        Optional.empty(),
                        Optional.of(s8),
                        "2 of 4"),
                new Case(
                        "panels of places in a table",
                        conv,
                        Shape.of(1, 37, 4, 5),
                        Shape.of(35, 37, 3, 3),
                        Zeros.BLOCKS,
                        Optional.empty(),
                        Optional.of(new Levels.Table(List.of(-0.9f, -0.4f, 0f, 0.1f, 0.3f, 0.7f))),
                        "list"),
                codes("u8 by s8", uniform(Levels.Integers.UNSIGNED_8, 0.03f, 101), s8),
                codes("u8 by s4", uniform(Levels.Integers.UNSIGNED_8, 0.02f, 0), Levels.Integers.symmetric(4)),
                codes("ternary", uniform(Levels.Integers.TERNARY, 0.8f, 0), Levels.Integers.TERNARY));
    }

    /** The dense skeletons of both classes in turns, so that every device has half of the cases of each. */
    @TestFactory
    Stream<DynamicTest> zerosAreLeftOut() {
        List<DynamicTest> tests = new ArrayList<>();
        List<DeviceDescription> devices = Engines.devices();
        for (int device = 0; device < devices.size(); device++) {
            for (int each = 0; each < cases().size(); each++) {
                DeviceDescription on = devices.get(device);
                Case given = cases().get(each);
                DeviceClass skeletons = (device + each) % 2 == 0 ? DeviceClass.CPU : DeviceClass.GPU;
                tests.add(DynamicTest.dynamicTest(
                        on.id() + " as " + skeletons + ": " + given, () -> check(on, skeletons, given)));
            }
        }
        return tests.stream();
    }

    private static void check(DeviceDescription device, DeviceClass skeletons, Case given) {
        Random random = new Random(given.name().hashCode());
        CompiledModel model = Engines.current()
                .compile(
                        graph(given, random),
                        CompileOptions.on(device.id())
                                .withSkeletons(skeletons)
                                .withSparse(use(given.by()))
                                .withMemory(device.debugger() ? MemoryMode.SEPARATE : MemoryMode.GUARDED));
        Step.Launch launch = model.plan().steps().stream()
                .filter(Step.Launch.class::isInstance)
                .map(Step.Launch.class::cast)
                .filter(step -> step.node().equals("it") && step.kernel().spec().startsWith("contract"))
                .findFirst()
                .orElseThrow();
        assertEquals(given.by(), by(launch.kernel()));
        Map<String, Tensor> inputs = Map.of("x", activations(given, random));
        Tensor expected = new GraphInterpreter(model.graph()).run(inputs).get("y");
        Optional<Tensor> bound = given.activations().isPresent()
                ? Optional.empty()
                : Optional.of(bound(model.graph(), inputs, expected.shape()));
        try (Session session = model.open()) {
            Tensor actual = session.run(inputs).get("y");
            for (long i = 0; i < expected.elements(); i++) {
                double allowed = bound.isPresent() ? bound.get().getFloat(i) : 0;
                long at = i;
                assertTrue(
                        Math.abs((double) expected.getFloat(i) - actual.getFloat(i)) <= allowed,
                        () -> "y[" + at + "]: got " + actual.getFloat(at) + ", expected " + expected.getFloat(at)
                                + " within " + allowed);
            }
        }
    }

    /** Numbers, of which every third is zero where zeros are left out. */
    private static Tensor activations(Case given, Random random) {
        Tensor x = OperatorCase.random(random, given.x());
        for (long i = 0; given.by().equals(COLUMNS) && i < x.elements(); i += 3) {
            x.set(i, 0);
        }
        return x;
    }

    private static SparseUse use(String by) {
        return switch (by) {
            case "list" -> SparseUse.PANELS;
            case COLUMNS -> SparseUse.COLUMNS;
            default -> by.contains(" of ") ? SparseUse.N_OF_M : SparseUse.ROWS;
        };
    }

    private static String by(KernelId kernel) {
        Map<String, String> defines = kernel.defines();
        return kernel.spec().equals("contract.nofm")
                ? defines.get("N") + " of " + defines.get("M")
                : defines.containsKey("LISTED") ? "list" : kernel.spec();
    }

    private static Tensor bound(Graph graph, Map<String, Tensor> inputs, Shape shape) {
        Node node = graph.nodes().getFirst();
        List<Optional<Tensor>> operands = node.inputs().stream()
                .map(input -> Optional.ofNullable(inputs.get(input)).or(() -> graph.constant(input)))
                .toList();
        return ContractionReference.bounded((Contraction) node.op(), operands, shape)
                .bound();
    }

    private static Graph graph(Case given, Random random) {
        int outputAxis = given.op() instanceof Contraction.MatMul ? 1 : 0;
        Graph.Builder builder = Graph.builder(given.name()).input(new Value("x", ElementType.FLOAT32, given.x()));
        String x = "x";
        if (given.activations().isPresent()) {
            builder.node("enter", new Lanewise.Quantize(given.activations().get()), List.of("x"), "held");
            x = "held";
        }
        Shape w = given.w();
        int channels = w.size(outputAxis);
        Tensor weights = Tensor.allocate(given.weights().isPresent() ? ElementType.INT8 : ElementType.FLOAT32, w);
        boolean[] blocks = new boolean[64];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = random.nextInt(4) == 0;
        }
        int zero = given.weights().map(levels -> levels.nearest(0)).orElse(0);
        for (long i = 0; i < w.elements(); i++) {
            boolean kept = isKept(given, i, outputAxis, blocks, random);
            weights.set(i, kept ? number(given, random) : zero);
        }
        Tensor bias = Tensor.allocate(ElementType.FLOAT32, Shape.of(channels));
        Tensor scales = Tensor.allocate(ElementType.FLOAT32, Shape.of(channels));
        for (int channel = 0; channel < channels; channel++) {
            bias.set(channel, random.nextGaussian());
            scales.set(channel, 0.001 + 0.01 * random.nextDouble());
        }
        builder.constant("b", bias);
        if (given.weights().isPresent()) {
            Coded.Scales each = new Coded.Scales(scales, outputAxis, 0);
            builder.encoded(
                    "w", new Coded(w, List.of(new Coded.Term(given.weights().get(), weights, each))));
        } else {
            builder.constant("w", weights);
        }
        return builder.node(new Node("it", given.op(), List.of(x, "w", "b"), List.of("y"), given.activations()))
                .output("y")
                .build();
    }

    /** A weight, or the code of one, that is not zero but for places in a table. */
    private static double number(Case given, Random random) {
        if (given.weights().isEmpty()) {
            return (0.1 + random.nextDouble()) * (random.nextBoolean() ? 1 : -1);
        }
        Levels levels = given.weights().get();
        return levels instanceof Levels.Table
                ? random.nextInt(levels.high() + 1)
                : (1.0 + random.nextInt(levels.high())) * (random.nextBoolean() ? 1 : -1);
    }

    private static boolean isKept(Case given, long index, int outputAxis, boolean[] blocks, Random random) {
        Shape w = given.w();
        long output = outputAxis == 0 ? index / w.elements(1, w.rank()) : index % w.extent(1);
        long input = outputAxis == 0 ? index / w.elements(2, w.rank()) % w.extent(1) : index / w.extent(1);
        return switch (given.zeros()) {
            case ALL -> false;
            case SCATTERED -> output == 2 || (output != 1 && random.nextInt(12) == 0);
            case TWO_OF_FOUR -> (input + output) % 4 < 2;
            case THREE_OF_NINE -> (input + 4 * output) % 9 < 3;
            case BLOCKS -> blocks[(int) ((output / 16 * 7 + input / 4) % blocks.length)];
        };
    }
}
