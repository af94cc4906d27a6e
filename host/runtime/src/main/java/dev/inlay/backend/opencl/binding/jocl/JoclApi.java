// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding.jocl;

import static dev.inlay.backend.opencl.binding.ClException.check;
import static dev.inlay.backend.opencl.binding.jocl.JoclCalls.ask;
import static dev.inlay.backend.opencl.binding.jocl.JoclCalls.buffer;
import static dev.inlay.backend.opencl.binding.jocl.JoclCalls.command;
import static dev.inlay.backend.opencl.binding.jocl.JoclCalls.context;
import static dev.inlay.backend.opencl.binding.jocl.JoclCalls.creating;
import static dev.inlay.backend.opencl.binding.jocl.JoclCalls.device;
import static dev.inlay.backend.opencl.binding.jocl.JoclCalls.event;
import static dev.inlay.backend.opencl.binding.jocl.JoclCalls.kernel;
import static dev.inlay.backend.opencl.binding.jocl.JoclCalls.pointer;
import static dev.inlay.backend.opencl.binding.jocl.JoclCalls.program;
import static dev.inlay.backend.opencl.binding.jocl.JoclCalls.queue;
import static dev.inlay.backend.opencl.binding.jocl.JoclCalls.requireBelow2GiB;
import static dev.inlay.backend.opencl.binding.jocl.JoclCalls.sizes;
import static dev.inlay.backend.opencl.binding.jocl.JoclCalls.waits;
import static org.jocl.CL.*;

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
import dev.inlay.backend.opencl.binding.DeviceInfo;
import dev.inlay.backend.opencl.binding.MapMode;
import dev.inlay.backend.opencl.binding.Mapping;
import dev.inlay.backend.opencl.binding.NdRange;
import dev.inlay.backend.opencl.binding.Placement;
import dev.inlay.backend.opencl.binding.Sync;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jocl.CreateContextFunction;
import org.jocl.EventCallbackFunction;
import org.jocl.Pointer;
import org.jocl.cl_buffer_region;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;
import org.jocl.cl_device_partition_property;
import org.jocl.cl_event;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;
import org.jocl.cl_program;
import org.jspecify.annotations.Nullable;

/**
 * The seam over JOCL. Handles are JOCL's own objects. Host memory passes as a {@code ByteBuffer}, so one transfer or
 * mapping is below 2 GiB. Transfers always block: JOCL follows one that does not with a thread that waits for its event,
 * which not every driver survives. On Oclgrind the error sink stays silent.
 */
final class JoclApi extends JoclQueries {
    static final String NAME = "jocl";

    private final CreateContextFunction onError = (text, _, _, sink) -> onError((long) sink, text);
    private final EventCallbackFunction onEvent = (_, status, receiver) -> onEvent((long) receiver, status);

    @Override
    public String binding() {
        return NAME;
    }

    @Override
    protected Object contextOf(ClDevice device, long sink) {
        // Oclgrind calls back without the user data, which JOCL follows blindly.
        boolean mute = deviceInfo(device, DeviceInfo.VERSION).contains("Oclgrind");
        return creating(
                "clCreateContext",
                status -> clCreateContext(
                        new cl_context_properties(),
                        1,
                        new cl_device_id[] {device(device)},
                        mute ? null : onError,
                        sink,
                        status));
    }

    @Override
    @SuppressWarnings("deprecation")
    public ClQueue createQueue(ClContext context, ClDevice device, boolean profiling) {
        // The newer clCreateCommandQueueWithProperties is a NULL entry in some drivers.
        return new ClQueue(creating(
                "clCreateCommandQueue",
                status -> clCreateCommandQueue(
                        context(context), device(device), profiling ? CL_QUEUE_PROFILING_ENABLE : 0, status)));
    }

    @Override
    public ClBuffer createBuffer(ClContext context, Set<BufferFlag> flags, long bytes, Placement placement) {
        return new ClBuffer(creating(
                "clCreateBuffer",
                status -> clCreateBuffer(context(context), bits(flags, placement), bytes, null, status)));
    }

    @Override
    public ClBuffer createSubBuffer(ClBuffer parent, Set<BufferFlag> flags, long offset, long bytes) {
        return new ClBuffer(creating(
                "clCreateSubBuffer",
                status -> clCreateSubBuffer(
                        buffer(parent),
                        bits(flags, Placement.ANY),
                        CL_BUFFER_CREATE_TYPE_REGION,
                        new cl_buffer_region(offset, bytes),
                        status)));
    }

    @Override
    public ClProgram programFromSource(ClContext context, String source) {
        return new ClProgram(creating(
                "clCreateProgramWithSource",
                status -> clCreateProgramWithSource(context(context), 1, new String[] {source}, null, status)));
    }

    @Override
    public BinaryResult programFromBinary(ClContext context, ClDevice device, MemorySegment binary) {
        byte[] bytes = requireNative(binary).toArray(ValueLayout.JAVA_BYTE);
        int[] verdict = new int[1];
        int[] status = new int[1];
        cl_program program = clCreateProgramWithBinary(
                context(context),
                1,
                new cl_device_id[] {device(device)},
                new long[] {bytes.length},
                new byte[][] {bytes},
                verdict,
                status);
        return binaryResult(status[0], verdict[0], () -> new ClProgram(program));
    }

    @Override
    protected int buildProgram(ClProgram program, ClDevice device, String options) {
        return clBuildProgram(program(program), 1, new cl_device_id[] {device(device)}, options, null, null);
    }

    @Override
    public byte[] programBinary(ClProgram program) {
        long bytes = ask(
                        "clGetProgramInfo",
                        (size, value, needed) ->
                                clGetProgramInfo(program(program), CL_PROGRAM_BINARY_SIZES, size, value, needed))
                .get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
        byte[] binary = new byte[Math.toIntExact(bytes)];
        check(
                "clGetProgramInfo",
                clGetProgramInfo(
                        program(program),
                        CL_PROGRAM_BINARIES,
                        8,
                        Pointer.to(new Pointer[] {Pointer.to(binary)}),
                        null));
        return binary;
    }

    @Override
    public ClKernel createKernel(ClProgram program, String name) {
        return new ClKernel(creating("clCreateKernel", status -> clCreateKernel(program(program), name, status)));
    }

    @Override
    public void setArg(ClKernel kernel, int index, Arg value) {
        int status = switch (value) {
            case Arg.Buffer(ClBuffer buffer) -> clSetKernelArg(kernel(kernel), index, 8, Pointer.to(buffer(buffer)));
            case Arg.Int32(int number) -> clSetKernelArg(kernel(kernel), index, 4, Pointer.to(new int[] {number}));
            case Arg.Int64(long number) -> clSetKernelArg(kernel(kernel), index, 8, Pointer.to(new long[] {number}));
            case Arg.Float32(float number) ->
                clSetKernelArg(kernel(kernel), index, 4, Pointer.to(new float[] {number}));
            case Arg.Local(long bytes) -> clSetKernelArg(kernel(kernel), index, bytes, null);
        };
        check("clSetKernelArg", status);
    }

    @Override
    public Optional<ClEvent> enqueueNDRange(ClQueue queue, ClKernel kernel, NdRange range, Sync sync) {
        long[] global = sizes(range.global());
        long @Nullable [] local = range.local().map(JoclCalls::sizes).orElse(null);
        int dimensions = range.global().dimensions();
        return command(
                "clEnqueueNDRangeKernel",
                sync,
                (count, waits, event) -> clEnqueueNDRangeKernel(
                        queue(queue), kernel(kernel), dimensions, null, global, local, count, waits, event));
    }

    @Override
    public Optional<ClEvent> write(
            ClQueue queue, ClBuffer target, long offset, MemorySegment source, boolean blocking, Sync sync) {
        Pointer pointer = pointer(source);
        return command(
                "clEnqueueWriteBuffer",
                sync,
                (count, waits, event) -> clEnqueueWriteBuffer(
                        queue(queue), buffer(target), true, offset, source.byteSize(), pointer, count, waits, event));
    }

    @Override
    public Optional<ClEvent> read(
            ClQueue queue, ClBuffer source, long offset, MemorySegment target, boolean blocking, Sync sync) {
        Pointer pointer = pointer(target);
        return command(
                "clEnqueueReadBuffer",
                sync,
                (count, waits, event) -> clEnqueueReadBuffer(
                        queue(queue), buffer(source), true, offset, target.byteSize(), pointer, count, waits, event));
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
                (count, waits, event) -> clEnqueueCopyBuffer(
                        queue(queue),
                        buffer(source),
                        buffer(target),
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
        Pointer pointer = pointer(pattern);
        return command(
                "clEnqueueFillBuffer",
                sync,
                (count, waits, event) -> clEnqueueFillBuffer(
                        queue(queue), buffer(target), pointer, pattern.byteSize(), offset, bytes, count, waits, event));
    }

    @Override
    public Mapping map(ClQueue queue, ClBuffer buffer, MapMode mode, long offset, long bytes, List<ClEvent> after) {
        requireBelow2GiB(bytes);
        ByteBuffer memory = creating(
                "clEnqueueMapBuffer",
                status -> clEnqueueMapBuffer(
                        queue(queue),
                        buffer(buffer),
                        true,
                        mode.bits(),
                        offset,
                        bytes,
                        after.size(),
                        waits(after),
                        null,
                        status));
        return new Mapping(buffer, MemorySegment.ofBuffer(memory));
    }

    @Override
    public Optional<ClEvent> unmap(ClQueue queue, Mapping mapping, Sync sync) {
        ByteBuffer memory = mapping.memory().asByteBuffer();
        return command(
                "clEnqueueUnmapMemObject",
                sync,
                (count, waits, event) ->
                        clEnqueueUnmapMemObject(queue(queue), buffer(mapping.buffer()), memory, count, waits, event));
    }

    @Override
    public ClEvent marker(ClQueue queue, List<ClEvent> after) {
        return command(
                        "clEnqueueMarkerWithWaitList",
                        new Sync(after, true),
                        (count, waits, event) -> clEnqueueMarkerWithWaitList(queue(queue), count, waits, event))
                .orElseThrow();
    }

    @Override
    public void flush(ClQueue queue) {
        check("clFlush", clFlush(queue(queue)));
    }

    @Override
    public void finish(ClQueue queue) {
        check("clFinish", clFinish(queue(queue)));
    }

    @Override
    public void waitEvents(List<ClEvent> events) {
        if (!events.isEmpty()) {
            check("clWaitForEvents", clWaitForEvents(events.size(), waits(events)));
        }
    }

    @Override
    protected int notifyOf(ClEvent event, long receiver) {
        return clSetEventCallback(event(event), CL_COMPLETE, onEvent, receiver);
    }

    @Override
    protected void releaseHandle(ClObject object, Object handle) {
        switch (object) {
            case ClContext _ -> check("clReleaseContext", clReleaseContext((cl_context) handle));
            case ClQueue _ -> check("clReleaseCommandQueue", clReleaseCommandQueue((cl_command_queue) handle));
            case ClBuffer _ -> check("clReleaseMemObject", clReleaseMemObject((cl_mem) handle));
            case ClProgram _ -> check("clReleaseProgram", clReleaseProgram((cl_program) handle));
            case ClKernel _ -> check("clReleaseKernel", clReleaseKernel((cl_kernel) handle));
            case ClEvent _ -> check("clReleaseEvent", clReleaseEvent((cl_event) handle));
            case ClSubDevice _ -> check("clReleaseDevice", clReleaseDevice((cl_device_id) handle));
        }
    }

    @Override
    protected List<ClSubDevice> split(ClDevice device, int parts, long[] properties) {
        cl_device_partition_property list = new cl_device_partition_property();
        // JOCL adds in pairs and ends the list itself; further zeros after its end do no harm.
        for (int i = 0; i < properties.length; i += 2) {
            list.addProperty(properties[i], i + 1 < properties.length ? properties[i + 1] : 0);
        }
        cl_device_id[] ids = new cl_device_id[parts];
        check("clCreateSubDevices", clCreateSubDevices(device(device), list, parts, ids, null));
        return Arrays.stream(ids).map(ClSubDevice::new).toList();
    }
}
