// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.CompileOptions;
import dev.inlay.DeviceException;
import dev.inlay.Engine;
import dev.inlay.UsageException;
import dev.inlay.backend.opencl.BinaryCache;
import dev.inlay.backend.opencl.FastForms;
import dev.inlay.backend.opencl.binding.ClApi;
import dev.inlay.backend.opencl.binding.ClBinding;
import dev.inlay.backend.opencl.binding.ClStatus;
import dev.inlay.backend.opencl.binding.FaultyApi;
import dev.inlay.backend.opencl.binding.LedgerApi;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.profile.ProfileCatalog;
import dev.inlay.runtimetests.platform.Engines;
import dev.inlay.runtimetests.platform.Network;
import dev.inlay.runtimetests.platform.TestPlatform;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One device split into parts that are devices of their own. */
@Tag("opencl")
final class SplitTest {
    private static final String WHOLE = "pocl/pthread-0";

    @BeforeEach
    void requireTwoUnits() {
        Assumptions.assumeTrue(TestPlatform.current() == TestPlatform.POCL, "only PoCL splits its device");
        Assumptions.assumeTrue(
                Engines.devices().stream().anyMatch(device -> device.id().equals(WHOLE) && device.computeUnits() >= 2),
                "the processor has one unit");
    }

    private static Engine split(ClApi api, String id, int parts) {
        return Engine.over(
                api,
                new BinaryCache(Path.of("target", "programs"), 1L << 30),
                ProfileCatalog.shipped(),
                FastForms.none(),
                Engine.Options.DEFAULT.split(id, parts));
    }

    private static ClApi api(String binding) {
        return ((ClBinding.Available) ClBinding.load(binding)).api();
    }

    @ParameterizedTest
    @ValueSource(strings = {"lwjgl", "jocl"})
    void partsAnswerAsTheWhole(String binding) {
        LedgerApi ledger = new LedgerApi(api(binding));
        Network network = Network.quick();
        try (Engine engine = split(ledger, WHOLE, 2)) {
            assertEquals(
                    List.of(WHOLE, WHOLE + "/0", WHOLE + "/1"),
                    engine.devices().stream()
                            .map(DeviceDescription::id)
                            .filter(id -> id.startsWith(WHOLE))
                            .toList());
            int units = engine.device(WHOLE).computeUnits();
            assertEquals((units + 1) / 2, engine.device(WHOLE + "/0").computeUnits());
            assertEquals(units / 2, engine.device(WHOLE + "/1").computeUnits());
            var expected = network.answer(engine, CompileOptions.on(WHOLE), 1);
            for (String part : List.of(WHOLE + "/0", WHOLE + "/1")) {
                assertEquals(expected, network.answer(engine, CompileOptions.on(part), 1), part);
            }
        }
        assertEquals(Map.of(), ledger.live());
    }

    @Test
    void whatCannotBeSplitIsRefused() {
        for (Map.Entry<String, String> wish : Map.of(
                        "pocl/none-0",
                        "got no such device, expected one of [" + WHOLE,
                        "pocl/basic-0",
                        "got a device that its driver cannot split")
                .entrySet()) {
            UsageException error = assertThrows(
                    UsageException.class,
                    () -> split(Engines.api(), wish.getKey(), 2).close());
            assertTrue(String.valueOf(error.getMessage()).contains(wish.getValue()), error::getMessage);
        }
        for (int parts : List.of(1, 1_000)) {
            UsageException error = assertThrows(
                    UsageException.class,
                    () -> split(Engines.api(), WHOLE, parts).close());
            assertTrue(
                    String.valueOf(error.getMessage()).startsWith("split " + WHOLE + "=" + parts + ": got " + parts),
                    error::getMessage);
        }
    }

    @Test
    void aDriverThatRefusesIsAnError() {
        LedgerApi ledger = new LedgerApi(Engines.api());
        DeviceException error = assertThrows(
                DeviceException.class,
                () -> split(FaultyApi.failing(ledger, "byCounts", 1, ClStatus.OUT_OF_RESOURCES), WHOLE, 2)
                        .close());
        assertTrue(String.valueOf(error.getMessage()).contains("CL_OUT_OF_RESOURCES"), error::getMessage);
        assertEquals(Map.of(), ledger.live());
    }
}
