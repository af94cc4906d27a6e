// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.CompileOptions;
import dev.inlay.CompiledModel;
import dev.inlay.DeviceException;
import dev.inlay.Engine;
import dev.inlay.Session;
import dev.inlay.backend.opencl.BinaryCache;
import dev.inlay.backend.opencl.binding.ClApi;
import dev.inlay.backend.opencl.binding.ClBuffer;
import dev.inlay.backend.opencl.binding.ClQueue;
import dev.inlay.backend.opencl.binding.ForwardingApi;
import dev.inlay.backend.opencl.binding.Sync;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.MemoryMode;
import dev.inlay.plan.Plan;
import dev.inlay.plan.Region;
import dev.inlay.runtimetests.platform.Engines;
import dev.inlay.runtimetests.platform.Network;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The modes of memory change no answer, and the guarded one sees what is written where nothing should be. */
@Tag("opencl")
final class MemoryModeTest {
    private final Network network = Network.quick();

    @Test
    void everyModeGivesTheSameAnswer() {
        Engine engine = Engines.current();
        for (DeviceDescription device : Engines.devices()) {
            CompileOptions options = CompileOptions.on(device.id());
            Map<String, ByteBuffer> arena = network.answer(engine, options.withMemory(MemoryMode.ARENA), 1);
            for (MemoryMode mode : MemoryMode.values()) {
                assertEquals(arena, network.answer(engine, options.withMemory(mode), 1), device.id() + " " + mode);
            }
        }
    }

    /** Without reuse there would be nothing to compare. */
    @Test
    void theArenaIsTheSmallest() {
        Engine engine = Engines.current();
        String device = Engines.devices().getFirst().id();
        Map<MemoryMode, Long> bytes = new EnumMap<>(MemoryMode.class);
        for (MemoryMode mode : MemoryMode.values()) {
            Plan plan = engine.compile(
                            network.graph(), CompileOptions.on(device).withMemory(mode))
                    .plan();
            bytes.put(
                    mode,
                    plan.bufferBytes(device).stream().mapToLong(Long::longValue).sum());
        }
        assertTrue(bytes.get(MemoryMode.ARENA) < bytes.get(MemoryMode.SEPARATE), bytes::toString);
        assertTrue(bytes.get(MemoryMode.SEPARATE) < bytes.get(MemoryMode.GUARDED), bytes::toString);
    }

    /** Writes one byte into a buffer whenever the queue is waited for, as a kernel that overruns its region would. */
    private static final class Overrun extends ForwardingApi {
        private final ClApi next;
        private final List<ClBuffer> buffers = new ArrayList<>();
        private int buffer = -1;
        private long offset;

        Overrun(ClApi next) {
            super(next);
            this.next = next;
        }

        @Override
        protected <T extends @Nullable Object> T around(String function, List<Object> arguments, Supplier<T> call) {
            T result = call.get();
            if (result instanceof ClBuffer made) {
                buffers.add(made);
            }
            if (function.equals("finish") && buffer >= 0) {
                try (Arena arena = Arena.ofConfined()) {
                    MemorySegment one = arena.allocate(1);
                    next.write((ClQueue) arguments.getFirst(), buffers.get(buffer), offset, one, true, Sync.NONE);
                }
            }
            return result;
        }
    }

    @Test
    void anOverrunOfAnyRegionIsSeen() {
        Overrun overrun = new Overrun(Engines.api());
        DeviceDescription device = Engines.devices().getLast();
        try (Engine engine = Engine.over(overrun, new BinaryCache(Path.of("target", "programs"), 1L << 30))) {
            CompiledModel model = engine.compile(
                    network.graph(), CompileOptions.on(device.id()).withMemory(MemoryMode.GUARDED));
            List<Region> regions = model.plan().regions().stream()
                    .filter(region -> region.device().equals(device.id()))
                    .toList();
            for (Region region : device.debugger() ? regions.subList(0, 1) : regions) {
                for (long beyond : new long[] {0, Plan.GUARD_BYTES - 1}) {
                    try (Session session = model.open()) {
                        int slotBuffers = model.plan().bufferBytes(device.id()).size();
                        assertEquals(1, session.run(network.inputs(1)).size());
                        overrun.buffer = overrun.buffers.size() - slotBuffers + region.buffer();
                        overrun.offset = region.offset() + region.bytes() + beyond;
                        DeviceException seen =
                                assertThrows(DeviceException.class, () -> session.run(network.inputs(1)));
                        assertTrue(String.valueOf(seen.getMessage()).contains("overwritten"), seen::getMessage);
                    } finally {
                        overrun.buffer = -1;
                    }
                }
            }
        }
    }
}
