// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding.lwjgl;

import static dev.inlay.backend.opencl.binding.ClException.check;
import static dev.inlay.backend.opencl.binding.lwjgl.LwjglCalls.addresses;
import static dev.inlay.backend.opencl.binding.lwjgl.LwjglCalls.ask;
import static dev.inlay.backend.opencl.binding.lwjgl.LwjglCalls.command;
import static dev.inlay.backend.opencl.binding.lwjgl.LwjglCalls.creating;
import static dev.inlay.backend.opencl.binding.lwjgl.LwjglCalls.handle;
import static dev.inlay.backend.opencl.binding.lwjgl.LwjglCalls.sizes;
import static dev.inlay.backend.opencl.binding.lwjgl.LwjglCalls.waits;
import static org.lwjgl.opencl.CL10.*;
import static org.lwjgl.opencl.CL11.nclCreateSubBuffer;
import static org.lwjgl.opencl.CL11.nclSetEventCallback;
import static org.lwjgl.opencl.CL12.clReleaseDevice;
import static org.lwjgl.opencl.CL12.nclCreateSubDevices;
import static org.lwjgl.opencl.CL12.nclEnqueueFillBuffer;
import static org.lwjgl.opencl.CL12.nclEnqueueMarkerWithWaitList;
import static org.lwjgl.system.MemoryUtil.NULL;
import static org.lwjgl.system.MemoryUtil.memGetInt;
import static org.lwjgl.system.MemoryUtil.memPutAddress;
import static org.lwjgl.system.MemoryUtil.memPutFloat;
import static org.lwjgl.system.MemoryUtil.memPutInt;
import static org.lwjgl.system.MemoryUtil.memPutLong;
import static org.lwjgl.system.MemoryUtil.memUTF8Safe;

import dev.inlay.backend.opencl.binding.Arg;
import dev.inlay.backend.opencl.binding.BinaryResult;
import dev.inlay.backend.opencl.binding.BufferFlag;
import dev.inlay.backend.opencl.binding.ClBuffer;
import dev.inlay.backend.opencl.binding.ClContext;
import dev.inlay.backend.opencl.binding.ClDevice;
import dev.inlay.backend.opencl.binding.ClEvent;
import dev.inlay.backend.opencl.binding.ClKernel;
import dev.inlay.backend.opencl.binding.ClObject;
import dev.inlay.backend.opencl.binding.ClProgram;
import dev.inlay.backend.opencl.binding.ClQueue;
import dev.inlay.backend.opencl.binding.ClSubDevice;
import dev.inlay.backend.opencl.binding.MapMode;
import dev.inlay.backend.opencl.binding.Mapping;
import dev.inlay.backend.opencl.binding.NdRange;
import dev.inlay.backend.opencl.binding.Placement;
import dev.inlay.backend.opencl.binding.Sync;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.lwjgl.opencl.CLContextCallback;
import org.lwjgl.opencl.CLEventCallback;
import org.lwjgl.system.MemoryStack;

/**
 * The seam over LWJGL's static functions, by address: segments of any size pass without a buffer in between. Handles
 * are {@code Long}s.
 */
final class LwjglApi extends LwjglQueries {
    static final String NAME = "lwjgl";

    // Oclgrind passes the user data in the place of the private information, and zero in its own.
    private final CLContextCallback onError = CLContextCallback.create(
            (text, information, _, sink) -> onError(sink == 0 ? information : sink, memUTF8Safe(text)));
    private final CLEventCallback onEvent = CLEventCallback.create((_, status, receiver) -> onEvent(receiver, status));

    @Override
    public String binding() {
        return NAME;
    }

    @Override
    protected Object contextOf(ClDevice device, long sink) {
        return creating(
                "clCreateContext",
                (stack, status) ->
                        nclCreateContext(NULL, 1, stack.npointer(handle(device)), onError.address(), sink, status));
    }

    @Override
    public ClQueue createQueue(ClContext context, ClDevice device, boolean profiling) {
        return new ClQueue(creating(
                "clCreateCommandQueue",
                (_, status) -> nclCreateCommandQueue(
                        handle(context), handle(device), profiling ? CL_QUEUE_PROFILING_ENABLE : 0, status)));
    }

    @Override
    public ClBuffer createBuffer(ClContext context, Set<BufferFlag> flags, long bytes, Placement placement) {
        return new ClBuffer(creating(
                "clCreateBuffer",
                (_, status) -> nclCreateBuffer(handle(context), bits(flags, placement), bytes, NULL, status)));
    }

    @Override
    public ClBuffer createSubBuffer(ClBuffer parent, Set<BufferFlag> flags, long offset, long bytes) {
        return new ClBuffer(creating("clCreateSubBuffer", (stack, status) -> {
            long region = stack.nmalloc(8, 16);
            memPutLong(region, offset);
            memPutLong(region + 8, bytes);
            return nclCreateSubBuffer(
                    handle(parent), bits(flags, Placement.ANY), CL_BUFFER_CREATE_TYPE_REGION, region, status);
        }));
    }

    @Override
    public ClProgram programFromSource(ClContext context, String source) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocateFrom(source);
            return new ClProgram(creating(
                    "clCreateProgramWithSource",
                    (stack, status) -> nclCreateProgramWithSource(
                            handle(context), 1, stack.npointer(text.address()), NULL, status)));
        }
    }

    @Override
    public BinaryResult programFromBinary(ClContext context, ClDevice device, MemorySegment binary) {
        long address = requireNative(binary).address();
        try (MemoryStack stack = MemoryStack.stackPush()) {
            long verdict = stack.ncalloc(4, 1, 4);
            long status = stack.ncalloc(4, 1, 4);
            long program = nclCreateProgramWithBinary(
                    handle(context),
                    1,
                    stack.npointer(handle(device)),
                    stack.npointer(binary.byteSize()),
                    stack.npointer(address),
                    verdict,
                    status);
            return binaryResult(memGetInt(status), memGetInt(verdict), () -> new ClProgram(program));
        }
    }

    @Override
    protected int buildProgram(ClProgram program, ClDevice device, String options) {
        try (Arena arena = Arena.ofConfined();
                MemoryStack stack = MemoryStack.stackPush()) {
            MemorySegment text = arena.allocateFrom(options);
            return nclBuildProgram(handle(program), 1, stack.npointer(handle(device)), text.address(), NULL, NULL);
        }
    }

    @Override
    public byte[] programBinary(ClProgram program) {
        long bytes = ask(
                        "clGetProgramInfo",
                        (size, value, needed) ->
                                nclGetProgramInfo(handle(program), CL_PROGRAM_BINARY_SIZES, size, value, needed))
                .get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
        try (Arena arena = Arena.ofConfined();
                MemoryStack stack = MemoryStack.stackPush()) {
            MemorySegment binary = arena.allocate(Math.max(1, bytes));
            check(
                    "clGetProgramInfo",
                    nclGetProgramInfo(handle(program), CL_PROGRAM_BINARIES, 8, stack.npointer(binary.address()), NULL));
            return binary.asSlice(0, bytes).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    @Override
    public ClKernel createKernel(ClProgram program, String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocateFrom(name);
            return new ClKernel(creating(
                    "clCreateKernel", (_, status) -> nclCreateKernel(handle(program), text.address(), status)));
        }
    }

    @Override
    public void setArg(ClKernel kernel, int index, Arg value) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            long cell = stack.nmalloc(8, 8);
            int status = switch (value) {
                case Arg.Buffer(ClBuffer buffer) -> {
                    memPutAddress(cell, handle(buffer));
                    yield nclSetKernelArg(handle(kernel), index, 8, cell);
                }
                case Arg.Int32(int number) -> {
                    memPutInt(cell, number);
                    yield nclSetKernelArg(handle(kernel), index, 4, cell);
                }
                case Arg.Int64(long number) -> {
                    memPutLong(cell, number);
                    yield nclSetKernelArg(handle(kernel), index, 8, cell);
                }
                case Arg.Float32(float number) -> {
                    memPutFloat(cell, number);
                    yield nclSetKernelArg(handle(kernel), index, 4, cell);
                }
                case Arg.Local(long bytes) -> nclSetKernelArg(handle(kernel), index, bytes, NULL);
            };
            check("clSetKernelArg", status);
        }
    }

    @Override
    public Optional<ClEvent> enqueueNDRange(ClQueue queue, ClKernel kernel, NdRange range, Sync sync) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            long global = sizes(stack, range.global());
            long local = range.local().map(extent -> sizes(stack, extent)).orElse(NULL);
            int dimensions = range.global().dimensions();
            return command(
                    "clEnqueueNDRangeKernel",
                    sync,
                    (count, waits, event) -> nclEnqueueNDRangeKernel(
                            handle(queue), handle(kernel), dimensions, NULL, global, local, count, waits, event));
        }
    }

    @Override
    public Optional<ClEvent> write(
            ClQueue queue, ClBuffer target, long offset, MemorySegment source, boolean blocking, Sync sync) {
        long address = requireNative(source).address();
        return command(
                "clEnqueueWriteBuffer",
                sync,
                (count, waits, event) -> nclEnqueueWriteBuffer(
                        handle(queue),
                        handle(target),
                        blocking ? 1 : 0,
                        offset,
                        source.byteSize(),
                        address,
                        count,
                        waits,
                        event));
    }

    @Override
    public Optional<ClEvent> read(
            ClQueue queue, ClBuffer source, long offset, MemorySegment target, boolean blocking, Sync sync) {
        long address = requireNative(target).address();
        return command(
                "clEnqueueReadBuffer",
                sync,
                (count, waits, event) -> nclEnqueueReadBuffer(
                        handle(queue),
                        handle(source),
                        blocking ? 1 : 0,
                        offset,
                        target.byteSize(),
                        address,
                        count,
                        waits,
                        event));
    }

    @Override
    public Optional<ClEvent> copy(
            ClQueue queue,
            ClBuffer source,
            long sourceOffset,
            ClBuffer target,
            long targetOffset,
            long bytes,
            Sync sync) {
        return command(
                "clEnqueueCopyBuffer",
                sync,
                (count, waits, event) -> nclEnqueueCopyBuffer(
                        handle(queue),
                        handle(source),
                        handle(target),
                        sourceOffset,
                        targetOffset,
                        bytes,
                        count,
                        waits,
                        event));
    }

    @Override
    public Optional<ClEvent> fill(
            ClQueue queue, ClBuffer target, long offset, long bytes, MemorySegment pattern, Sync sync) {
        long address = requireNative(pattern).address();
        return command(
                "clEnqueueFillBuffer",
                sync,
                (count, waits, event) -> nclEnqueueFillBuffer(
                        handle(queue),
                        handle(target),
                        address,
                        pattern.byteSize(),
                        offset,
                        bytes,
                        count,
                        waits,
                        event));
    }

    @Override
    @SuppressWarnings("restricted")
    public Mapping map(ClQueue queue, ClBuffer buffer, MapMode mode, long offset, long bytes, List<ClEvent> after) {
        long address = creating(
                "clEnqueueMapBuffer",
                (stack, status) -> nclEnqueueMapBuffer(
                        handle(queue),
                        handle(buffer),
                        1,
                        mode.bits(),
                        offset,
                        bytes,
                        after.size(),
                        waits(stack, after),
                        NULL,
                        status));
        return new Mapping(buffer, MemorySegment.ofAddress(address).reinterpret(bytes));
    }

    @Override
    public Optional<ClEvent> unmap(ClQueue queue, Mapping mapping, Sync sync) {
        return command(
                "clEnqueueUnmapMemObject",
                sync,
                (count, waits, event) -> nclEnqueueUnmapMemObject(
                        handle(queue),
                        handle(mapping.buffer()),
                        mapping.memory().address(),
                        count,
                        waits,
                        event));
    }

    @Override
    public ClEvent marker(ClQueue queue, List<ClEvent> after) {
        return command(
                        "clEnqueueMarkerWithWaitList",
                        new Sync(after, true),
                        (count, waits, event) -> nclEnqueueMarkerWithWaitList(handle(queue), count, waits, event))
                .orElseThrow();
    }

    @Override
    public void flush(ClQueue queue) {
        check("clFlush", clFlush(handle(queue)));
    }

    @Override
    public void finish(ClQueue queue) {
        check("clFinish", clFinish(handle(queue)));
    }

    @Override
    public void waitEvents(List<ClEvent> events) {
        if (!events.isEmpty()) {
            try (MemoryStack stack = MemoryStack.stackPush()) {
                check("clWaitForEvents", nclWaitForEvents(events.size(), waits(stack, events)));
            }
        }
    }

    @Override
    protected int notifyOf(ClEvent event, long receiver) {
        return nclSetEventCallback(handle(event), 0, onEvent.address(), receiver);
    }

    @Override
    protected void releaseHandle(ClObject object, Object handle) {
        switch (object) {
            case ClContext _ -> check("clReleaseContext", clReleaseContext((long) handle));
            case ClQueue _ -> check("clReleaseCommandQueue", clReleaseCommandQueue((long) handle));
            case ClBuffer _ -> check("clReleaseMemObject", clReleaseMemObject((long) handle));
            case ClProgram _ -> check("clReleaseProgram", clReleaseProgram((long) handle));
            case ClKernel _ -> check("clReleaseKernel", clReleaseKernel((long) handle));
            case ClEvent _ -> check("clReleaseEvent", clReleaseEvent((long) handle));
            case ClSubDevice _ -> check("clReleaseDevice", clReleaseDevice((long) handle));
        }
    }

    @Override
    protected List<ClSubDevice> split(ClDevice device, int parts, long[] properties) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            long list = stack.nmalloc(8, 8 * properties.length);
            for (int i = 0; i < properties.length; i++) {
                memPutLong(list + 8L * i, properties[i]);
            }
            long ids = stack.ncalloc(8, parts, 8);
            check("clCreateSubDevices", nclCreateSubDevices(handle(device), list, parts, ids, NULL));
            return addresses(ids, parts).<ClSubDevice>mapToObj(ClSubDevice::new).toList();
        }
    }
}
