// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
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
import dev.inlay.backend.opencl.binding.ImaginaryApi;
import dev.inlay.backend.opencl.binding.LedgerApi;
import dev.inlay.backend.opencl.binding.RecordingApi;
import dev.inlay.runtimetests.platform.Network;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Host memory outlives what a device does to it, whatever fails or is interrupted. */
@Timeout(60)
final class UnderWayTest {
    private final Network network = Network.twoLayers();

    @TempDir
    Path folder = Path.of("");

    private Engine engine(ClApi api) {
        return Engine.over(api, new BinaryCache(folder, 1L << 20));
    }

    private static CompileOptions firstDevice(Engine engine) {
        return CompileOptions.on(engine.devices().getFirst().id());
    }

    private Session open(Engine engine) {
        return engine.compile(network.graph(), firstDevice(engine)).open();
    }

    @ParameterizedTest
    @ValueSource(strings = {"enqueueNDRange", "read"})
    void aFailedRunWaitsForWhatIsUnderWay(String function) {
        RecordingApi recording = new RecordingApi(ImaginaryApi.cpu("imaginary"));
        try (Engine engine = engine(FaultyApi.failing(recording, function, 1, ClStatus.OUT_OF_RESOURCES));
                Session session = open(engine)) {
            DeviceException failure = assertThrows(DeviceException.class, () -> session.run(network.inputs(1)));
            assertTrue(String.valueOf(failure.getMessage()).contains("CL_OUT_OF_RESOURCES"), failure::getMessage);
            assertEquals("finish(queue0)", recording.lines().getLast());
        }
    }

    /** Blocks one function of an imaginary device until the test lets it go. */
    private static final class Held extends HookedApi {
        private final String function;
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch letGo = new CountDownLatch(1);

        Held(ClApi next, String function) {
            super(next);
            this.function = function;
        }

        @Override
        void before(String called, List<Object> arguments) {
            if (called.equals(function)) {
                reached.countDown();
                try {
                    letGo.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException("the device's thread was interrupted", e);
                }
            }
        }
    }

    private static void assertWaitsThoughInterrupted(Held held, Runnable work) throws InterruptedException {
        AtomicBoolean stillInterrupted = new AtomicBoolean();
        Thread worker = Thread.ofPlatform().start(() -> {
            work.run();
            stillInterrupted.set(Thread.currentThread().isInterrupted());
        });
        assertTrue(held.reached.await(20, TimeUnit.SECONDS));
        worker.interrupt();
        worker.join(200);
        boolean waited = worker.isAlive();
        held.letGo.countDown();
        worker.join();
        assertTrue(waited, "it returned while the device was at work");
        assertTrue(stillInterrupted.get(), "the interrupt was lost");
    }

    @Test
    void anInterruptedRunWaitsForTheDevice() throws InterruptedException {
        Held held = new Held(ImaginaryApi.cpu("imaginary"), "finish");
        try (Engine engine = engine(held);
                Session session = open(engine)) {
            assertWaitsThoughInterrupted(held, () -> session.run(network.inputs(1)));
        }
    }

    @Test
    void anInterruptedUploadWaitsForTheDevice() throws InterruptedException {
        Held held = new Held(ImaginaryApi.cpu("imaginary"), "write");
        try (Engine engine = engine(held)) {
            assertWaitsThoughInterrupted(held, () -> open(engine).close());
        }
    }

    @Test
    void anInterruptedThreadClosesEverything() {
        LedgerApi ledger = new LedgerApi(ImaginaryApi.cpu("imaginary"));
        Engine engine = engine(ledger);
        Session session = open(engine);
        Thread.currentThread().interrupt();
        session.close();
        engine.close();
        assertTrue(Thread.interrupted(), "the interrupt was lost");
        assertEquals(Map.of(), ledger.live());
    }

    @Test
    void closingTwiceIsDoingItOnce() {
        RecordingApi recording = new RecordingApi(ImaginaryApi.cpu("imaginary"));
        Engine engine = engine(recording);
        Session session = open(engine);
        session.close();
        session.close();
        engine.close();
        int calls = recording.lines().size();
        session.close();
        engine.close();
        assertEquals(calls, recording.lines().size());
    }

    @Test
    void aClosedEngineOpensNoSession() {
        Engine engine = engine(ImaginaryApi.cpu("imaginary"));
        var model = engine.compile(network.graph(), firstDevice(engine));
        engine.close();
        assertThrows(IllegalStateException.class, model::open);
    }

    /** The thread ends a moment after its executor says so. */
    @Test
    void aClosedEngineLeavesNoThread() throws InterruptedException {
        Engine engine = engine(ImaginaryApi.cpu("imaginary-thread"));
        open(engine).close();
        Thread dispatcher = threadOf(engine.devices().getFirst().id());
        engine.close();
        assertTrue(dispatcher.join(Duration.ofSeconds(30)), () -> dispatcher + " lives on");
    }

    private static Thread threadOf(String id) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("inlay " + id))
                .findFirst()
                .orElseThrow();
    }

    /** A driver that cannot even list its platforms leaves the reference device and a notice. */
    @Test
    void anOpenClThatFailsAtOnceIsANotice() {
        try (Engine engine =
                engine(FaultyApi.failing(ImaginaryApi.cpu("imaginary"), "platforms", 1, ClStatus.OUT_OF_HOST_MEMORY))) {
            assertEquals(1, engine.devices().size());
            assertTrue(
                    engine.notices().toString().contains("CL_OUT_OF_HOST_MEMORY"),
                    () -> engine.notices().toString());
        }
    }

    /** One call's worth of trouble while what was made before is released must not hide the first failure. */
    @Test
    void aFailureWhileCleaningUpIsSecondary() {
        LedgerApi ledger = new LedgerApi(ImaginaryApi.cpu("imaginary"));
        ClApi failing = new HookedApi(FaultyApi.failing(ledger, "createKernel", 1, ClStatus.OUT_OF_RESOURCES)) {
            @Override
            void after(String function) {
                if (function.equals("release")) {
                    throw new ClException("release (injected fault)", ClStatus.INVALID_VALUE);
                }
            }
        };
        Engine engine = engine(failing);
        DeviceException failure = assertThrows(DeviceException.class, () -> open(engine));
        assertTrue(String.valueOf(failure.getMessage()).contains("CL_OUT_OF_RESOURCES"), failure::getMessage);
        assertThrows(DeviceException.class, engine::close);
        assertEquals(Map.of(), ledger.live());
    }
}
