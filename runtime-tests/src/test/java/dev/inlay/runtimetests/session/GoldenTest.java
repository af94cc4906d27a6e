// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.inlay.CompileOptions;
import dev.inlay.CompiledModel;
import dev.inlay.Engine;
import dev.inlay.Session;
import dev.inlay.backend.opencl.BinaryCache;
import dev.inlay.backend.opencl.binding.ImaginaryApi;
import dev.inlay.backend.opencl.binding.RecordingApi;
import dev.inlay.plan.DeviceClass;
import dev.inlay.runtimetests.platform.Network;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What networks become on a device that is not there: a change of plans or calls shows as a change of text. */
final class GoldenTest {
    @TempDir
    Path folder = Path.of("");

    private RecordingApi recording = new RecordingApi(ImaginaryApi.cpu("imaginary"));

    private Engine engine() {
        return Engine.over(recording, new BinaryCache(folder.resolve("programs"), 1L << 20));
    }

    private static CompileOptions firstDevice(Engine engine) {
        return CompileOptions.on(engine.devices().getFirst().id());
    }

    @Test
    void callsOfTwoLayers() throws IOException {
        Network network = Network.twoLayers();
        try (Engine engine = engine()) {
            CompileOptions options = firstDevice(engine);
            assertEquals(1, network.answer(engine, options, 1).size());
        }
        Golden.assertGolden("two-layers.calls.txt", recording.lines());
    }

    /** A second request sets no argument and makes no object. */
    @Test
    void callsOfASecondRequest() throws IOException {
        Network network = Network.twoLayers();
        List<String> second;
        try (Engine engine = engine();
                Session session =
                        engine.compile(network.graph(), firstDevice(engine)).open()) {
            assertEquals(1, session.run(network.inputs(1)).size());
            int before = recording.lines().size();
            assertEquals(1, session.run(network.inputs(2)).size());
            second = recording.lines().subList(before, recording.lines().size());
        }
        Golden.assertGolden("two-layers.second-request.txt", second);
    }

    @ParameterizedTest
    @EnumSource(names = {"CPU", "GPU", "FPGA"})
    void planOfLenet(DeviceClass skeletons) throws IOException {
        Network network = Network.lenet();
        try (Engine engine = engine()) {
            CompiledModel model =
                    engine.compile(network.graph(), firstDevice(engine).withSkeletons(skeletons));
            List<String> lines = new ArrayList<>(PlanText.of(model.graph()));
            lines.addAll(PlanText.of(model.plan()));
            Golden.assertGolden("lenet5." + skeletons + ".plan.txt", lines);
        }
    }
}
