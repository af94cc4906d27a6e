// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.inlay.CompileOptions;
import dev.inlay.CompiledModel;
import dev.inlay.Engine;
import dev.inlay.Session;
import dev.inlay.backend.reference.GraphInterpreter;
import dev.inlay.compiler.Approximation;
import dev.inlay.compiler.calibrate.CalibrationData;
import dev.inlay.compiler.calibrate.Runner;
import dev.inlay.compiler.recipe.RecipeReader;
import dev.inlay.graph.Graph;
import dev.inlay.plan.Decision;
import dev.inlay.plan.DeviceClass;
import dev.inlay.plan.MemoryMode;
import dev.inlay.plan.Step;
import dev.inlay.runtimetests.platform.Engines;
import dev.inlay.runtimetests.platform.Network;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whole networks whose contractions are pipelines. */
@Tag("opencl")
final class PipelineNetworkTest {
    private final Network network = Network.quick();
    private final Engine engine = Engines.current();
    private final String device = Engines.devices().getFirst().id();

    private CompiledModel compiled(Graph graph, DeviceClass skeletons) {
        return engine.compile(
                graph, CompileOptions.on(device).withMemory(MemoryMode.GUARDED).withSkeletons(skeletons));
    }

    private Map<String, ByteBuffer> answer(CompiledModel model) {
        try (Session session = model.open()) {
            // The second answer is of channels that tokens have passed.
            session.run(network.inputs(2));
            return Network.bits(session.run(network.inputs(1)));
        }
    }

    private static void assertPipelines(CompiledModel model) {
        Set<String> contractions = model.plan().steps().stream()
                .filter(Step.Launch.class::isInstance)
                .map(step -> ((Step.Launch) step).kernel().spec())
                .filter(kernel -> kernel.startsWith("contract"))
                .collect(Collectors.toSet());
        assertEquals(Set.of("contract.dense.fpga"), contractions);
        assertEquals(
                List.of(),
                model.plan().decisions().stream().filter(Decision::fallback).toList());
    }

    /** Sums are added in the same order. */
    @Test
    void floatsAreThoseOfTheCpuSkeleton() {
        CompiledModel model = compiled(network.graph(), DeviceClass.FPGA);
        assertPipelines(model);
        assertEquals(answer(compiled(network.graph(), DeviceClass.CPU)), answer(model));
    }

    @Test
    void bytesAreThoseOfTheReference() throws IOException {
        Graph graph = Approximation.of(
                        network.graph(),
                        RecipeReader.read(Path.of("..", "samples", "recipes", "int8.yaml")),
                        new CalibrationData(1, index -> network.inputs(5)),
                        Runner::reference,
                        () -> {})
                .apply(network.graph())
                .graph();
        CompiledModel model = compiled(graph, DeviceClass.FPGA);
        assertPipelines(model);
        assertEquals(Network.bits(new GraphInterpreter(model.graph()).run(network.inputs(1))), answer(model));
    }
}
