// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.CompileOptions;
import dev.inlay.CompiledModel;
import dev.inlay.Engine;
import dev.inlay.Session;
import dev.inlay.backend.reference.ContractionReference;
import dev.inlay.backend.reference.GraphInterpreter;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Node;
import dev.inlay.plan.DeviceClass;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.MemoryMode;
import dev.inlay.runtimetests.platform.Engines;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** Every operator case on every device of this process's platform, with the kernels of both classes. */
@Tag("opencl")
final class OperatorConformanceTest {
    /** Relative error allowed to the functions of OpenCL's library and to sums that are no contractions. */
    private static final double RELATIVE = 4e-6;

    @TestFactory
    Stream<DynamicTest> everyOperatorOnEveryDevice() {
        Engine engine = Engines.current();
        List<DynamicTest> tests = new ArrayList<>();
        for (DeviceDescription device : Engines.devices()) {
            for (OperatorCase each : OperatorCases.all()) {
                if (device.debugger() && !each.small()) {
                    continue;
                }
                tests.add(DynamicTest.dynamicTest(
                        device.id() + ": " + each, () -> check(engine, device, each, Optional.empty())));
                boolean contracts = each.graph().nodes().stream().anyMatch(node -> node.op() instanceof Contraction);
                if (contracts) {
                    tests.add(DynamicTest.dynamicTest(
                            device.id() + " as gpu: " + each,
                            () -> check(engine, device, each, Optional.of(DeviceClass.GPU))));
                }
            }
        }
        return tests.stream();
    }

    private static void check(
            Engine engine, DeviceDescription device, OperatorCase each, Optional<DeviceClass> skeletons) {
        CompileOptions options =
                CompileOptions.on(device.id()).withMemory(device.debugger() ? MemoryMode.SEPARATE : MemoryMode.GUARDED);
        CompiledModel model = engine.compile(
                each.graph(), skeletons.map(options::withSkeletons).orElse(options));
        Map<String, Tensor> expected = new GraphInterpreter(model.graph()).run(each.inputs());
        try (Session session = model.open()) {
            Map<String, Tensor> actual = session.run(each.inputs());
            assertEquals(expected.keySet(), actual.keySet());
            expected.forEach((name, tensor) ->
                    compare(each, name, tensor, actual.get(name), bound(model.graph(), each, tensor)));
        }
    }

    /** The bound of the reference for a single contraction without a function after it; absent for all else. */
    private static Optional<Tensor> bound(Graph graph, OperatorCase each, Tensor expected) {
        Node node = graph.nodes().getFirst();
        if (graph.nodes().size() > 1
                || !(node.op() instanceof Contraction op)
                || !op.epilogue().activation().isIdentity()) {
            return Optional.empty();
        }
        List<Optional<Tensor>> inputs = node.inputs().stream()
                .map(input -> Optional.ofNullable(each.inputs().get(input)).or(() -> graph.constant(input)))
                .toList();
        return Optional.of(
                ContractionReference.bounded(op, inputs, expected.shape()).bound());
    }

    private static void compare(
            OperatorCase each, String name, Tensor expected, Tensor actual, Optional<Tensor> bound) {
        assertEquals(expected.shape(), actual.shape());
        assertEquals(expected.type(), actual.type());
        double scale = 0;
        for (long i = 0; i < expected.elements(); i++) {
            scale = Math.max(scale, Math.abs(expected.getFloat(i)));
        }
        for (long i = 0; i < expected.elements(); i++) {
            double error = Math.abs((double) expected.getFloat(i) - actual.getFloat(i));
            double allowed = bound.isPresent() ? bound.get().getFloat(i) : RELATIVE * Math.max(1e-3, scale);
            long at = i;
            assertTrue(
                    error <= allowed,
                    () -> each + ": " + name + "[" + at + "]: got " + actual.getFloat(at) + ", expected "
                            + expected.getFloat(at) + " within " + allowed);
        }
    }
}
