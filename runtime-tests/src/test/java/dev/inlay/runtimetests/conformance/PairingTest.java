// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.CompileOptions;
import dev.inlay.CompiledModel;
import dev.inlay.Session;
import dev.inlay.backend.reference.GraphInterpreter;
import dev.inlay.plan.DeviceClass;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.MemoryMode;
import dev.inlay.plan.Step;
import dev.inlay.runtimetests.platform.Engines;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Networks of every pair of formats from their graphs, so with the layouts, encodings and packed weights that the planner
 * chooses: codes bit for bit, floats within a bound. The devices of a platform share the cases; the skeletons of class gpu
 * take every fourth of them, and so do debuggers and slow platforms.
 */
@Tag("opencl")
final class PairingTest {
    private static final boolean FULL = "full".equals(System.getProperty("inlay.matrix"));
    private static final double BOUND = 1e-5;

    @TestFactory
    Stream<DynamicTest> everyPair() {
        List<DynamicTest> tests = new ArrayList<>();
        List<DeviceDescription> devices = Engines.devices();
        List<PairingCases.Case> cases = PairingCases.cases(FULL);
        for (int i = 0; i < cases.size(); i++) {
            PairingCases.Case given = cases.get(i);
            for (DeviceClass skeletons : List.of(DeviceClass.CPU, DeviceClass.GPU)) {
                int offset = skeletons == DeviceClass.CPU ? 0 : 1;
                DeviceDescription device = devices.get((i + offset) % devices.size());
                boolean all = skeletons == DeviceClass.CPU && device.id().startsWith("pocl");
                if (all || (i + offset) % 4 == 0) {
                    tests.add(DynamicTest.dynamicTest(
                            device.id() + " as " + skeletons + ": " + given, () -> check(device, skeletons, given)));
                }
            }
        }
        return tests.stream();
    }

    private static void check(DeviceDescription device, DeviceClass skeletons, PairingCases.Case given) {
        CompiledModel model = Engines.current()
                .compile(
                        PairingCases.graph(given),
                        CompileOptions.on(device.id())
                                .withSkeletons(skeletons)
                                .withMemory(device.debugger() ? MemoryMode.SEPARATE : MemoryMode.GUARDED));
        Set<String> carriers = model.plan().steps().stream()
                .filter(Step.Launch.class::isInstance)
                .map(Step.Launch.class::cast)
                .filter(step -> step.kernel().spec().startsWith("contract"))
                .map(step -> step.work().carrier())
                .collect(Collectors.toSet());
        assertEquals(Set.copyOf(given.carriers()), carriers, "carriers of the contractions");
        Random random = new Random(11);
        Tensor image = Tensor.allocate(
                ElementType.FLOAT32, model.graph().inputs().getFirst().shape());
        for (long i = 0; i < image.elements(); i++) {
            image.set(i, random.nextGaussian());
        }
        Map<String, Tensor> inputs = Map.of("image", image);
        Tensor expected = new GraphInterpreter(model.graph()).run(inputs).get("y");
        double tolerance = given.activations().isPresent() && !carriers.contains("f32") ? 0 : BOUND;
        try (Session session = model.open()) {
            Tensor actual = session.run(inputs).get("y");
            double spread = 0;
            for (long i = 0; i < expected.elements(); i++) {
                spread = Math.max(spread, Math.abs(expected.getFloat(i) - expected.getFloat(0)));
            }
            for (long i = 0; i < expected.elements(); i++) {
                assertEquals(expected.getFloat(i), actual.getFloat(i), tolerance * spread, "y[" + i + "]");
            }
            assertTrue(spread > 0, "y is constant, and proves nothing");
        }
    }
}
