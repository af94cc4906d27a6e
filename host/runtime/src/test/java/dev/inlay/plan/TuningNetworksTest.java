// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.graph.Graph;
import dev.inlay.kernels.KernelCatalog;
import dev.inlay.plan.cost.TuningFormat;
import dev.inlay.plan.cost.TuningNetworks;
import dev.inlay.rewrite.Rewriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every network that devices are measured with runs in kernels of its own formats, all of which can be assembled. */
final class TuningNetworksTest {
    private static final DeviceDescription PROCESSOR = new DeviceDescription(
            "a",
            "platform",
            "a",
            DeviceClass.CPU,
            "CPU",
            "1",
            "none",
            Evidence.MODELLED,
            1L << 33,
            1L << 32,
            64,
            2,
            8,
            Set.of("FMA"),
            Map.of(),
            false,
            Optional.empty());

    static Stream<TuningFormat> formats() {
        return TuningFormat.ALL.stream();
    }

    @ParameterizedTest
    @MethodSource("formats")
    void everyStepHasAKernel(TuningFormat format) {
        for (Graph network : TuningNetworks.few(format)) {
            Graph rewritten = Rewriter.standard().rewrite(network);
            Plan plan = Planner.plan(rewritten, List.of(PROCESSOR), Map.of(), true, MemoryMode.ARENA, SparseUse.NEVER);
            assertEquals(
                    List.of(),
                    plan.decisions().stream().filter(Decision::fallback).toList(),
                    network.name());
            long launches = plan.steps().stream()
                    .filter(Step.Launch.class::isInstance)
                    .map(step -> ((Step.Launch) step).kernel())
                    .peek(kernel -> assertDoesNotThrow(() -> KernelCatalog.source(kernel), network.name()))
                    .count();
            assertTrue(launches > 0, network.name());
        }
    }
}
