// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding.jocl;

import static dev.inlay.backend.opencl.binding.ClException.check;

import dev.inlay.backend.opencl.binding.ClBuffer;
import dev.inlay.backend.opencl.binding.ClContext;
import dev.inlay.backend.opencl.binding.ClDevice;
import dev.inlay.backend.opencl.binding.ClEvent;
import dev.inlay.backend.opencl.binding.ClKernel;
import dev.inlay.backend.opencl.binding.ClProgram;
import dev.inlay.backend.opencl.binding.ClQueue;
import dev.inlay.backend.opencl.binding.Extent;
import dev.inlay.backend.opencl.binding.NativeApi;
import dev.inlay.backend.opencl.binding.Sync;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import org.jocl.Pointer;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.jocl.cl_event;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;
import org.jocl.cl_program;
import org.jspecify.annotations.Nullable;

/** The three shapes of an OpenCL call in JOCL, and what they take. */
final class JoclCalls {
    private JoclCalls() {}

    /** A {@code clGet…Info} function with all but its last three arguments bound. */
    @FunctionalInterface
    interface Question {
        int ask(long size, @Nullable Pointer value, long @Nullable [] needed);
    }

    /** A {@code clCreate…} function with all but its last argument bound. */
    @FunctionalInterface
    interface Creation<T> {
        T create(int[] status);
    }

    /** A {@code clEnqueue…} function with all but its last three arguments bound. */
    @FunctionalInterface
    interface Command {
        int enqueue(int waitCount, cl_event @Nullable [] waits, @Nullable cl_event event);
    }

    static MemorySegment ask(String call, Question question) {
        long[] needed = new long[1];
        check(call, question.ask(0, null, needed));
        byte[] answer = new byte[Math.toIntExact(needed[0])];
        if (answer.length > 0) {
            check(call, question.ask(answer.length, Pointer.to(answer), null));
        }
        return MemorySegment.ofArray(answer);
    }

    static <T> T creating(String call, Creation<T> creation) {
        int[] status = new int[1];
        T handle = creation.create(status);
        check(call, status[0]);
        return handle;
    }

    static Optional<ClEvent> command(String call, Sync sync, Command command) {
        @Nullable cl_event event = sync.signals() ? new cl_event() : null;
        check(call, command.enqueue(sync.after().size(), waits(sync.after()), event));
        return Optional.ofNullable(event).map(ClEvent::new);
    }

    static cl_event @Nullable [] waits(List<ClEvent> events) {
        return events.isEmpty() ? null : events.stream().map(JoclCalls::event).toArray(cl_event[]::new);
    }

    static long[] sizes(Extent extent) {
        return new long[] {extent.x(), extent.y(), extent.z()};
    }

    /** The segment's own bytes: a buffer made from it begins where it begins. */
    static Pointer pointer(MemorySegment segment) {
        requireBelow2GiB(segment.byteSize());
        return Pointer.to(NativeApi.requireNative(segment).asByteBuffer());
    }

    static void requireBelow2GiB(long bytes) {
        if (bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("got " + bytes + " bytes in one transfer, expected at most "
                    + Integer.MAX_VALUE + " with the jocl binding; split it or use the lwjgl binding");
        }
    }

    static cl_device_id device(ClDevice device) {
        return (cl_device_id) device.peer();
    }

    static cl_context context(ClContext context) {
        return (cl_context) ((NativeApi.ContextPeer) context.peer()).handle();
    }

    static cl_command_queue queue(ClQueue queue) {
        return (cl_command_queue) queue.peer();
    }

    static cl_mem buffer(ClBuffer buffer) {
        return (cl_mem) buffer.peer();
    }

    static cl_program program(ClProgram program) {
        return (cl_program) program.peer();
    }

    static cl_kernel kernel(ClKernel kernel) {
        return (cl_kernel) kernel.peer();
    }

    static cl_event event(ClEvent event) {
        return (cl_event) event.peer();
    }
}
