// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.CompileOptions;
import dev.inlay.Engine;
import dev.inlay.Session;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.runtimetests.platform.Engines;
import dev.inlay.runtimetests.platform.Network;
import dev.inlay.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many threads on one session: none sees another's data, and all end when it closes. */
@Tag("opencl")
@Timeout(300)
final class ConcurrencyTest {
    private static final int THREADS = 8;
    private static final int SLOTS = 3;
    private static final int QUESTIONS = 13;

    private final Network network = Network.quick();
    private final List<Map<String, Tensor>> questions =
            LongStream.range(0, QUESTIONS).mapToObj(network::inputs).toList();

    private static int requests(DeviceDescription device) {
        return device.debugger() ? 10 : 1_000;
    }

    /** The device's own answers, one after the other. */
    private List<Map<String, ByteBuffer>> answers(Engine engine, CompileOptions options) {
        try (Session session = engine.compile(network.graph(), options).open()) {
            return questions.stream()
                    .map(question -> Network.bits(session.run(question)))
                    .toList();
        }
    }

    @Test
    void everyThreadGetsItsOwnAnswers() throws InterruptedException, ExecutionException {
        Engine engine = Engines.current();
        for (DeviceDescription device : Engines.devices()) {
            CompileOptions options = CompileOptions.on(device.id());
            List<Map<String, ByteBuffer>> answers = answers(engine, options);
            assertEquals(QUESTIONS, answers.stream().distinct().count(), "the answers differ, so that a mix-up shows");
            int requests = requests(device);
            try (Session session = engine.compile(network.graph(), options.withSlots(SLOTS))
                            .open();
                    ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
                List<Future<?>> running = new ArrayList<>();
                for (int thread = 0; thread < THREADS; thread++) {
                    int first = thread;
                    running.add(threads.submit(() -> {
                        for (int i = first; i < first + requests; i++) {
                            int asked = i % QUESTIONS;
                            assertEquals(
                                    answers.get(asked),
                                    Network.bits(session.run(questions.get(asked))),
                                    device.id() + ": question " + asked);
                        }
                    }));
                }
                for (Future<?> each : running) {
                    each.get();
                }
            }
        }
    }

    @Test
    void closingLetsRequestsEndAndRefusesLaterOnes() throws InterruptedException, ExecutionException {
        Engine engine = Engines.current();
        for (DeviceDescription device : Engines.devices()) {
            CompileOptions options = CompileOptions.on(device.id());
            List<Map<String, ByteBuffer>> answers = answers(engine, options);
            Session session =
                    engine.compile(network.graph(), options.withSlots(SLOTS)).open();
            CountDownLatch busy = new CountDownLatch(THREADS);
            AtomicBoolean closed = new AtomicBoolean();
            try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
                List<Future<?>> running = new ArrayList<>();
                for (int thread = 0; thread < THREADS; thread++) {
                    int asked = thread % QUESTIONS;
                    running.add(threads.submit(() -> askUntilClosed(session, asked, answers.get(asked), busy, closed)));
                }
                busy.await();
                session.close();
                closed.set(true);
                for (Future<?> each : running) {
                    each.get();
                }
            }
            assertThrows(IllegalStateException.class, () -> session.run(questions.getFirst()));
        }
    }

    private void askUntilClosed(
            Session session, int asked, Map<String, ByteBuffer> answer, CountDownLatch busy, AtomicBoolean closed) {
        while (true) {
            boolean late = closed.get();
            try {
                Map<String, ByteBuffer> got = Network.bits(session.run(questions.get(asked)));
                assertTrue(!late, "a closed session answered");
                assertEquals(answer, got);
                busy.countDown();
            } catch (IllegalStateException e) {
                assertTrue(String.valueOf(e.getMessage()).contains("closed"), e::getMessage);
                return;
            }
        }
    }
}
