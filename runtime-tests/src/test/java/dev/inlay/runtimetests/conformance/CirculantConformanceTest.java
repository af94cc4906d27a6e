// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.CompileOptions;
import dev.inlay.CompiledModel;
import dev.inlay.Session;
import dev.inlay.backend.reference.ContractionReference;
import dev.inlay.encoding.BlockCirculant;
import dev.inlay.encoding.CirculantPacking;
import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Levels;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Function;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Node;
import dev.inlay.graph.Value;
import dev.inlay.graph.Window;
import dev.inlay.plan.Decision;
import dev.inlay.plan.DeviceClass;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.MemoryMode;
import dev.inlay.plan.Step;
import dev.inlay.runtimetests.platform.Engines;
import dev.inlay.runtimetests.platform.Network;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import dev.inlay.tools.measure.Difference;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Block-circulant weights against the sums of the dense weights they stand for, channels no multiple of a block: of
 * floats, and of codes that are held in 16 bits.
 */
@Tag("opencl")
final class CirculantConformanceTest {
    private static final Epilogue RELU = new Epilogue(false, Function.RELU);
    private static final String DIRECT = "0";
    private static final String SPECTRAL = "1";
    private static final String S16 = " in s16";
    private static final String DECODED = "its 3 groups cut through circulant blocks: its weights are decoded to f32";

    /**
     * One contraction.
     *
     * @param path the kernel's define SPECTRAL and whether weights are held in 16 bits, or why the weights are decoded
     */
    private record Case(String name, Graph graph, Map<String, Tensor> inputs, String path) {
        static Case of(
                String name, Contraction op, Shape x, Shape w, int outputAxis, int block, Shape bias, String path) {
            Random random = new Random(name.hashCode());
            Shape vectors = BlockCirculant.vectorsOf(w, outputAxis, block);
            return of(
                    name,
                    op,
                    x,
                    new BlockCirculant(w, outputAxis, new BlockCirculant.Floats(OperatorCase.random(random, vectors))),
                    bias,
                    path);
        }

        /** With vectors of codes. */
        static Case coded(
                String name, Contraction op, Shape x, Shape w, int outputAxis, int block, Shape bias, String path) {
            Random random = new Random(name.hashCode());
            Tensor codes = Tensor.allocate(ElementType.INT32, BlockCirculant.vectorsOf(w, outputAxis, block));
            for (long i = 0; i < codes.elements(); i++) {
                codes.setLong(i, random.nextInt(65_536) - 32_768);
            }
            Coded coded = new Coded(
                    codes.shape(),
                    List.of(new Coded.Term(Levels.Integers.ofBits(16, true), codes, Coded.Scales.of(3.1e-5f))));
            return of(
                    name, op, x, new BlockCirculant(w, outputAxis, new BlockCirculant.Codes(coded)), bias, path + S16);
        }

        private static Case of(String name, Contraction op, Shape x, BlockCirculant blocks, Shape bias, String path) {
            Random random = new Random(name.hashCode());
            Shape w = blocks.shape();
            Map<String, Tensor> inputs = new LinkedHashMap<>();
            inputs.put("x", OperatorCase.random(random, x));
            Graph.Builder builder = Graph.builder(name)
                    .input(new Value("x", ElementType.FLOAT32, x))
                    .encoded("w", blocks)
                    .constant("b", OperatorCase.random(random, bias));
            List<String> operands = new ArrayList<>(List.of("x", "w", "b"));
            if (op.epilogue().residual()) {
                Graph alone = Graph.builder("alone")
                        .input(new Value("x", ElementType.FLOAT32, x))
                        .constant("w", Tensor.allocate(ElementType.FLOAT32, w))
                        .node("it", op.withEpilogue(Epilogue.NONE), List.of("x", "w"), "y")
                        .output("y")
                        .build();
                Shape y = alone.value("y").shape();
                builder.input(new Value("r", ElementType.FLOAT32, y));
                inputs.put("r", OperatorCase.random(random, y));
                operands.add("r");
            }
            Graph graph = builder.node(new Node("it", op, operands, List.of("y")))
                    .output("y")
                    .build();
            return new Case(name, graph, inputs, path);
        }

        boolean small() {
            return graph.value("w").shape().elements() < 5_000;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static Shape s(long... extents) {
        return Shape.of(extents);
    }

    private static List<Case> cases() {
        Window strided = new Window(3, 3, 2, 2, 1, 1, 1, 1, 1, 1);
        Window dilated = new Window(2, 3, 1, 2, 2, 1, 0, 1, 2, 0);
        Contraction.Gemm gemm = new Contraction.Gemm(0.5f, 2, false, true, RELU);
        Contraction.Conv conv = new Contraction.Conv(strided, 1, new Epilogue(true, Function.RELU));
        Contraction.MatMul matMul = new Contraction.MatMul(Epilogue.NONE);
        return List.of(
                Case.of("matmul of few blocks", matMul, s(2, 3, 13), s(13, 9), 1, 4, s(9), DIRECT),
                Case.of("matmul of rank 4", matMul, s(2, 2, 3, 13), s(13, 9), 1, 4, s(9), DIRECT),
                Case.of("gemm of one row", gemm, s(1, 1100), s(1090, 1100), 0, 64, s(1090), SPECTRAL),
                Case.of("gemm of three rows", gemm, s(3, 1100), s(1090, 1100), 0, 64, s(1), SPECTRAL),
                Case.coded("codes of a matmul of few blocks", matMul, s(2, 3, 13), s(13, 9), 1, 4, s(9), DIRECT),
                Case.coded("codes of a gemm of one row", gemm, s(1, 1100), s(530, 1100), 0, 64, s(530), SPECTRAL),
                Case.coded("codes of a conv, residual", conv, s(2, 21, 7, 6), s(19, 21, 3, 3), 0, 8, s(19), SPECTRAL),
                Case.of("conv, strides, residual", conv, s(2, 21, 7, 6), s(19, 21, 3, 3), 0, 8, s(19), SPECTRAL),
                Case.of(
                        "conv of few blocks, dilated",
                        new Contraction.Conv(dilated, 1, Epilogue.NONE),
                        s(1, 3, 6, 5),
                        s(5, 3, 2, 3),
                        0,
                        4,
                        s(5),
                        DIRECT),
                Case.of(
                        "conv of groups",
                        new Contraction.Conv(strided, 3, Epilogue.NONE),
                        s(1, 12, 5, 5),
                        s(9, 4, 3, 3),
                        0,
                        4,
                        s(9),
                        DECODED));
    }

    @TestFactory
    Stream<DynamicTest> circulantBlocksOnEveryDevice() {
        List<DynamicTest> tests = new ArrayList<>();
        List<DeviceClass> classes = List.of(DeviceClass.CPU, DeviceClass.GPU);
        int next = 0;
        for (DeviceDescription device : Engines.devices()) {
            DeviceClass skeletons = classes.get(next++ % 2);
            for (Case each : cases()) {
                if (!device.debugger() || each.small()) {
                    tests.add(DynamicTest.dynamicTest(
                            device.id() + " as " + skeletons + ": " + each, () -> check(device, skeletons, each)));
                }
            }
        }
        return tests.stream();
    }

    /** A pipeline makes the weights as it needs them, and adds in the order of the dense ones. */
    @TestFactory
    Stream<DynamicTest> pipelinesMakeWeightsOfVectors() {
        DeviceDescription device = Engines.devices().getFirst();
        return cases().stream()
                .filter(each ->
                        each.name().startsWith("conv, strides") || each.name().equals("matmul of few blocks"))
                .map(each -> DynamicTest.dynamicTest(device.id() + ": " + each, () -> {
                    Node node = each.graph().nodes().getFirst();
                    Graph.Builder dense = Graph.builder("dense");
                    each.graph().inputs().forEach(dense::input);
                    List.of("w", "b")
                            .forEach(name -> dense.constant(
                                    name, each.graph().constant(name).orElseThrow()));
                    Graph decoded = dense.node(node).output("y").build();
                    int block = ((BlockCirculant) each.graph().encoded("w").orElseThrow()).block();
                    assertEquals(
                            pipeline(device, decoded, each.inputs(), "null"),
                            pipeline(device, each.graph(), each.inputs(), Integer.toString(block)));
                }));
    }

    private static Map<String, ByteBuffer> pipeline(
            DeviceDescription device, Graph graph, Map<String, Tensor> inputs, String circulant) {
        CompiledModel model = Engines.current()
                .compile(
                        graph,
                        CompileOptions.on(device.id())
                                .withSkeletons(DeviceClass.FPGA)
                                .withMemory(MemoryMode.SEPARATE));
        assertEquals(
                List.of(circulant),
                model.plan().steps().stream()
                        .filter(Step.Launch.class::isInstance)
                        .map(step -> ((Step.Launch) step).kernel())
                        .filter(kernel -> kernel.spec().equals("contract.dense.fpga"))
                        .map(kernel -> String.valueOf(kernel.defines().get("CIRCULANT")))
                        .toList());
        try (Session session = model.open()) {
            return Network.bits(session.run(inputs));
        }
    }

    private static void check(DeviceDescription device, DeviceClass skeletons, Case each) {
        CompiledModel model = Engines.current()
                .compile(
                        each.graph(),
                        CompileOptions.on(device.id())
                                .withSkeletons(skeletons)
                                .withMemory(device.debugger() ? MemoryMode.SEPARATE : MemoryMode.GUARDED));
        Decision decision = model.plan().decisions().getFirst();
        Optional<String> path = model.plan().steps().stream()
                .filter(Step.Launch.class::isInstance)
                .map(step -> ((Step.Launch) step).kernel())
                .filter(kernel -> kernel.spec().equals("contract.circulant"))
                .map(kernel -> kernel.defines().get("SPECTRAL")
                        + (kernel.defines().getOrDefault("W_FORMAT", "f32").equals("s16") ? S16 : ""))
                .findFirst();
        assertEquals(each.path(), path.orElse(decision.why()));
        assertEquals(path.isEmpty(), decision.fallback());
        assertEquals(each.path().equals(SPECTRAL + S16) ? 1e-7 : 1e-9, Difference.tolerance(model.plan()));

        Node node = each.graph().nodes().getFirst();
        BlockCirculant blocks = (BlockCirculant) each.graph().encoded("w").orElseThrow();
        Map<String, Tensor> known = new LinkedHashMap<>(each.inputs());
        if (each.path().equals(SPECTRAL + S16)) {
            known.put("w", ofSpectra(blocks));
        }
        List<Optional<Tensor>> operands = node.inputs().stream()
                .map(name -> Optional.ofNullable(known.get(name))
                        .or(() -> each.graph().constant(name)))
                .toList();
        ContractionReference.Bounded expected = ContractionReference.bounded(
                (Contraction) node.op(), operands, each.graph().value("y").shape());
        // Transforms there and back add up to log2(block) roundings to each number (Higham, "Accuracy and Stability of
        // Numerical Algorithms", 2nd ed., theorem 24.2).
        boolean spectral = path.filter(text -> text.startsWith(SPECTRAL)).isPresent();
        double widened = spectral ? 1 + Integer.numberOfTrailingZeros(blocks.block()) : 1;
        try (Session session = model.open()) {
            Tensor actual = session.run(each.inputs()).get("y");
            assertEquals(expected.value().shape(), actual.shape());
            for (long i = 0; i < actual.elements(); i++) {
                double error = Math.abs((double) expected.value().getFloat(i) - actual.getFloat(i));
                double allowed = widened * expected.bound().getFloat(i);
                long at = i;
                assertTrue(
                        error <= allowed,
                        () -> "y[" + at + "]: got " + actual.getFloat(at) + ", expected "
                                + expected.value().getFloat(at) + " within " + allowed);
            }
        }
    }

    /**
     * The weights that spectra of 16 bits stand for: less than a step from those that are held.
     */
    private static Tensor ofSpectra(BlockCirculant weights) {
        float step = CirculantPacking.step(weights, true).orElseThrow();
        Shape vectors = weights.vectors().shape();
        int block = weights.block();
        Tensor held = weights.vectors().decode();
        MemorySegment inverse = MemorySegment.ofArray(new float[block * block]);
        new CirculantPacking.Fourier(block, true).pack(Optional.empty(), inverse);
        MemorySegment codes = MemorySegment.ofArray(new short[Math.toIntExact(vectors.elements())]);
        new CirculantPacking.Vectors("w", vectors, 1, true, 1, Optional.of(step)).pack(Optional.of(held), codes);
        Tensor numbers = Tensor.allocate(ElementType.FLOAT32, vectors);
        int inputs = vectors.size(1);
        int taps = vectors.size(2);
        for (int vector = 0; vector < vectors.elements() / block; vector++) {
            // Packed with the taps before the input blocks.
            int tap = vector % taps;
            int from = (vector / taps / inputs * taps + tap) * inputs + vector / taps % inputs;
            for (int number = 0; number < block; number++) {
                double sum = 0;
                for (int part = 0; part < block; part++) {
                    sum += codes.getAtIndex(ValueLayout.JAVA_SHORT, (long) from * block + part)
                            * (double) step
                            * inverse.getAtIndex(ValueLayout.JAVA_FLOAT, (long) part * block + number);
                }
                long at = (long) vector * block + number;
                assertEquals(held.getFloat(at), sum, step, "weight " + at);
                numbers.set(at, sum);
            }
        }
        return new BlockCirculant(weights.shape(), weights.outputAxis(), new BlockCirculant.Floats(numbers)).decode();
    }
}
