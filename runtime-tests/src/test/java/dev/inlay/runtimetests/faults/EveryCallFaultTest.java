// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.CompileOptions;
import dev.inlay.DeviceException;
import dev.inlay.Engine;
import dev.inlay.Session;
import dev.inlay.backend.opencl.BinaryCache;
import dev.inlay.backend.opencl.binding.ClApi;
import dev.inlay.backend.opencl.binding.ClException;
import dev.inlay.backend.opencl.binding.ClStatus;
import dev.inlay.backend.opencl.binding.FaultyApi;
import dev.inlay.backend.opencl.binding.LedgerApi;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.MemoryMode;
import dev.inlay.runtimetests.platform.Engines;
import dev.inlay.runtimetests.platform.Network;
import dev.inlay.runtimetests.platform.TestPlatform;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One life of an engine (open, compile, open a session, run, close) with a fault at each of its calls in turn. The memory
 * is guarded, whose calls include those of the other modes.
 */
@Tag("opencl")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class EveryCallFaultTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final BinaryCache WARM = new BinaryCache(Path.of("target", "programs"), 1L << 30);

    private final Network network = Network.lenet();
    private ClApi api = Engines.api();
    private String device = "";
    private Map<String, ByteBuffer> expected = Map.of();

    @BeforeAll
    void pickTheDevice() {
        Assumptions.assumeTrue(
                TestPlatform.current() == TestPlatform.POCL, "the other platforms are too slow for this");
        List<DeviceDescription> devices = Engines.devices();
        device = devices.getLast().id();
        try (Engine engine = Engine.over(api, WARM)) {
            expected = network.answer(engine, options(), 1);
        }
    }

    private CompileOptions options() {
        return CompileOptions.on(device).withMemory(MemoryMode.GUARDED);
    }

    @Test
    void everyCallMayFailOnce() {
        FaultyApi counting = FaultyApi.counting(api);
        try (Engine engine = Engine.over(counting, WARM)) {
            network.answer(engine, options(), 1);
        }
        assertTrue(counting.calls() > 50, () -> "only " + counting.calls() + " calls were seen");
        int failures = 0;
        for (int call = 1; call <= counting.calls(); call++) {
            LedgerApi ledger = new LedgerApi(api);
            FaultyApi faulty = FaultyApi.failing(ledger, call, ClStatus.OUT_OF_RESOURCES);
            failures += live("call " + call, faulty, ledger, WARM) ? 0 : 1;
        }
        int least = counting.calls() / 2;
        assertTrue(failures > least, "of " + counting.calls() + " faults only " + failures + " were noticed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"programFromSource", "build", "programBinary"})
    void aCompilationMayFailOnce(String function, @TempDir Path folder) {
        for (int call = 1; call <= 2; call++) {
            LedgerApi ledger = new LedgerApi(api);
            FaultyApi faulty = FaultyApi.failing(ledger, function, call, ClStatus.OUT_OF_HOST_MEMORY);
            live(function + " " + call, faulty, ledger, new BinaryCache(folder.resolve(function + call), 1L << 30));
        }
    }

    @Test
    void aRefusedBinaryIsRebuilt() {
        LedgerApi ledger = new LedgerApi(api);
        FaultyApi faulty = FaultyApi.failing(ledger, "programFromBinary", 1, ClStatus.INVALID_BINARY);
        assertTrue(live("refused binary", faulty, ledger, WARM), "the first run should have been right");
    }

    /** A release that fails keeps no other object from its release. */
    @Test
    void everyReleaseMayFailOnce() {
        AtomicInteger releases = new AtomicInteger();
        try (Engine engine = Engine.over(failingRelease(api, releases, 0), WARM)) {
            network.answer(engine, options(), 1);
        }
        int all = releases.get();
        assertTrue(all > 10, () -> "only " + all + " releases were seen");
        for (int failing = 1; failing <= all; failing++) {
            String what = "release " + failing;
            LedgerApi ledger = new LedgerApi(api);
            ClApi faulty = failingRelease(ledger, new AtomicInteger(), failing);
            List<DeviceException> failures = new ArrayList<>();
            assertTimeoutPreemptively(PATIENCE, () -> {
                Engine engine = Engine.over(faulty, WARM);
                try (engine) {
                    assertEquals(expected, network.answer(engine, options(), 1), what);
                } catch (DeviceException e) {
                    failures.add(e);
                }
            });
            assertEquals(Map.of(), ledger.live(), what + " kept others from theirs");
            assertEquals(1, failures.size(), what + " was kept secret");
        }
    }

    private static ClApi failingRelease(ClApi next, AtomicInteger count, int failing) {
        return new HookedApi(next) {
            @Override
            void after(String function) {
                if (function.equals("release") && count.incrementAndGet() == failing) {
                    throw new ClException("release (injected fault)", ClStatus.OUT_OF_RESOURCES);
                }
            }
        };
    }

    /**
     * Two tries over one faulty OpenCL, the second of which must succeed, since the fault comes once.
     *
     * @return whether the first try was right too
     */
    private boolean live(String what, ClApi faulty, LedgerApi ledger, BinaryCache cache) {
        boolean right = assertTimeoutPreemptively(PATIENCE, () -> {
            try (Engine engine = Engine.over(faulty, cache)) {
                boolean found =
                        engine.devices().stream().anyMatch(each -> each.id().equals(device));
                if (!found) {
                    assertFalse(engine.notices().isEmpty(), what + ": a device is gone without a notice");
                    return false;
                }
                boolean first = attempt(what, engine);
                assertEquals(expected, network.answer(engine, options(), 1), what + ": the run after");
                return first;
            }
        });
        assertEquals(Map.of(), ledger.live(), what + ": objects that were not released");
        if (!right) {
            try (Engine engine = Engine.over(faulty, cache)) {
                assertEquals(expected, network.answer(engine, options(), 1), what + ": the next engine");
            }
        }
        return right;
    }

    /** A session that fails to run is run again before it is closed. */
    private boolean attempt(String what, Engine engine) {
        try (Session session = engine.compile(network.graph(), options()).open()) {
            try {
                assertEquals(expected, Network.bits(session.run(network.inputs(1))), what);
                return true;
            } catch (DeviceException e) {
                assertMessage(what, e);
                assertEquals(expected, Network.bits(session.run(network.inputs(1))), what + ": the same session");
                return false;
            }
        } catch (DeviceException e) {
            assertMessage(what, e);
            return false;
        }
    }

    private void assertMessage(String what, DeviceException e) {
        String message = String.valueOf(e.getMessage());
        assertTrue(message.contains(device) && message.contains("CL_OUT_OF"), what + ": " + message);
    }
}
