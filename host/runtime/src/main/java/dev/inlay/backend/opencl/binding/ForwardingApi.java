// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Passes every call on to another API through {@link #around}, where a decorator does its work. */
public abstract class ForwardingApi implements ClApi {
    private final ClApi next;

    protected ForwardingApi(ClApi next) {
        this.next = next;
    }

    /**
     * Surrounds one call.
     *
     * @param function the method's name in {@link ClApi} or {@link SubDevices}
     * @param arguments as the method got them
     * @param call makes the call; null where the method returns nothing
     */
    protected abstract <T extends @Nullable Object> T around(String function, List<Object> arguments, Supplier<T> call);

    private void aroundVoid(String function, List<Object> arguments, Runnable call) {
        this.<@Nullable Object>around(function, arguments, () -> {
            call.run();
            return null;
        });
    }

    @Override
    public final String binding() {
        return next.binding();
    }

    @Override
    public final List<ClPlatform> platforms() {
        return around("platforms", List.of(), next::platforms);
    }

    @Override
    public final String platformInfo(ClPlatform platform, PlatformInfo info) {
        return around("platformInfo", List.of(platform, info), () -> next.platformInfo(platform, info));
    }

    @Override
    public final List<ClDevice> devices(ClPlatform platform) {
        return around("devices", List.of(platform), () -> next.devices(platform));
    }

    @Override
    public final <T> T deviceInfo(ClDevice device, DeviceInfo<T> info) {
        return around("deviceInfo", List.of(device, info), () -> next.deviceInfo(device, info));
    }

    @Override
    public final Optional<SubDevices> subDevices(ClDevice device) {
        return around("subDevices", List.of(device), () -> next.subDevices(device))
                .map(parts -> new ForwardingParts(device, parts));
    }

    @Override
    public final ClContext createContext(ClDevice device, Consumer<String> errorSink) {
        return around("createContext", List.of(device), () -> next.createContext(device, errorSink));
    }

    @Override
    public final ClQueue createQueue(ClContext context, ClDevice device, boolean profiling) {
        return around(
                "createQueue", List.of(context, device, profiling), () -> next.createQueue(context, device, profiling));
    }

    @Override
    public final ClBuffer createBuffer(ClContext context, Set<BufferFlag> flags, long bytes, Placement placement) {
        return around(
                "createBuffer",
                List.of(context, flags, bytes, placement),
                () -> next.createBuffer(context, flags, bytes, placement));
    }

    @Override
    public final ClBuffer createSubBuffer(ClBuffer parent, Set<BufferFlag> flags, long offset, long bytes) {
        return around(
                "createSubBuffer",
                List.of(parent, flags, offset, bytes),
                () -> next.createSubBuffer(parent, flags, offset, bytes));
    }

    @Override
    public final ClProgram programFromSource(ClContext context, String source) {
        return around("programFromSource", List.of(context, source), () -> next.programFromSource(context, source));
    }

    @Override
    public final BinaryResult programFromBinary(ClContext context, ClDevice device, MemorySegment binary) {
        return around(
                "programFromBinary",
                List.of(context, device, binary),
                () -> next.programFromBinary(context, device, binary));
    }

    @Override
    public final BuildResult build(ClProgram program, ClDevice device, String options) {
        return around("build", List.of(program, device, options), () -> next.build(program, device, options));
    }

    @Override
    public final byte[] programBinary(ClProgram program) {
        return around("programBinary", List.of(program), () -> next.programBinary(program));
    }

    @Override
    public final ClKernel createKernel(ClProgram program, String name) {
        return around("createKernel", List.of(program, name), () -> next.createKernel(program, name));
    }

    @Override
    public final Optional<List<KernelArgInfo>> kernelArgs(ClKernel kernel) {
        return around("kernelArgs", List.of(kernel), () -> next.kernelArgs(kernel));
    }

    @Override
    public final WorkGroupInfo workGroupInfo(ClKernel kernel, ClDevice device) {
        return around("workGroupInfo", List.of(kernel, device), () -> next.workGroupInfo(kernel, device));
    }

    @Override
    public final void setArg(ClKernel kernel, int index, Arg value) {
        aroundVoid("setArg", List.of(kernel, index, value), () -> next.setArg(kernel, index, value));
    }

    @Override
    public final Optional<ClEvent> enqueueNDRange(ClQueue queue, ClKernel kernel, NdRange range, Sync sync) {
        return around(
                "enqueueNDRange",
                List.of(queue, kernel, range, sync),
                () -> next.enqueueNDRange(queue, kernel, range, sync));
    }

    @Override
    public final Optional<ClEvent> write(
            ClQueue queue, ClBuffer target, long offset, MemorySegment source, boolean blocking, Sync sync) {
        return around(
                "write",
                List.of(queue, target, offset, source, blocking, sync),
                () -> next.write(queue, target, offset, source, blocking, sync));
    }

    @Override
    public final Optional<ClEvent> read(
            ClQueue queue, ClBuffer source, long offset, MemorySegment target, boolean blocking, Sync sync) {
        return around(
                "read",
                List.of(queue, source, offset, target, blocking, sync),
                () -> next.read(queue, source, offset, target, blocking, sync));
    }

    @Override
    public final Optional<ClEvent> copy(
            ClQueue queue,
            ClBuffer source,
            long sourceOffset,
            ClBuffer target,
            long targetOffset,
            long bytes,
            Sync sync) {
        return around(
                "copy",
                List.of(queue, source, sourceOffset, target, targetOffset, bytes, sync),
                () -> next.copy(queue, source, sourceOffset, target, targetOffset, bytes, sync));
    }

    @Override
    public final Optional<ClEvent> fill(
            ClQueue queue, ClBuffer target, long offset, long bytes, MemorySegment pattern, Sync sync) {
        return around(
                "fill",
                List.of(queue, target, offset, bytes, pattern, sync),
                () -> next.fill(queue, target, offset, bytes, pattern, sync));
    }

    @Override
    public final Mapping map(
            ClQueue queue, ClBuffer buffer, MapMode mode, long offset, long bytes, List<ClEvent> after) {
        return around(
                "map",
                List.of(queue, buffer, mode, offset, bytes, after),
                () -> next.map(queue, buffer, mode, offset, bytes, after));
    }

    @Override
    public final Optional<ClEvent> unmap(ClQueue queue, Mapping mapping, Sync sync) {
        return around("unmap", List.of(queue, mapping, sync), () -> next.unmap(queue, mapping, sync));
    }

    @Override
    public final ClEvent marker(ClQueue queue, List<ClEvent> after) {
        return around("marker", List.of(queue, after), () -> next.marker(queue, after));
    }

    @Override
    public final void flush(ClQueue queue) {
        aroundVoid("flush", List.of(queue), () -> next.flush(queue));
    }

    @Override
    public final void finish(ClQueue queue) {
        aroundVoid("finish", List.of(queue), () -> next.finish(queue));
    }

    @Override
    public final void waitEvents(List<ClEvent> events) {
        aroundVoid("waitEvents", List.of(events), () -> next.waitEvents(events));
    }

    @Override
    public final EventStatus eventStatus(ClEvent event) {
        return around("eventStatus", List.of(event), () -> next.eventStatus(event));
    }

    @Override
    public final EventProfile eventProfile(ClEvent event) {
        return around("eventProfile", List.of(event), () -> next.eventProfile(event));
    }

    @Override
    public final void setEventCallback(ClEvent event, Consumer<ClStatus> callback) {
        aroundVoid("setEventCallback", List.of(event), () -> next.setEventCallback(event, callback));
    }

    @Override
    public final void release(ClObject object) {
        aroundVoid("release", List.of(object), () -> next.release(object));
    }

    private final class ForwardingParts implements SubDevices {
        private final ClDevice device;
        private final SubDevices parts;

        ForwardingParts(ClDevice device, SubDevices parts) {
            this.device = device;
            this.parts = parts;
        }

        @Override
        public int maximum() {
            return parts.maximum();
        }

        @Override
        public List<ClSubDevice> byCounts(int... computeUnits) {
            List<Integer> counts = Arrays.stream(computeUnits).boxed().toList();
            return around("byCounts", List.of(device, counts), () -> parts.byCounts(computeUnits));
        }

        @Override
        public List<ClSubDevice> equally(int computeUnits) {
            return around("equally", List.of(device, computeUnits), () -> parts.equally(computeUnits));
        }
    }
}
