// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.CompileOptions;
import dev.inlay.CompiledModel;
import dev.inlay.Session;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.Step;
import dev.inlay.runtimetests.platform.Engines;
import dev.inlay.runtimetests.platform.Network;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Launches that are repeated to be timed. */
@Tag("opencl")
final class LaunchTimesTest {
    private final Network network = Network.twoLayers();

    @Test
    void everyLaunchHasATimeAndTheNextAnswerIsRight() {
        for (DeviceDescription device : Engines.devices()) {
            CompiledModel model = Engines.current().compile(network.graph(), CompileOptions.on(device.id()));
            Set<Integer> launches = IntStream.range(0, model.plan().steps().size())
                    .filter(step -> model.plan().steps().get(step) instanceof Step.Launch)
                    .boxed()
                    .collect(Collectors.toSet());
            try (Session session = model.open()) {
                Map<String, ByteBuffer> before = Network.bits(session.run(network.inputs(1)));
                Map<Integer, Double> seconds = session.launchSeconds(2);
                assertEquals(launches, seconds.keySet(), device.id());
                assertTrue(seconds.values().stream().allMatch(each -> each > 0), seconds::toString);
                assertEquals(before, Network.bits(session.run(network.inputs(1))), device.id());
            }
        }
    }
}
