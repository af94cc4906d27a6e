// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.CompileOptions;
import dev.inlay.DeadlineException;
import dev.inlay.Engine;
import dev.inlay.RunOptions;
import dev.inlay.Session;
import dev.inlay.UsageException;
import dev.inlay.backend.opencl.BinaryCache;
import dev.inlay.backend.opencl.binding.ImaginaryApi;
import dev.inlay.plan.Step;
import dev.inlay.runtimetests.platform.Network;
import dev.inlay.tensor.Tensor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Requests that wait, are given up or come too many, on a device that a test holds still. */
@Timeout(60)
final class AsyncTest {
    private static final RunOptions SOON = RunOptions.within(Duration.ofMillis(20));

    private final Network network = Network.twoLayers();
    private final HeldApi device = new HeldApi(ImaginaryApi.cpu("imaginary"));

    @TempDir
    Path folder = Path.of("");

    private Engine engine = Engine.none("not open yet");

    @BeforeEach
    void openEngine() {
        engine.close();
        engine = Engine.over(device, new BinaryCache(folder, 1L << 20));
    }

    @AfterEach
    void closeEngine() {
        device.letGo();
        engine.close();
    }

    private CompileOptions options() {
        return CompileOptions.on(engine.devices().getFirst().id());
    }

    private Session open(CompileOptions options) {
        Session session = engine.compile(network.graph(), options).open();
        device.hold();
        return session;
    }

    /** Inputs whose first element is a mark. */
    private Map<String, Tensor> inputs(float mark) {
        Map<String, Tensor> inputs = network.inputs(1);
        inputs.get("image").set(0, mark);
        return inputs;
    }

    private static <T extends Throwable> T failure(Class<T> type, CompletableFuture<?> future) {
        ExecutionException end = assertThrows(ExecutionException.class, () -> future.get(30, TimeUnit.SECONDS));
        return assertInstanceOf(type, end.getCause());
    }

    private static int launchesOf(Session session) {
        return (int) session.plan().steps().stream()
                .filter(Step.Launch.class::isInstance)
                .count();
    }

    @Test
    void anAnswerComesLater() throws InterruptedException, ExecutionException {
        try (Session session = open(options())) {
            CompletableFuture<Map<String, Tensor>> answer = session.runAsync(inputs(1));
            device.awaitLaunch();
            assertFalse(answer.isDone());
            device.letGo();
            assertEquals(Network.bits(session.run(inputs(1))), Network.bits(answer.get()));
        }
    }

    @Test
    void aRequestLeavesTheLineAtItsDeadline() throws InterruptedException {
        try (Session session = open(options())) {
            CompletableFuture<?> first = session.runAsync(inputs(1));
            device.awaitLaunch();
            DeadlineException late = failure(DeadlineException.class, session.runAsync(inputs(2), SOON));
            assertTrue(String.valueOf(late.getMessage()).contains("got no answer within 20.0 ms"), late::getMessage);
            assertThrows(DeadlineException.class, () -> session.run(inputs(3), SOON));
            assertFalse(first.isDone());
            device.letGo();
            first.join();
            session.run(inputs(4));
            assertEquals(List.of(1f, 4f), device.taken());
        }
    }

    @Test
    void aRequestUnderWayEndsBeforeItsNextStep() throws InterruptedException {
        try (Session session = open(options())) {
            assertTrue(launchesOf(session) > 1);
            CompletableFuture<?> late = session.runAsync(inputs(1), RunOptions.within(Duration.ofSeconds(1)));
            device.awaitLaunch();
            failure(DeadlineException.class, late);
            CompletableFuture<?> next = session.runAsync(inputs(2));
            device.letGo();
            next.join();
            assertEquals(1 + launchesOf(session), device.launches());
        }
    }

    @Test
    void aCancelledRequestGivesItsSlotBack() throws InterruptedException {
        try (Session session = open(options())) {
            CompletableFuture<?> first = session.runAsync(inputs(1));
            device.awaitLaunch();
            CompletableFuture<?> second = session.runAsync(inputs(2));
            CompletableFuture<?> third = session.runAsync(inputs(3));
            assertTrue(second.cancel(true));
            assertTrue(first.cancel(true));
            device.letGo();
            third.join();
            assertEquals(List.of(1f, 3f), device.taken());
            assertEquals(1 + launchesOf(session), device.launches());
        }
    }

    @Test
    void aFullLineTurnsRequestsAway() throws InterruptedException {
        try (Session session = open(options().withQueue(1))) {
            List<CompletableFuture<?>> taken = new ArrayList<>();
            taken.add(session.runAsync(inputs(1)));
            device.awaitLaunch();
            taken.add(session.runAsync(inputs(2)));
            RejectedExecutionException full = failure(RejectedExecutionException.class, session.runAsync(inputs(3)));
            assertEquals("session of two-layers: got a request while 1 wait, expected at most 1", full.getMessage());
            device.letGo();
            taken.forEach(CompletableFuture::join);
            session.runAsync(inputs(4)).join();
        }
    }

    @Test
    void aLineOfNoneStillServesAFreeSlot() throws InterruptedException {
        try (Session session = open(options().withQueue(0))) {
            CompletableFuture<?> first = session.runAsync(inputs(1));
            device.awaitLaunch();
            failure(RejectedExecutionException.class, session.runAsync(inputs(2)));
            device.letGo();
            first.join();
        }
    }

    @Test
    void whoComesFirstIsServedFirst() throws InterruptedException {
        try (Session session = open(options())) {
            List<CompletableFuture<?>> all = new ArrayList<>();
            all.add(session.runAsync(inputs(0)));
            device.awaitLaunch();
            IntStream.range(1, 20).forEach(i -> all.add(session.runAsync(inputs(i))));
            device.letGo();
            all.forEach(CompletableFuture::join);
            assertEquals(IntStream.range(0, 20).mapToObj(i -> (float) i).toList(), device.taken());
        }
    }

    /** The flood has twenty requests at the device before the other session's first comes. */
    @Test
    void aFloodDoesNotStarveAnotherSession() throws InterruptedException {
        try (Session flooding = open(options().withSlots(20));
                Session other = open(options())) {
            List<CompletableFuture<?>> flood = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                flood.add(flooding.runAsync(inputs(1)));
            }
            device.awaitLaunch();
            Thread asking = Thread.ofPlatform().start(() -> other.run(inputs(2)));
            // It waits for a time at the device, where nobody else can be in its way.
            while (asking.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
            device.letGo();
            asking.join();
            flood.forEach(CompletableFuture::join);
            assertTrue(device.taken().indexOf(2f) <= 2, () -> device.taken().toString());
        }
    }

    @Test
    void closingFailsWhoWaitsAndLetsTheOthersEnd() throws InterruptedException {
        Session session = open(options());
        CompletableFuture<?> first = session.runAsync(inputs(1));
        device.awaitLaunch();
        CompletableFuture<?> second = session.runAsync(inputs(2));
        Thread closing = Thread.ofPlatform().start(session::close);
        IllegalStateException end = failure(IllegalStateException.class, second);
        assertEquals("the session of two-layers is closed", end.getMessage());
        assertTrue(closing.isAlive());
        device.letGo();
        closing.join();
        first.join();
        failure(IllegalStateException.class, session.runAsync(inputs(3)));
        assertEquals(List.of(1f), device.taken());
    }

    @Test
    void wrongInputsAreRefusedAtOnce() {
        try (Session session = open(options())) {
            assertThrows(UsageException.class, () -> session.runAsync(Map.of()));
        }
    }

    @Test
    void optionsHaveRanges() {
        assertThrows(IllegalArgumentException.class, () -> RunOptions.within(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> options().withQueue(-1));
        assertThrows(IllegalArgumentException.class, () -> Engine.Options.DEFAULT.withPatience(Duration.ZERO));
    }
}
