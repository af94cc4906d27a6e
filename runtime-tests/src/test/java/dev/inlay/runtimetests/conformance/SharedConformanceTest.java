// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.CompileOptions;
import dev.inlay.CompiledModel;
import dev.inlay.Session;
import dev.inlay.backend.reference.ContractionReference;
import dev.inlay.encoding.Encoded;
import dev.inlay.encoding.Hashed;
import dev.inlay.encoding.Product;
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
import dev.inlay.runtimetests.platform.Engines;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
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

/** Weights that share numbers against the sums of the dense weights they stand for, at the edges of tiles. */
@Tag("opencl")
final class SharedConformanceTest {
    /**
     * One contraction.
     *
     * @param why what the plan's reason begins with
     */
    private record Case(String name, Graph graph, Map<String, Tensor> inputs, String why) {
        static Case of(String name, Contraction op, Shape x, Encoded weights, Shape bias, String why) {
            Random random = new Random(name.hashCode());
            Map<String, Tensor> inputs = new LinkedHashMap<>();
            inputs.put("x", OperatorCase.random(random, x));
            Graph.Builder builder = Graph.builder(name)
                    .input(new Value("x", ElementType.FLOAT32, x))
                    .encoded("w", weights)
                    .constant("b", OperatorCase.random(random, bias));
            List<String> operands = new ArrayList<>(List.of("x", "w", "b"));
            if (op.epilogue().residual()) {
                Graph alone = Graph.builder("alone")
                        .input(new Value("x", ElementType.FLOAT32, x))
                        .constant("w", Tensor.allocate(ElementType.FLOAT32, weights.shape()))
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
            return new Case(name, graph, inputs, why);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static Shape s(long... extents) {
        return Shape.of(extents);
    }

    private static Hashed hashed(Shape shape, int buckets) {
        return new Hashed(shape, OperatorCase.random(new Random(buckets), s(buckets)));
    }

    private static Product product(Shape shape, int outputAxis, int length, int count) {
        Random random = new Random(count);
        Shape places = Product.placesOf(shape, outputAxis, length);
        Tensor codes = Tensor.allocate(ElementType.UINT8, places);
        for (long i = 0; i < codes.elements(); i++) {
            codes.setLong(i, random.nextInt(count));
        }
        return new Product(shape, outputAxis, OperatorCase.random(random, s(places.extent(0), count, length)), codes);
    }

    private static List<Case> cases() {
        Window strided = new Window(3, 3, 2, 2, 1, 1, 1, 1, 1, 1);
        Window dilated = new Window(2, 3, 1, 1, 2, 1, 0, 1, 2, 0);
        Contraction.Gemm gemm = new Contraction.Gemm(0.5f, 2, false, true, new Epilogue(false, Function.RELU));
        Contraction.Gemm columns = new Contraction.Gemm(1, 1, false, false, Epilogue.NONE);
        Contraction.Conv residual = new Contraction.Conv(strided, 1, new Epilogue(true, Function.RELU));
        Contraction.Conv plain = new Contraction.Conv(dilated, 1, Epilogue.NONE);
        Contraction.Conv grouped = new Contraction.Conv(strided, 3, Epilogue.NONE);
        Contraction.MatMul matMul = new Contraction.MatMul(Epilogue.NONE);
        return List.of(
                Case.of(
                        "product gemm of one row",
                        gemm,
                        s(1, 301),
                        product(s(141, 301), 0, 8, 100),
                        s(141),
                        "its weights are 100 centroids of each of 38 blocks of 8, "),
                Case.of(
                        "product matmul of columns",
                        matMul,
                        s(2, 3, 13),
                        product(s(13, 29), 1, 4, 16),
                        s(29),
                        "its weights are 16 centroids"),
                Case.of(
                        "product conv, strides, residual",
                        residual,
                        s(2, 11, 7, 11),
                        product(s(19, 11, 3, 3), 0, 4, 16),
                        s(19),
                        "its weights are 16 centroids"),
                Case.of(
                        "product of few outputs",
                        matMul,
                        s(2, 13),
                        product(s(13, 9), 1, 4, 16),
                        s(9),
                        "its 32 inner products with centroids of a block are no fewer than the 18 that they stand for"
                                + ": its weights are decoded"),
                Case.of(
                        "hashed gemm of one row",
                        gemm,
                        s(1, 301),
                        hashed(s(141, 301), 5000),
                        s(141),
                        "its weights are"),
                Case.of("hashed gemm of columns", columns, s(7, 60), hashed(s(60, 37), 3), s(37), "its weights are"),
                Case.of("hashed matmul of rank 3", matMul, s(2, 3, 13), hashed(s(13, 9), 1), s(9), "its weights are"),
                Case.of(
                        "hashed conv, strides, residual",
                        residual,
                        s(2, 11, 7, 11),
                        hashed(s(19, 11, 3, 3), 211),
                        s(19),
                        "its weights are hashed into 211 buckets, 6680 bytes less than f32; expected slower"),
                Case.of(
                        "hashed conv, dilated",
                        plain,
                        s(1, 3, 6, 5),
                        hashed(s(5, 3, 2, 3), 7),
                        s(5),
                        "its weights are"),
                Case.of(
                        "hashed conv of groups",
                        grouped,
                        s(1, 12, 5, 5),
                        hashed(s(9, 4, 3, 3), 50),
                        s(9),
                        "its 3 groups, and the kernel of hashed weights takes one: its weights are decoded"));
    }

    @TestFactory
    Stream<DynamicTest> sharedNumbersOnEveryDevice() {
        List<DynamicTest> tests = new ArrayList<>();
        List<DeviceClass> classes = List.of(DeviceClass.CPU, DeviceClass.GPU);
        int next = 0;
        for (DeviceDescription device : Engines.devices()) {
            DeviceClass skeletons = classes.get(next++ % 2);
            for (Case each : cases()) {
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
        Decision decision = model.plan().decisions().getFirst();
        assertTrue(decision.why().startsWith(each.why()), decision::why);
        assertEquals(each.why().contains("decoded"), decision.fallback());

        Node node = each.graph().nodes().getFirst();
        List<Optional<Tensor>> operands = node.inputs().stream()
                .map(name -> Optional.ofNullable(each.inputs().get(name))
                        .or(() -> each.graph().constant(name)))
                .toList();
        ContractionReference.Bounded expected = ContractionReference.bounded(
                (Contraction) node.op(), operands, each.graph().value("y").shape());
        try (Session session = model.open()) {
            Tensor actual = session.run(each.inputs()).get("y");
            assertEquals(expected.value().shape(), actual.shape());
            for (long i = 0; i < actual.elements(); i++) {
                double error = Math.abs((double) expected.value().getFloat(i) - actual.getFloat(i));
                double allowed = expected.bound().getFloat(i);
                long at = i;
                assertTrue(
                        error <= allowed,
                        () -> "y[" + at + "]: got " + actual.getFloat(at) + ", expected "
                                + expected.value().getFloat(at) + " within " + allowed);
            }
        }
    }
}
