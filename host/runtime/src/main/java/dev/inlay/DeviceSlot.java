// SPDX-License-Identifier: Apache-2.0
package dev.inlay;

import dev.inlay.backend.opencl.OpenClDevice;
import dev.inlay.backend.opencl.Pipeline;
import dev.inlay.backend.opencl.binding.Arg;
import dev.inlay.backend.opencl.binding.ClApi;
import dev.inlay.backend.opencl.binding.ClBuffer;
import dev.inlay.backend.opencl.binding.ClEvent;
import dev.inlay.backend.opencl.binding.ClException;
import dev.inlay.backend.opencl.binding.ClKernel;
import dev.inlay.backend.opencl.binding.ClObject;
import dev.inlay.backend.opencl.binding.ClQueue;
import dev.inlay.backend.opencl.binding.NdRange;
import dev.inlay.backend.opencl.binding.Sync;
import dev.inlay.plan.MemoryMode;
import dev.inlay.plan.Plan;
import dev.inlay.plan.Region;
import dev.inlay.plan.Step;
import dev.inlay.plan.Stored;
import dev.inlay.tensor.Tensor;
import dev.inlay.trace.LaunchEvent;
import dev.inlay.trace.StageEvent;
import dev.inlay.trace.StepEvent;
import dev.inlay.trace.TransferEvent;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;

/**
 * One slot's buffers and kernels on one device. A slot's addresses never change, so every kernel has its arguments set
 * once.
 */
final class DeviceSlot implements AutoCloseable {
    /** What guarded gaps hold; as f32 it is a NaN, so that a value read before it is written shows. */
    private static final byte POISON = (byte) 0xff;

    private final Plan plan;
    private final DeviceWeights weights;
    private final OpenClDevice device;
    private final ClApi api;
    private final IntFunction<MemorySegment> hostMemory;
    private final List<ClBuffer> buffers = new ArrayList<>();
    private final Map<Integer, ClKernel> kernels = new HashMap<>();
    private final Map<Integer, Pipeline> pipelines = new HashMap<>();
    private final Map<Integer, NdRange> ranges = new HashMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    DeviceSlot(Plan plan, DeviceWeights weights, IntFunction<MemorySegment> hostMemory) {
        this.plan = plan;
        this.weights = weights;
        this.device = weights.device();
        this.api = device.api();
        this.hostMemory = hostMemory;
        try {
            device.call("opening a slot", () -> {
                prepare();
                return null;
            });
        } catch (RuntimeException | Error e) {
            Closing.after(e, List.of(this));
            throw e;
        }
    }

    OpenClDevice device() {
        return device;
    }

    private String id() {
        return device.description().id();
    }

    private void prepare() {
        for (long bytes : plan.bufferBytes(id())) {
            device.step(() -> "a buffer of " + bytes + " bytes");
            ClBuffer buffer = device.buffer(bytes);
            buffers.add(buffer);
            if (plan.memory() != MemoryMode.ARENA) {
                poison(buffer, bytes);
            }
        }
        for (int i = 0; i < plan.steps().size(); i++) {
            if (plan.steps().get(i) instanceof Step.Launch launch
                    && launch.device().equals(id())) {
                device.step(() -> "node " + launch.node() + ": kernel " + launch.kernel());
                prepare(i, launch);
            }
        }
    }

    private void prepare(int index, Step.Launch launch) {
        if (launch.traffic().isPresent()) {
            long most = Math.min(Pipeline.MOST_BYTES, device.description().maxAllocationBytes());
            pipelines.put(
                    index,
                    new Pipeline(device, launch.kernel(), launch.traffic().get(), name -> value(launch, name), most));
        } else {
            kernels.put(index, device.kernel(launch.kernel(), name -> value(launch, name)));
            ranges.put(index, NdRange.of(launch.global(), launch.local()));
        }
    }

    private void poison(ClBuffer buffer, long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pattern = arena.allocate(bytes, Tensor.ALIGNMENT).fill(POISON);
            api.write(device.queue(), buffer, 0, pattern, true, Sync.NONE);
        }
    }

    private OpenClDevice.Value value(Step.Launch launch, String name) {
        return switch (launch.arguments().get(name)) {
            case null ->
                throw new IllegalStateException(
                        "kernel " + launch.kernel() + ": argument " + name + " has no value in the plan");
            case Step.Argument.OfStored stored -> {
                Stored place = plan.stored().get(stored.id());
                Region region = plan.region(place);
                yield new OpenClDevice.Value(
                        Arg.of(buffers.get(region.buffer())),
                        region.offset() / place.format().elementBytes() + stored.elements());
            }
            case Step.Argument.OfPacked packed -> new OpenClDevice.Value(Arg.of(weights.buffer(packed.id())), 0);
            case Step.Argument.OfInt number -> new OpenClDevice.Value(Arg.of(number.value()), 0);
            case Step.Argument.OfFloat number -> new OpenClDevice.Value(Arg.of(number.value()), 0);
        };
    }

    /**
     * Runs the steps {@code from} to {@code to} (exclusive), all of this device, to the end; when the request is given
     * up, those that have not begun are left out.
     */
    void run(int from, int to, Exchange exchange, Request request) {
        device.call(request.owner(), "steps of " + plan.graph(), request.stop(), () -> {
            StageEvent event = new StageEvent();
            event.begin();
            try {
                for (int i = from; i < to; i++) {
                    request.stop().check();
                    traced(i, exchange, request);
                }
                finish(to - 1);
                checkPipelines(from, to);
                if (plan.memory() == MemoryMode.GUARDED) {
                    checkGuards();
                }
                return null;
            } catch (RuntimeException | Error e) {
                settle(device.queue(), e);
                throw e;
            } finally {
                if (event.shouldCommit()) {
                    event.request = request.id();
                    event.device = id();
                    event.first = from;
                    event.steps = to - from;
                    event.commit();
                }
            }
        });
    }

    /** Does a step, and when steps are recorded, does it to the end. */
    private void traced(int index, Exchange exchange, Request request) {
        StepEvent event = plan.steps().get(index) instanceof Step.Launch ? new LaunchEvent() : new TransferEvent();
        event.begin();
        enqueue(index, exchange);
        if (!event.isEnabled()) {
            return;
        }
        finish(index);
        event.end();
        event.request = request.id();
        event.device = id();
        event.step = index;
        switch (plan.steps().get(index)) {
            case Step.Launch launch -> describe((LaunchEvent) event, launch);
            case Step.Transfer transfer -> describe((TransferEvent) event, transfer);
            case Step.Evaluate evaluate -> throw hosts(evaluate);
        }
        event.commit();
    }

    private void checkPipelines(int from, int to) {
        for (int i = from; i < to; i++) {
            Pipeline pipeline = pipelines.get(i);
            if (pipeline != null) {
                int index = i;
                device.step(() -> "the channels of " + describe(index));
                pipeline.check();
            }
        }
    }

    private static void describe(LaunchEvent event, Step.Launch launch) {
        event.node = launch.node();
        event.kernel = launch.kernel().toString();
        event.bytes = launch.work().bytes();
        event.operations = launch.work().operations();
    }

    private void describe(TransferEvent event, Step.Transfer transfer) {
        Stored source = plan.stored().get(transfer.from());
        event.value = source.value();
        event.bytes = transfer.bytes();
        event.toDevice = source.onHost();
    }

    private static IllegalStateException hosts(Step.Evaluate evaluate) {
        return new IllegalStateException("node " + evaluate.node() + " is the host's");
    }

    /** Waits for everything up to a step. */
    private void finish(int step) {
        device.step(() -> "the end of the steps up to " + describe(step));
        try {
            api.finish(device.queue());
        } catch (ClException e) {
            throw device.failure("the end of the steps up to " + describe(step), e);
        }
    }

    private String describe(int index) {
        return switch (plan.steps().get(index)) {
            case Step.Launch launch -> "node " + launch.node() + ": kernel " + launch.kernel();
            case Step.Transfer transfer -> {
                Stored source = plan.stored().get(transfer.from());
                yield "copy of " + source.value() + (source.onHost() ? " to" : " from") + " the device";
            }
            case Step.Evaluate evaluate -> "node " + evaluate.node();
        };
    }

    /** The time of each launch of this device by its position in the plan, as {@link Session#launchSeconds}. */
    Map<Integer, Double> launchSeconds(int repeats) {
        return device.call("timed launches of " + plan.graph(), () -> {
            Map<Integer, Double> seconds = new TreeMap<>();
            TreeSet<Integer> launches = new TreeSet<>(kernels.keySet());
            launches.addAll(pipelines.keySet());
            for (int step : launches) {
                enqueue(step, Exchange.NONE);
                api.finish(device.queue());
                long start = System.nanoTime();
                for (int i = 0; i < repeats; i++) {
                    enqueue(step, Exchange.NONE);
                }
                api.finish(device.queue());
                seconds.put(step, (System.nanoTime() - start) * 1e-9 / repeats);
            }
            return seconds;
        });
    }

    /**
     * Runs the steps {@code from} to {@code to} (exclusive) as {@link #run} does.
     *
     * @return seconds of each by its position, from the end of the one before to its own
     */
    Map<Integer, Double> timed(int from, int to) {
        return device.call("timed steps of " + plan.graph(), () -> {
            ClQueue queue = device.profilingQueue();
            List<ClEvent> events = new ArrayList<>();
            try {
                for (int i = from; i < to; i++) {
                    enqueue(i, Exchange.NONE, queue, Sync.SIGNAL).ifPresent(events::add);
                }
                api.finish(queue);
                Map<Integer, Double> seconds = new TreeMap<>();
                long before = api.eventProfile(events.getFirst()).started();
                for (int i = from; i < to; i++) {
                    long ended = api.eventProfile(events.get(i - from)).ended();
                    seconds.put(i, (ended - before) * 1e-9);
                    before = ended;
                }
                return seconds;
            } catch (RuntimeException | Error e) {
                settle(queue, e);
                throw e;
            } finally {
                events.forEach(api::release);
            }
        });
    }

    /** After a failure: lets what is under way end, so that nothing touches this slot's memory later. */
    private void settle(ClQueue queue, Throwable failure) {
        try {
            api.finish(queue);
        } catch (ClException e) {
            failure.addSuppressed(e);
        }
    }

    private void enqueue(int index, Exchange exchange) {
        enqueue(index, exchange, device.queue(), Sync.NONE);
    }

    /** Enqueues a step; an event where {@code sync} asks for one and nothing is exchanged. */
    private Optional<ClEvent> enqueue(int index, Exchange exchange, ClQueue queue, Sync sync) {
        device.step(() -> describe(index));
        try {
            return switch (plan.steps().get(index)) {
                case Step.Launch launch -> {
                    Pipeline pipeline = pipelines.get(index);
                    yield pipeline == null
                            ? api.enqueueNDRange(queue, kernels.get(index), ranges.get(index), sync)
                            : pipeline.enqueue(queue, sync);
                }
                case Step.Transfer transfer -> copy(transfer, exchange, queue, sync);
                case Step.Evaluate evaluate -> throw hosts(evaluate);
            };
        } catch (ClException e) {
            throw device.failure(describe(index), e);
        }
    }

    private Optional<ClEvent> copy(Step.Transfer transfer, Exchange exchange, ClQueue queue, Sync sync) {
        Stored source = plan.stored().get(transfer.from());
        Stored target = plan.stored().get(transfer.to());
        Region region = plan.region(source.onHost() ? target : source);
        ClBuffer buffer = buffers.get(region.buffer());
        if (source.onHost()) {
            return exchange.fill(device, source, buffer, region.offset())
                    ? Optional.empty()
                    : api.write(queue, buffer, region.offset(), hostMemory.apply(source.id()), false, sync);
        }
        return exchange.keep(device, target, buffer, region.offset())
                ? Optional.empty()
                : api.read(queue, buffer, region.offset(), hostMemory.apply(target.id()), false, sync);
    }

    private void checkGuards() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment gap = arena.allocate(Plan.GUARD_BYTES);
            for (Region region : plan.regions()) {
                if (region.device().equals(id())) {
                    api.read(
                            device.queue(),
                            buffers.get(region.buffer()),
                            region.offset() + region.bytes(),
                            gap,
                            true,
                            Sync.NONE);
                    for (long i = 0; i < gap.byteSize(); i++) {
                        if (gap.get(ValueLayout.JAVA_BYTE, i) != POISON) {
                            throw new DeviceException(
                                    id(),
                                    "device " + id() + ": " + plan.graph() + ": byte " + i
                                            + " after the region at " + region.offset() + " of buffer "
                                            + region.buffer()
                                            + " was overwritten");
                        }
                    }
                }
            }
        }
    }

    /** Gives buffers and kernels back; closing twice does nothing. */
    @Override
    public void close() {
        if (!closed.getAndSet(true)) {
            device.release("closing a slot", () -> {
                List<ClObject> all = new ArrayList<>(kernels.values());
                pipelines.values().forEach(pipeline -> all.addAll(pipeline.objects()));
                all.addAll(buffers);
                kernels.clear();
                pipelines.clear();
                buffers.clear();
                return all;
            });
        }
    }
}
