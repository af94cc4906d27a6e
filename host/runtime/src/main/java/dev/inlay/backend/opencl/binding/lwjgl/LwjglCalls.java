// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding.lwjgl;

import static dev.inlay.backend.opencl.binding.ClException.check;
import static org.lwjgl.system.MemoryUtil.NULL;
import static org.lwjgl.system.MemoryUtil.memGetAddress;
import static org.lwjgl.system.MemoryUtil.memGetInt;
import static org.lwjgl.system.MemoryUtil.memPutAddress;
import static org.lwjgl.system.MemoryUtil.memPutLong;

import dev.inlay.backend.opencl.binding.ClDevice;
import dev.inlay.backend.opencl.binding.ClEvent;
import dev.inlay.backend.opencl.binding.ClObject;
import dev.inlay.backend.opencl.binding.Extent;
import dev.inlay.backend.opencl.binding.NativeApi;
import dev.inlay.backend.opencl.binding.Sync;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.lwjgl.system.MemoryStack;

/** The four shapes of an OpenCL call in C, and the C arrays that they take. */
final class LwjglCalls {
    private LwjglCalls() {}

    /** A {@code clGet…Info} function with all but its last three arguments bound. */
    @FunctionalInterface
    interface Question {
        int ask(long size, long value, long needed);
    }

    /** A {@code clCreate…} function with all but its last argument bound. */
    @FunctionalInterface
    interface Creation {
        long create(MemoryStack stack, long status);
    }

    /** A {@code clEnqueue…} function with all but its last three arguments bound. */
    @FunctionalInterface
    interface Command {
        int enqueue(int waitCount, long waits, long event);
    }

    static MemorySegment ask(String call, Question question) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment needed = arena.allocate(ValueLayout.JAVA_LONG);
            check(call, question.ask(0, NULL, needed.address()));
            long bytes = needed.get(ValueLayout.JAVA_LONG, 0);
            if (bytes == 0) {
                return MemorySegment.ofArray(new byte[0]);
            }
            MemorySegment answer = arena.allocate(bytes, 8);
            check(call, question.ask(bytes, answer.address(), NULL));
            return MemorySegment.ofArray(answer.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    static long creating(String call, Creation creation) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            long status = stack.ncalloc(4, 1, 4);
            long handle = creation.create(stack, status);
            check(call, memGetInt(status));
            return handle;
        }
    }

    static Optional<ClEvent> command(String call, Sync sync, Command command) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            long event = sync.signals() ? stack.ncalloc(8, 1, 8) : NULL;
            check(call, command.enqueue(sync.after().size(), waits(stack, sync.after()), event));
            return sync.signals() ? Optional.of(new ClEvent(memGetAddress(event))) : Optional.empty();
        }
    }

    static long waits(MemoryStack stack, List<ClEvent> events) {
        if (events.isEmpty()) {
            return NULL;
        }
        long list = stack.nmalloc(8, 8 * events.size());
        for (int i = 0; i < events.size(); i++) {
            memPutAddress(list + 8L * i, handle(events.get(i)));
        }
        return list;
    }

    static long sizes(MemoryStack stack, Extent extent) {
        long list = stack.nmalloc(8, 24);
        memPutLong(list, extent.x());
        memPutLong(list + 8, extent.y());
        memPutLong(list + 16, extent.z());
        return list;
    }

    static LongStream addresses(long list, int count) {
        return LongStream.range(0, count).map(i -> memGetAddress(list + 8 * i));
    }

    static long handle(ClDevice device) {
        return (long) device.peer();
    }

    static long handle(ClObject object) {
        return (long) (object.peer() instanceof NativeApi.ContextPeer context ? context.handle() : object.peer());
    }
}
