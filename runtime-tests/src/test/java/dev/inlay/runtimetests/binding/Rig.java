// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.binding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.backend.opencl.binding.BufferFlag;
import dev.inlay.backend.opencl.binding.BuildResult;
import dev.inlay.backend.opencl.binding.ClApi;
import dev.inlay.backend.opencl.binding.ClBuffer;
import dev.inlay.backend.opencl.binding.ClContext;
import dev.inlay.backend.opencl.binding.ClDevice;
import dev.inlay.backend.opencl.binding.ClKernel;
import dev.inlay.backend.opencl.binding.ClObject;
import dev.inlay.backend.opencl.binding.ClProgram;
import dev.inlay.backend.opencl.binding.ClQueue;
import dev.inlay.backend.opencl.binding.LedgerApi;
import dev.inlay.backend.opencl.binding.Placement;
import dev.inlay.backend.opencl.binding.Sync;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A device with a context and a profiling queue, which gives back what a test made and checks that nothing is left. */
final class Rig implements AutoCloseable {
    static final String ARG_INFO = "-cl-kernel-arg-info";

    private final List<ClObject> owned = new ArrayList<>();
    private final Arena arena = Arena.ofShared();
    final LedgerApi api;
    final ClDevice device;
    final List<String> complaints = new ArrayList<>();
    final ClContext context;
    final ClQueue queue;

    Rig(ClApi api, ClDevice device) {
        this.api = new LedgerApi(api);
        this.device = device;
        this.context = own(this.api.createContext(device, complaints::add));
        this.queue = own(this.api.createQueue(context, device, true));
    }

    <T extends ClObject> T own(T object) {
        owned.add(object);
        return object;
    }

    ClBuffer buffer(long bytes) {
        return own(api.createBuffer(context, Set.of(BufferFlag.READ_WRITE), bytes, Placement.ANY));
    }

    ClProgram program(String source) {
        ClProgram program = own(api.programFromSource(context, source));
        BuildResult result = api.build(program, device, ARG_INFO);
        assertTrue(result.succeeded(), () -> result.status() + ": " + result.log());
        return program;
    }

    ClKernel kernel(String source, String name) {
        return own(api.createKernel(program(source), name));
    }

    MemorySegment host(long bytes) {
        return arena.allocate(bytes, 64);
    }

    MemorySegment ints(int... values) {
        MemorySegment segment = host(4L * values.length);
        MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_INT, 0, values.length);
        return segment;
    }

    MemorySegment floats(float... values) {
        MemorySegment segment = host(4L * values.length);
        MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_FLOAT, 0, values.length);
        return segment;
    }

    void write(ClBuffer target, MemorySegment source) {
        assertTrue(api.write(queue, target, 0, source, true, Sync.NONE).isEmpty());
    }

    MemorySegment read(ClBuffer source, long bytes) {
        MemorySegment target = host(bytes);
        assertTrue(api.read(queue, source, 0, target, true, Sync.NONE).isEmpty());
        return target;
    }

    int[] readInts(ClBuffer source, int count) {
        return read(source, 4L * count).toArray(ValueLayout.JAVA_INT);
    }

    @Override
    public void close() {
        api.finish(queue);
        owned.reversed().forEach(api::release);
        arena.close();
        assertEquals(Map.of(), api.live(), "objects that were not released");
    }
}
