// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl;

import dev.inlay.DeviceException;
import dev.inlay.backend.opencl.binding.Arg;
import dev.inlay.backend.opencl.binding.ClBuffer;
import dev.inlay.backend.opencl.binding.ClEvent;
import dev.inlay.backend.opencl.binding.ClKernel;
import dev.inlay.backend.opencl.binding.ClObject;
import dev.inlay.backend.opencl.binding.ClQueue;
import dev.inlay.backend.opencl.binding.NdRange;
import dev.inlay.backend.opencl.binding.Sync;
import dev.inlay.kernels.KernelCatalog;
import dev.inlay.kernels.KernelId;
import dev.inlay.kernels.KernelSpec;
import dev.inlay.plan.Traffic;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The kernels of a pipeline. On a board they run at the same time, each in a queue of its own, but for those that have
 * started by themselves. On a device whose compiler has no channels a buffer stands for each and holds all that passes it
 * in a launch; the kernels run one after the other, producers first, all of them. So no kernel ever waits for another
 * one. Everything is called on the device's thread.
 */
public final class Pipeline {
    /** Bytes of a channel's buffer beyond which a launch is divided. */
    public static final long MOST_BYTES = 16L << 20;

    /** Words of a buffer before its tokens; {@code prelude/device/fpga.cl} says what they hold. */
    private static final int HEADER_WORDS = 16;

    private static final int STATE_WORDS = 4;

    /** A kernel, and where its {@code first} and {@code count} are among its parameters; -1 without. */
    private record Stage(ClKernel kernel, int first, int count) {}

    /** @param bytes of the tokens that it holds, a power of two of them */
    private record Ring(ClBuffer buffer, long tokens, long bytes) {
        static long capacity(Traffic.Channel channel, long tiles) {
            long tokens = Math.max(1, channel.tokens() * tiles);
            return Long.highestOneBit(2 * tokens - 1);
        }
    }

    private final OpenClDevice device;
    private final KernelId id;
    private final boolean channels;
    private final long tiles;
    private final long portion;
    private final Map<String, Ring> rings = new LinkedHashMap<>();
    private final List<Stage> stages = new ArrayList<>();

    /**
     * Makes kernels and buffers, and sets every argument.
     *
     * @param values by the argument's name, as {@link OpenClDevice#kernel(KernelId, Function)}; none is asked for
     *     {@code first} and {@code count}
     * @param mostBytes bytes of a channel's buffer beyond which a launch is divided
     */
    public Pipeline(
            OpenClDevice device,
            KernelId id,
            Traffic traffic,
            Function<String, OpenClDevice.Value> values,
            long mostBytes) {
        this.device = device;
        this.id = id;
        this.channels = "1".equals(id.defines().get("INLAY_HAS_CHANNELS"));
        this.tiles = traffic.tiles();
        // A power of two holds up to twice as many.
        this.portion = channels ? tiles : traffic.tilesWithin(mostBytes / 2);
        try {
            if (!channels) {
                traffic.channels().forEach(this::addRing);
            }
            KernelSpec spec = KernelCatalog.spec(id.spec());
            spec.stages().stream()
                    .filter(stage -> !channels || !stage.isAutorun())
                    .forEach(stage -> addStage(spec, stage, values));
        } catch (RuntimeException | Error e) {
            objects().forEach(object -> device.discard(object, e));
            throw e;
        }
    }

    private void addRing(String name, Traffic.Channel channel) {
        long capacity = Ring.capacity(channel, portion);
        ClBuffer buffer = device.buffer(HEADER_WORDS * (long) Integer.BYTES + capacity * channel.bytes());
        rings.put(name, new Ring(buffer, capacity, channel.bytes()));
        empty(rings.get(name));
    }

    private void empty(Ring ring) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(ValueLayout.JAVA_INT, STATE_WORDS);
            state.setAtIndex(ValueLayout.JAVA_INT, STATE_WORDS - 1, Math.toIntExact(ring.tokens - 1));
            device.api().write(device.queue(), ring.buffer, 0, state, true, Sync.NONE);
        }
    }

    private void addStage(KernelSpec spec, KernelSpec.Stage stage, Function<String, OpenClDevice.Value> values) {
        ClKernel kernel = device.kernel(id, stage.entry());
        int first = stage.arguments().indexOf("first");
        int count = stage.arguments().indexOf("count");
        stages.add(new Stage(kernel, first, count));
        OpenClDevice.Value none = new OpenClDevice.Value(Arg.of(0), 0);
        device.set(
                kernel,
                spec.arguments(stage),
                name -> name.equals("first") || name.equals("count") ? none : values.apply(name));
        for (int i = 0; !channels && i < stage.channels().size(); i++) {
            String channel = stage.channels().get(i);
            device.api().setArg(kernel, stage.arguments().size() + i, Arg.of(ring(channel).buffer));
        }
    }

    private Ring ring(String channel) {
        Ring ring = rings.get(channel);
        if (ring == null) {
            throw new IllegalStateException("kernel " + id + ": channel " + channel
                    + " has no traffic in the plan, which has " + rings.keySet());
        }
        return ring;
    }

    /** How many times the kernels are launched for all tiles. */
    public long launches() {
        return Math.ceilDiv(tiles, portion);
    }

    /**
     * Enqueues all kernels for all tiles; on a board it waits for what was enqueued before and for them.
     *
     * @return where {@code sync} asks for one, the event of the last kernel
     */
    public Optional<ClEvent> enqueue(ClQueue queue, Sync sync) {
        if (!channels) {
            return enqueueStages(queue, sync);
        }
        device.api().finish(queue);
        Optional<ClEvent> event = enqueueStages(queue, sync);
        for (int i = 0; i < stages.size(); i++) {
            device.api().finish(device.stageQueue(i));
        }
        return event;
    }

    private Optional<ClEvent> enqueueStages(ClQueue queue, Sync sync) {
        Optional<ClEvent> event = Optional.empty();
        for (long first = 0; first < tiles; first += portion) {
            long count = Math.min(portion, tiles - first);
            for (int i = 0; i < stages.size(); i++) {
                Stage stage = stages.get(i);
                if (stage.first >= 0) {
                    device.api().setArg(stage.kernel, stage.first, Arg.of(Math.toIntExact(first)));
                    device.api().setArg(stage.kernel, stage.count, Arg.of(Math.toIntExact(count)));
                }
                boolean last = first + count == tiles && i == stages.size() - 1;
                ClQueue own = channels ? device.stageQueue(i) : queue;
                event = device.api().enqueueNDRange(own, stage.kernel, NdRange.TASK, last ? sync : Sync.NONE);
                if (channels) {
                    device.api().flush(own);
                }
            }
        }
        return event;
    }

    /**
     * Makes sure that every token that was written was read, and that there was room for it; call it when the kernels have
     * ended.
     *
     * @throws DeviceException naming the channel; the channels are empty afterwards
     */
    public void check() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(ValueLayout.JAVA_INT, STATE_WORDS);
            Optional<String> fault = Optional.empty();
            for (Map.Entry<String, Ring> each : rings.entrySet()) {
                Ring ring = each.getValue();
                device.api().read(device.queue(), ring.buffer, 0, state, true, Sync.NONE);
                long written = Integer.toUnsignedLong(state.getAtIndex(ValueLayout.JAVA_INT, 0));
                long read = Integer.toUnsignedLong(state.getAtIndex(ValueLayout.JAVA_INT, 1));
                if (fault.isEmpty() && (written != read || state.getAtIndex(ValueLayout.JAVA_INT, 2) != 0)) {
                    fault = Optional.of("channel " + each.getKey() + " of " + ring.tokens + " tokens: got " + written
                            + " written and " + read + " read, expected as many, and room for each");
                }
            }
            if (fault.isPresent()) {
                rings.values().forEach(this::empty);
                String where = device.description().id();
                throw new DeviceException(where, "device " + where + ": kernel " + id + ": " + fault.get());
            }
        }
    }

    /** What is to be released. */
    public List<ClObject> objects() {
        List<ClObject> all = new ArrayList<>();
        stages.forEach(stage -> all.add(stage.kernel));
        rings.values().forEach(ring -> all.add(ring.buffer));
        return all;
    }
}
