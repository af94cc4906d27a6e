// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.inlay.Engine;
import dev.inlay.Session;
import dev.inlay.backend.opencl.BinaryCache;
import dev.inlay.backend.opencl.binding.ClApi;
import dev.inlay.backend.opencl.binding.ForwardingApi;
import dev.inlay.plan.Plan;
import dev.inlay.plan.Step;
import dev.inlay.runtimetests.platform.Engines;
import dev.inlay.runtimetests.platform.TwoDevices;
import dev.inlay.tensor.Tensor;
import dev.inlay.trace.TraceRecording;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a trace shows of requests over two devices. */
@Tag("opencl")
@Timeout(60)
final class TraceTest {
    /** Half of what a figure is rounded by, in microseconds, with some room. */
    private static final double ROUNDING = 0.002;

    @TempDir
    Path folder = Path.of("");

    private static Engine engine(ClApi api) {
        return Engine.over(api, new BinaryCache(Path.of("target", "programs"), 1L << 30));
    }

    private List<JsonNode> trace(Runnable work) throws IOException {
        Path file = folder.resolve("trace.json");
        try (TraceRecording recording = TraceRecording.start()) {
            work.run();
            recording.stop(file);
        }
        JsonNode events = new JsonMapper().readTree(file.toFile()).get("traceEvents");
        return StreamSupport.stream(events.spliterator(), false).toList();
    }

    private static List<JsonNode> of(List<JsonNode> events, String phase, String category) {
        return events.stream()
                .filter(event -> event.path("ph").asText().equals(phase)
                        && event.path("cat").asText().equals(category))
                .toList();
    }

    private static double start(JsonNode event) {
        return event.get("ts").asDouble();
    }

    private static double end(JsonNode event) {
        return start(event) + event.get("dur").asDouble();
    }

    private static boolean within(JsonNode inner, JsonNode outer) {
        return inner.get("tid").equals(outer.get("tid"))
                && start(inner) >= start(outer) - ROUNDING
                && end(inner) <= end(outer) + ROUNDING;
    }

    @Test
    void everyStepIsThereOnceWithinItsStage() throws IOException {
        TwoDevices devices = TwoDevices.orSkip();
        List<Long> requests = new ArrayList<>();
        Plan[] plan = new Plan[1];
        List<JsonNode> events;
        try (Engine engine = engine(Engines.api());
                Session session = engine.compile(
                                devices.network().graph(), devices.options().withSlots(2))
                        .open()) {
            plan[0] = session.plan();
            events = trace(() -> IntStream.range(0, 3)
                    .mapToObj(i -> session.runAsync(devices.network().inputs(i)))
                    .toList()
                    .forEach(CompletableFuture::join));
        }
        of(events, "b", "request").stream()
                .filter(event -> event.get("name").asText().startsWith("request "))
                .forEach(event -> requests.add(event.get("id").asLong()));
        assertEquals(3, Set.copyOf(requests).size());
        Map<Integer, String> names = new TreeMap<>();
        of(events, "M", "").stream()
                .filter(event -> event.get("name").asText().equals("thread_name"))
                .forEach(event -> names.put(
                        event.get("tid").asInt(), event.get("args").get("name").asText()));
        assertEquals(Set.of(devices.first(), devices.second()), Set.copyOf(names.values()));

        Set<String> expected = new HashSet<>();
        for (int i = 0; i < plan[0].steps().size(); i++) {
            for (long request : requests) {
                switch (plan[0].steps().get(i)) {
                    case Step.Launch launch ->
                        expected.add(request + " launch " + i + " " + launch.node() + " on " + launch.device());
                    case Step.Transfer transfer ->
                        expected.add(request + " transfer " + i + " "
                                + plan[0].stored().get(transfer.from()).value() + " on " + transfer.device());
                    case Step.Evaluate evaluate -> throw new AssertionError("a node on the host: " + evaluate);
                }
            }
        }
        List<JsonNode> stages = of(events, "X", "stage");
        assertEquals(2 * 3, stages.size());
        List<String> got = new ArrayList<>();
        for (String category : List.of("launch", "transfer")) {
            for (JsonNode event : of(events, "X", category)) {
                JsonNode arguments = event.get("args");
                got.add(arguments.get("request") + " " + category + " " + arguments.get("step") + " "
                        + event.get("name").asText() + " on "
                        + names.get(event.get("tid").asInt()));
                long around = stages.stream()
                        .filter(stage -> within(event, stage)
                                && stage.get("args").get("request").equals(arguments.get("request")))
                        .count();
                assertEquals(1, around, () -> "stages around " + event);
            }
        }
        assertEquals(expected, Set.copyOf(got));
        assertEquals(expected.size(), got.size());
        assertEquals(
                of(events, "b", "request").size(), of(events, "e", "request").size());
    }

    /** Two requests, the second at the first device while the first is at the second: each waits there for the other. */
    @Test
    void stagesOfTwoRequestsOverlap() throws IOException {
        TwoDevices devices = TwoDevices.orSkip();
        CyclicBarrier meeting = new CyclicBarrier(2);
        Meeting api = new Meeting(Engines.api(), meeting);
        List<JsonNode> stages;
        try (Engine engine = engine(api);
                Session session = engine.compile(
                                devices.network().graph(), devices.options().withSlots(2))
                        .open()) {
            Map<String, Tensor> inputs = devices.network().inputs(1);
            session.run(inputs);
            int launches = (int) session.plan().steps().stream()
                    .filter(step -> step instanceof Step.Launch && step.device().equals(devices.first()))
                    .count();
            api.meetAfter(launches);
            stages = of(
                    trace(() -> List.of(session.runAsync(inputs), session.runAsync(inputs))
                            .forEach(CompletableFuture::join)),
                    "X",
                    "stage");
        }
        assertEquals(4, stages.size());
        boolean overlap = stages.stream()
                .anyMatch(one -> stages.stream()
                        .anyMatch(other -> !one.get("tid").equals(other.get("tid"))
                                && !one.get("args")
                                        .get("request")
                                        .equals(other.get("args").get("request"))
                                && start(one) < end(other)
                                && start(other) < end(one)));
        assertTrue(overlap, stages::toString);
    }

    /** After a number of launches, the next two of different threads wait for each other. */
    private static final class Meeting extends ForwardingApi {
        private final CyclicBarrier barrier;
        private int left = Integer.MAX_VALUE;
        private final Set<Thread> met = new HashSet<>();

        Meeting(ClApi next, CyclicBarrier barrier) {
            super(next);
            this.barrier = barrier;
        }

        synchronized void meetAfter(int launches) {
            left = launches;
        }

        private synchronized boolean meets() {
            left--;
            return left < 0 && met.size() < 2 && met.add(Thread.currentThread());
        }

        @Override
        protected <T extends @Nullable Object> T around(String function, List<Object> arguments, Supplier<T> call) {
            if (function.equals("enqueueNDRange") && meets()) {
                try {
                    barrier.await(20, TimeUnit.SECONDS);
                } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
                    throw new IllegalStateException("the other device does not work meanwhile", e);
                }
            }
            return call.get();
        }
    }
}
