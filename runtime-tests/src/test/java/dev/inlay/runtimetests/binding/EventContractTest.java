// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.binding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.inlay.backend.opencl.binding.Arg;
import dev.inlay.backend.opencl.binding.ClBuffer;
import dev.inlay.backend.opencl.binding.ClEvent;
import dev.inlay.backend.opencl.binding.ClException;
import dev.inlay.backend.opencl.binding.ClKernel;
import dev.inlay.backend.opencl.binding.ClQueue;
import dev.inlay.backend.opencl.binding.ClStatus;
import dev.inlay.backend.opencl.binding.EventProfile;
import dev.inlay.backend.opencl.binding.EventStatus;
import dev.inlay.backend.opencl.binding.Extent;
import dev.inlay.backend.opencl.binding.NdRange;
import dev.inlay.backend.opencl.binding.Sync;
import dev.inlay.runtimetests.platform.Target;
import dev.inlay.runtimetests.platform.TestPlatform;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Events and the life of objects under every binding, on every device of this process's platform. */
@Tag("opencl")
@ParameterizedClass(name = "{0}")
@MethodSource("targets")
class EventContractTest {
    private static final String COUNT = "kernel void count(global int *out) { out[get_global_id(0)] += 1; }";

    @Parameter
    Target target;

    private Target.Present present;
    private Rig rig;

    static Stream<Target> targets() {
        return TestPlatform.current().targets();
    }

    @BeforeEach
    void open() {
        present = target.orSkip();
        rig = new Rig(present.api(), present.device());
    }

    @AfterEach
    void close() {
        if (rig != null) {
            rig.close();
        }
    }

    private ClKernel count() {
        ClKernel kernel = rig.kernel(COUNT, "count");
        ClBuffer data = rig.buffer(64);
        rig.write(data, rig.ints(new int[16]));
        rig.api.setArg(kernel, 0, Arg.of(data));
        return kernel;
    }

    private ClEvent launch(ClQueue queue) {
        return rig.own(rig.api
                .enqueueNDRange(queue, count(), NdRange.of(Extent.of(16)), Sync.SIGNAL)
                .orElseThrow());
    }

    @Test
    void aProfileGoesForward() {
        ClEvent event = launch(rig.queue);
        rig.api.waitEvents(List.of(event));
        assertSame(EventStatus.Progress.COMPLETE, rig.api.eventStatus(event));
        EventProfile profile = rig.api.eventProfile(event);
        assertTrue(profile.queued() <= profile.submitted(), profile::toString);
        assertTrue(profile.submitted() <= profile.started(), profile::toString);
        assertTrue(profile.started() <= profile.ended(), profile::toString);
        assertTrue(profile.duration() < TimeUnit.MINUTES.toNanos(1), profile::toString);
    }

    @Test
    void aQueueWithoutProfilingKeepsNoTimes() {
        assumeTrue(present.platform() == TestPlatform.POCL, "the other drivers keep times on every queue");
        ClQueue plain = rig.own(rig.api.createQueue(rig.context, rig.device, false));
        ClEvent event = launch(plain);
        rig.api.waitEvents(List.of(event));
        assertEquals(
                "CL_PROFILING_INFO_NOT_AVAILABLE",
                assertThrows(ClException.class, () -> rig.api.eventProfile(event))
                        .status()
                        .name());
    }

    @Test
    void aMarkerCompletesAfterWhatWasEnqueuedBefore() {
        ClEvent launched = launch(rig.queue);
        ClEvent marker = rig.own(rig.api.marker(rig.queue, List.of()));
        ClEvent behind = rig.own(rig.api.marker(rig.queue, List.of(launched)));
        rig.api.flush(rig.queue);
        rig.api.waitEvents(List.of(marker, behind));
        assertSame(EventStatus.Progress.COMPLETE, rig.api.eventStatus(launched));
    }

    @Test
    void waitingForNothingReturnsAtOnce() {
        rig.api.waitEvents(List.of());
    }

    @Test
    void aCallbackArrivesOnce() throws Exception {
        CompletableFuture<ClStatus> arrived = new CompletableFuture<>();
        ClEvent event = launch(rig.queue);
        rig.api.setEventCallback(event, status -> {
            if (!arrived.complete(status)) {
                rig.complaints.add("called back twice");
            }
        });
        rig.api.finish(rig.queue);
        assertEquals(ClStatus.SUCCESS, arrived.get(20, TimeUnit.SECONDS));
        assertEquals(List.of(), rig.complaints);
    }

    @Test
    void aCallbackThatThrowsHurtsNobody() throws Exception {
        CompletableFuture<Throwable> uncaught = new CompletableFuture<>();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((_, e) -> uncaught.complete(e));
        try {
            rig.api.setEventCallback(launch(rig.queue), _ -> {
                throw new IllegalStateException("thrown on purpose");
            });
            rig.api.finish(rig.queue);
            assertEquals("thrown on purpose", uncaught.get(20, TimeUnit.SECONDS).getMessage());
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }

    @Test
    void theErrorSinkHearsTheDriver() {
        assumeTrue(present.platform() == TestPlatform.OCLGRIND, "only Oclgrind explains a refused call");
        assumeTrue(present.api().binding().equals("lwjgl"), "the jocl binding registers no sink on Oclgrind");
        assertThrows(ClException.class, () -> rig.buffer(0));
        assertFalse(rig.complaints.isEmpty());
        assertTrue(rig.complaints.getFirst().contains("CL_INVALID_BUFFER_SIZE"), rig.complaints::toString);
    }

    @Test
    void releasingTwiceDoesNothingMore() {
        ClBuffer buffer = rig.buffer(16);
        rig.api.release(buffer);
        rig.api.release(buffer);
        ClBuffer other = rig.buffer(16);
        rig.api.release(buffer);
        rig.write(other, rig.ints(1, 2, 3, 4));
        assertEquals("buffer[released]", buffer.toString());
    }

    @Test
    void refusesAnObjectThatWasReleased() {
        ClBuffer buffer = rig.buffer(16);
        rig.api.release(buffer);
        assertEquals(
                "the buffer was used after its release; expected a live one",
                assertThrows(IllegalStateException.class, () -> rig.write(buffer, rig.ints(1)))
                        .getMessage());
    }
}
