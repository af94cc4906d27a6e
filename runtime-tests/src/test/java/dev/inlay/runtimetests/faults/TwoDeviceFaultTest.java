// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.CompileOptions;
import dev.inlay.DeviceException;
import dev.inlay.Engine;
import dev.inlay.OnFault;
import dev.inlay.Session;
import dev.inlay.backend.opencl.BinaryCache;
import dev.inlay.backend.opencl.FastForms;
import dev.inlay.backend.opencl.binding.ClApi;
import dev.inlay.backend.opencl.binding.ClStatus;
import dev.inlay.backend.opencl.binding.FaultyApi;
import dev.inlay.backend.opencl.binding.LedgerApi;
import dev.inlay.profile.ProfileCatalog;
import dev.inlay.runtimetests.platform.Engines;
import dev.inlay.runtimetests.platform.Network;
import dev.inlay.runtimetests.platform.TwoDevices;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Four threads on a session over two devices, with a fault at each call of a run in turn: every request ends in an error
 * that names the device or in the right answer, and the same engine serves a right answer afterwards.
 */
@Tag("opencl")
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TwoDeviceFaultTest {
    private static final int THREADS = 4;
    private static final BinaryCache WARM = new BinaryCache(Path.of("target", "programs"), 1L << 30);

    /** Of calls that stall: far above what one takes on a loaded machine, programs being compiled already. */
    private static final Duration PATIENCE = Duration.ofSeconds(12);

    private static final Duration BOUND = Duration.ofMinutes(2);

    private TwoDevices devices = new TwoDevices(Network.twoLayers(), "", "");
    private List<Map<String, ByteBuffer>> expected = List.of();

    @BeforeAll
    void answerWithoutFaults() {
        devices = TwoDevices.orSkip();
        try (Engine engine = engine(Engines.api());
                Session session = open(engine, devices.options())) {
            expected = IntStream.range(0, THREADS)
                    .mapToObj(seed -> Network.bits(session.run(devices.network().inputs(seed))))
                    .toList();
            for (String alone : List.of(devices.first(), devices.second())) {
                assertEquals(expected.getFirst(), devices.network().answer(engine, CompileOptions.on(alone), 0), alone);
            }
        }
    }

    private static Engine engine(ClApi api) {
        return engine(api, Engine.Options.DEFAULT.patience());
    }

    private static Engine engine(ClApi api, Duration patience) {
        return Engine.over(
                api, WARM, ProfileCatalog.shipped(), FastForms.none(), Engine.Options.DEFAULT.withPatience(patience));
    }

    private Session open(Engine engine, CompileOptions options) {
        return engine.compile(devices.network().graph(), options.withSlots(THREADS))
                .open();
    }

    /** A request of each thread at once; absent where it failed as it may. */
    private List<Optional<DeviceException>> ask(String what, Session session) throws InterruptedException {
        List<Optional<DeviceException>> ends = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Future<Map<String, ByteBuffer>>> asked = IntStream.range(0, THREADS)
                    .mapToObj(seed -> threads.submit(
                            () -> Network.bits(session.run(devices.network().inputs(seed)))))
                    .toList();
            for (int i = 0; i < THREADS; i++) {
                try {
                    assertEquals(expected.get(i), asked.get(i).get(BOUND.toSeconds(), TimeUnit.SECONDS), what);
                    ends.add(Optional.empty());
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof DeviceException failure)) {
                        throw new AssertionError(what + ": got " + e.getCause(), e);
                    }
                    ends.add(Optional.of(failure));
                } catch (TimeoutException e) {
                    throw new AssertionError(what + ": a request hangs", e);
                }
            }
        }
        return ends;
    }

    private static List<DeviceException> failures(List<Optional<DeviceException>> ends) {
        return ends.stream().flatMap(Optional::stream).toList();
    }

    private int callsOf(FaultyApi faulty, Session session, int requests) throws InterruptedException {
        faulty.from(0);
        if (requests == 1) {
            assertEquals(
                    expected.getFirst(),
                    Network.bits(session.run(devices.network().inputs(0))));
        } else {
            assertEquals(List.of(), failures(ask("no fault", session)));
        }
        return faulty.calls();
    }

    private void assertNames(String what, DeviceException failure, String words) {
        String message = String.valueOf(failure.getMessage());
        String device = failure.device().orElse("no device");
        assertTrue(List.of(devices.first(), devices.second()).contains(device), what + ": " + device);
        assertTrue(message.startsWith("device " + device + ": ") && message.contains(words), what + ": " + message);
    }

    @Test
    void anErrorAtAnyCallFailsOneRequestOnly() throws InterruptedException {
        LedgerApi ledger = new LedgerApi(Engines.api());
        FaultyApi faulty = FaultyApi.failing(ledger, 0, ClStatus.OUT_OF_RESOURCES);
        try (Engine engine = engine(faulty);
                Session session = open(engine, devices.options())) {
            int calls = callsOf(faulty, session, THREADS);
            assertTrue(calls > 4 * THREADS, () -> "only " + calls + " calls were seen");
            for (int call = 1; call <= calls; call++) {
                String what = "call " + call;
                faulty.from(call);
                List<DeviceException> failures = failures(ask(what, session));
                assertEquals(1, failures.size(), what);
                assertNames(what, failures.getFirst(), "CL_OUT_OF_RESOURCES");
                assertEquals(List.of(), failures(ask(what + ", afterwards", session)));
            }
        }
        assertEquals(Map.of(), ledger.live());
    }

    @Test
    void anErrorAtAnyCallIsPlannedAround() throws InterruptedException {
        LedgerApi ledger = new LedgerApi(Engines.api());
        FaultyApi faulty = FaultyApi.failing(ledger, 0, ClStatus.OUT_OF_RESOURCES);
        CompileOptions options = devices.options().withOnFault(OnFault.REPLAN);
        try (Engine engine = engine(faulty)) {
            int calls;
            try (Session session = open(engine, options)) {
                calls = callsOf(faulty, session, 1);
                assertEquals(List.of(), session.notices());
            }
            for (int call = 1; call <= calls; call++) {
                String what = "call " + call;
                faulty.from(0);
                try (Session session = open(engine, options)) {
                    faulty.from(call);
                    assertEquals(List.of(), failures(ask(what, session)), what);
                    assertEquals(1, session.notices().size(), what);
                    assertEquals(1, session.plan().openClDevices().size(), what);
                    String gone = devices.other(session.plan().openClDevices().getFirst());
                    String notice = session.notices().getFirst();
                    assertTrue(notice.startsWith("planned again without " + gone), notice);
                    assertEquals(gone.equals(devices.second()), notice.contains("dropping its pins of "), notice);
                }
            }
        }
        assertEquals(Map.of(), ledger.live());
    }

    @Test
    void anErrorWhileOpeningIsPlannedAround(@TempDir Path folder) {
        for (String function : List.of("createContext", "createBuffer", "build", "createKernel")) {
            LedgerApi ledger = new LedgerApi(Engines.api());
            FaultyApi faulty = FaultyApi.failing(ledger, function, 1, ClStatus.MEM_OBJECT_ALLOCATION_FAILURE);
            BinaryCache cache = function.equals("build") ? new BinaryCache(folder, 1L << 30) : WARM;
            try (Engine engine = Engine.over(faulty, cache);
                    Session session = open(engine, devices.options().withOnFault(OnFault.REPLAN))) {
                assertEquals(
                        expected.getFirst(),
                        Network.bits(session.run(devices.network().inputs(0))),
                        function);
                assertEquals(List.of(devices.second()), session.plan().openClDevices(), function);
            }
            assertEquals(Map.of(), ledger.live(), function);
        }
    }

    @Test
    void aLieAboutAnyBufferIsAnErrorOrPlannedAround() {
        LedgerApi ledger = new LedgerApi(Engines.api());
        FaultyApi faulty = FaultyApi.lying(ledger, 0);
        try (Engine engine = engine(faulty)) {
            faulty.from(0);
            open(engine, devices.options()).close();
            int buffers = faulty.calls();
            for (int buffer = 1; buffer <= buffers; buffer++) {
                String what = "buffer " + buffer;
                faulty.from(buffer);
                DeviceException failure = assertThrows(
                        DeviceException.class,
                        () -> {
                            try (Session session = open(engine, devices.options())) {
                                for (int run = 0; run < 2 * THREADS; run++) {
                                    assertEquals(
                                            expected.getFirst(),
                                            Network.bits(session.run(
                                                    devices.network().inputs(0))));
                                }
                            }
                        },
                        what);
                assertNames(what, failure, "CL_MEM_OBJECT_ALLOCATION_FAILURE");
                faulty.from(buffer);
                try (Session session = open(engine, devices.options().withOnFault(OnFault.REPLAN))) {
                    for (int run = 0; run < 2 * THREADS; run++) {
                        assertEquals(
                                expected.getFirst(),
                                Network.bits(session.run(devices.network().inputs(0))),
                                what);
                    }
                    assertEquals(1, session.notices().size(), what);
                }
            }
        }
        assertEquals(Map.of(), ledger.live());
    }

    /** All call sites at the same time, each with an engine of its own, because each costs the patience. */
    @Test
    void aCallThatDoesNotReturnIsALostDevice() throws InterruptedException, ExecutionException {
        int calls;
        FaultyApi counting = FaultyApi.counting(Engines.api());
        try (Engine engine = engine(counting);
                Session session = open(engine, devices.options())) {
            calls = callsOf(counting, session, 1);
        }
        try (ExecutorService sites = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int call = 1; call <= calls; call++) {
                int stalled = call;
                OnFault onFault = call % 2 == 0 ? OnFault.FAIL : OnFault.REPLAN;
                all.add(sites.submit(() -> {
                    stall("call " + stalled + ", " + onFault, stalled, onFault);
                    return stalled;
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        }
    }

    private void stall(String what, int call, OnFault onFault) throws InterruptedException {
        LedgerApi ledger = new LedgerApi(Engines.api());
        FaultyApi faulty = FaultyApi.stalling(ledger, 0);
        try (Engine engine = engine(faulty, PATIENCE)) {
            String lost;
            try (Session session = open(engine, devices.options().withOnFault(onFault))) {
                faulty.from(call);
                List<DeviceException> failures = failures(ask(what, session));
                if (onFault == OnFault.REPLAN) {
                    assertEquals(List.of(), failures, what);
                    lost = devices.other(session.plan().openClDevices().getFirst());
                    assertTrue(session.notices().getFirst().contains("no answer for 12.0 s"), what);
                } else {
                    assertFalse(failures.isEmpty(), what);
                    failures.forEach(failure -> assertNames(what, failure, "no answer for 12.0 s; the device is lost"));
                    assertTrue(
                            failures.stream()
                                    .anyMatch(each ->
                                            String.valueOf(each.getMessage()).matches("(?s).*(kernel|copy of) .*")),
                            () -> what + ": no step is named in " + failures);
                    lost = failures.getFirst().device().orElseThrow();
                    DeviceException again = assertThrows(
                            DeviceException.class,
                            () -> session.run(devices.network().inputs(0)),
                            what);
                    assertNames(what, again, "the device is lost");
                }
            }
            CompileOptions rest = CompileOptions.on(devices.other(lost));
            assertEquals(expected.getFirst(), devices.network().answer(engine, rest, 0), what);
        }
        // The engine is closed while the call still has not returned; once it does, everything is given back.
        faulty.letGo();
        long patience = System.nanoTime() + BOUND.toNanos();
        while (!ledger.live().isEmpty() && System.nanoTime() < patience) {
            Thread.sleep(10);
        }
        assertEquals(Map.of(), ledger.live(), what);
    }
}
