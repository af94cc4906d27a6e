// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A device that is not there, so that what an engine would do to it can be recorded where no OpenCL is installed.
 * Buffers hold what is written to them; kernels accept any argument and compute nothing; every command is complete at
 * once and takes no time; every program builds.
 */
public final class ImaginaryApi implements ClApi {
    /** Its {@link #binding()}. */
    public static final String NAME = "imaginary";

    private static final ClPlatform PLATFORM = new ClPlatform("platform");
    private static final ClDevice DEVICE = new ClDevice("device");

    private final Map<DeviceInfo<?>, Object> answers;

    private ImaginaryApi(Map<DeviceInfo<?>, Object> answers) {
        this.answers = Map.copyOf(answers);
    }

    /** Memory that comes into being when it is first touched. */
    private static final class Memory {
        private final long bytes;
        private Optional<MemorySegment> segment;

        Memory(long bytes) {
            this.bytes = bytes;
            this.segment = Optional.empty();
        }

        Memory(MemorySegment segment) {
            this.bytes = segment.byteSize();
            this.segment = Optional.of(segment);
        }

        synchronized MemorySegment slice(String call, long offset, long length) {
            if (offset < 0 || length < 1 || length > bytes - offset) {
                throw new ClException(call, ClStatus.INVALID_VALUE);
            }
            MemorySegment all = segment.orElseGet(() -> Arena.ofAuto().allocate(bytes, 64));
            segment = Optional.of(all);
            return all.asSlice(offset, length);
        }
    }

    /**
     * A small CPU of two compute units and 1 GiB of memory.
     *
     * @param name what {@link DeviceInfo#NAME} answers
     */
    public static ImaginaryApi cpu(String name) {
        Map<DeviceInfo<?>, Object> answers = new HashMap<>();
        answers.put(DeviceInfo.NAME, name);
        answers.put(DeviceInfo.VENDOR, NAME);
        answers.put(DeviceInfo.VENDOR_ID, 0L);
        answers.put(DeviceInfo.DRIVER_VERSION, "1");
        answers.put(DeviceInfo.VERSION, "OpenCL 1.2 " + NAME);
        answers.put(DeviceInfo.C_VERSION, "OpenCL C 1.2 " + NAME);
        answers.put(DeviceInfo.PROFILE, "FULL_PROFILE");
        answers.put(DeviceInfo.EXTENSIONS, Set.of());
        answers.put(DeviceInfo.TYPE, Set.of(DeviceType.CPU));
        answers.put(DeviceInfo.AVAILABLE, true);
        answers.put(DeviceInfo.COMPILER_AVAILABLE, true);
        answers.put(DeviceInfo.LITTLE_ENDIAN, true);
        answers.put(DeviceInfo.HOST_UNIFIED_MEMORY, true);
        answers.put(DeviceInfo.ADDRESS_BITS, 64L);
        answers.put(DeviceInfo.COMPUTE_UNITS, 2L);
        answers.put(DeviceInfo.CLOCK_MHZ, 1000L);
        answers.put(DeviceInfo.GLOBAL_MEMORY_BYTES, 1L << 30);
        answers.put(DeviceInfo.MAX_ALLOCATION_BYTES, 1L << 28);
        answers.put(DeviceInfo.LOCAL_MEMORY_BYTES, 1L << 15);
        answers.put(DeviceInfo.LOCAL_MEMORY_KIND, 2L);
        answers.put(DeviceInfo.CONSTANT_BUFFER_BYTES, 1L << 16);
        answers.put(DeviceInfo.BASE_ADDRESS_ALIGN_BITS, 1024L);
        answers.put(DeviceInfo.CACHE_LINE_BYTES, 64L);
        answers.put(DeviceInfo.CACHE_BYTES, 1L << 20);
        answers.put(DeviceInfo.MAX_WORK_GROUP_SIZE, 4096L);
        answers.put(DeviceInfo.MAX_WORK_ITEM_SIZES, List.of(4096L, 4096L, 4096L));
        answers.put(DeviceInfo.MAX_PARAMETER_BYTES, 1024L);
        answers.put(DeviceInfo.PREFERRED_VECTOR_WIDTH_FLOAT, 8L);
        answers.put(DeviceInfo.NATIVE_VECTOR_WIDTH_FLOAT, 8L);
        answers.put(DeviceInfo.NATIVE_VECTOR_WIDTH_HALF, 0L);
        answers.put(
                DeviceInfo.SINGLE_FP,
                Set.of(FloatCapability.INF_NAN, FloatCapability.ROUND_TO_NEAREST, FloatCapability.FMA));
        answers.put(DeviceInfo.TIMER_RESOLUTION_NS, 1L);
        return new ImaginaryApi(answers);
    }

    /** The same device with another answer to one question. */
    public <T> ImaginaryApi with(DeviceInfo<T> info, T answer) {
        Map<DeviceInfo<?>, Object> changed = new HashMap<>(answers);
        changed.put(info, answer);
        return new ImaginaryApi(changed);
    }

    @Override
    public String binding() {
        return NAME;
    }

    @Override
    public List<ClPlatform> platforms() {
        return List.of(PLATFORM);
    }

    @Override
    public String platformInfo(ClPlatform platform, PlatformInfo info) {
        return switch (info) {
            case PROFILE -> "FULL_PROFILE";
            case VERSION -> "OpenCL 1.2 " + NAME;
            case NAME, VENDOR -> NAME;
            case EXTENSIONS -> "";
        };
    }

    @Override
    public List<ClDevice> devices(ClPlatform platform) {
        return List.of(DEVICE);
    }

    @Override
    @SuppressWarnings("unchecked") // an answer goes in with its question's type
    public <T> T deviceInfo(ClDevice device, DeviceInfo<T> info) {
        Object answer = answers.get(info);
        if (answer == null) {
            throw new ClException("clGetDeviceInfo", ClStatus.INVALID_VALUE);
        }
        return (T) answer;
    }

    @Override
    public Optional<SubDevices> subDevices(ClDevice device) {
        return Optional.empty();
    }

    @Override
    public ClContext createContext(ClDevice device, Consumer<String> errorSink) {
        return new ClContext("context");
    }

    @Override
    public ClQueue createQueue(ClContext context, ClDevice device, boolean profiling) {
        return new ClQueue("queue");
    }

    @Override
    public ClBuffer createBuffer(ClContext context, Set<BufferFlag> flags, long bytes, Placement placement) {
        if (bytes < 1 || bytes > deviceInfo(DEVICE, DeviceInfo.MAX_ALLOCATION_BYTES)) {
            throw new ClException("clCreateBuffer", new ClStatus(-61));
        }
        return new ClBuffer(new Memory(bytes));
    }

    @Override
    public ClBuffer createSubBuffer(ClBuffer parent, Set<BufferFlag> flags, long offset, long bytes) {
        return new ClBuffer(new Memory(memory(parent, "clCreateSubBuffer", offset, bytes)));
    }

    @Override
    public ClProgram programFromSource(ClContext context, String source) {
        return new ClProgram(source);
    }

    @Override
    public BinaryResult programFromBinary(ClContext context, ClDevice device, MemorySegment binary) {
        return new BinaryResult.Accepted(
                new ClProgram(new String(binary.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8)));
    }

    @Override
    public BuildResult build(ClProgram program, ClDevice device, String options) {
        return new BuildResult(ClStatus.SUCCESS, "");
    }

    /** The program's source. */
    @Override
    public byte[] programBinary(ClProgram program) {
        return ((String) program.peer()).getBytes(StandardCharsets.UTF_8);
    }

    /** Any name that occurs in the program's source. */
    @Override
    public ClKernel createKernel(ClProgram program, String name) {
        if (!((String) program.peer()).contains(name)) {
            throw new ClException("clCreateKernel", new ClStatus(-46));
        }
        return new ClKernel(name);
    }

    @Override
    public Optional<List<KernelArgInfo>> kernelArgs(ClKernel kernel) {
        return Optional.empty();
    }

    @Override
    public WorkGroupInfo workGroupInfo(ClKernel kernel, ClDevice device) {
        return new WorkGroupInfo(deviceInfo(device, DeviceInfo.MAX_WORK_GROUP_SIZE), Optional.empty(), 8, 0, 0);
    }

    @Override
    public void setArg(ClKernel kernel, int index, Arg value) {}

    @Override
    public Optional<ClEvent> enqueueNDRange(ClQueue queue, ClKernel kernel, NdRange range, Sync sync) {
        return done(sync);
    }

    @Override
    public Optional<ClEvent> write(
            ClQueue queue, ClBuffer target, long offset, MemorySegment source, boolean blocking, Sync sync) {
        memory(target, "clEnqueueWriteBuffer", offset, source.byteSize()).copyFrom(source);
        return done(sync);
    }

    @Override
    public Optional<ClEvent> read(
            ClQueue queue, ClBuffer source, long offset, MemorySegment target, boolean blocking, Sync sync) {
        target.copyFrom(memory(source, "clEnqueueReadBuffer", offset, target.byteSize()));
        return done(sync);
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
        memory(target, "clEnqueueCopyBuffer", targetOffset, bytes)
                .copyFrom(memory(source, "clEnqueueCopyBuffer", sourceOffset, bytes));
        return done(sync);
    }

    @Override
    public Optional<ClEvent> fill(
            ClQueue queue, ClBuffer target, long offset, long bytes, MemorySegment pattern, Sync sync) {
        MemorySegment region = memory(target, "clEnqueueFillBuffer", offset, bytes);
        if (bytes % pattern.byteSize() != 0) {
            throw new ClException("clEnqueueFillBuffer", ClStatus.INVALID_VALUE);
        }
        for (long at = 0; at < bytes; at += pattern.byteSize()) {
            region.asSlice(at, pattern.byteSize()).copyFrom(pattern);
        }
        return done(sync);
    }

    @Override
    public Mapping map(ClQueue queue, ClBuffer buffer, MapMode mode, long offset, long bytes, List<ClEvent> after) {
        return new Mapping(buffer, memory(buffer, "clEnqueueMapBuffer", offset, bytes));
    }

    @Override
    public Optional<ClEvent> unmap(ClQueue queue, Mapping mapping, Sync sync) {
        return done(sync);
    }

    @Override
    public ClEvent marker(ClQueue queue, List<ClEvent> after) {
        return new ClEvent("event");
    }

    @Override
    public void flush(ClQueue queue) {}

    @Override
    public void finish(ClQueue queue) {}

    @Override
    public void waitEvents(List<ClEvent> events) {}

    @Override
    public EventStatus eventStatus(ClEvent event) {
        return EventStatus.Progress.COMPLETE;
    }

    @Override
    public EventProfile eventProfile(ClEvent event) {
        return new EventProfile(0, 0, 0, 0);
    }

    @Override
    public void setEventCallback(ClEvent event, Consumer<ClStatus> callback) {
        callback.accept(ClStatus.SUCCESS);
    }

    @Override
    public void release(ClObject object) {
        object.retire();
    }

    private static Optional<ClEvent> done(Sync sync) {
        return sync.signals() ? Optional.of(new ClEvent("event")) : Optional.empty();
    }

    private static MemorySegment memory(ClBuffer buffer, String call, long offset, long bytes) {
        return ((Memory) buffer.peer()).slice(call, offset, bytes);
    }
}
