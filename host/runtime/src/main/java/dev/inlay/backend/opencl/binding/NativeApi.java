// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What bindings of a native OpenCL library share: answers of the {@code clGet…Info} functions are decoded here, so that
 * a binding only has to fetch their bytes, and receivers of callbacks are kept here, under numbers.
 */
public abstract class NativeApi implements ClApi {
    /** All types but CUSTOM ones; the constant of the headers does not fit every binding's signature. */
    protected static final long CL_DEVICE_TYPE_ALL = 0xFFFFFFFFL;

    protected static final long CL_QUEUE_PROFILING_ENABLE = 1 << 1;
    protected static final int CL_BUFFER_CREATE_TYPE_REGION = 0x1220;
    protected static final int CL_PROGRAM_BINARY_SIZES = 0x1165;
    protected static final int CL_PROGRAM_BINARIES = 0x1166;

    private static final int CL_DEVICE_PARTITION_MAX_SUB_DEVICES = 0x1043;
    private static final int CL_DEVICE_PARTITION_PROPERTIES = 0x1044;
    private static final long CL_DEVICE_PARTITION_EQUALLY = 0x1086;
    private static final long CL_DEVICE_PARTITION_BY_COUNTS = 0x1087;
    private static final int CL_PROGRAM_BUILD_LOG = 0x1183;
    private static final int CL_KERNEL_NUM_ARGS = 0x1191;
    private static final int CL_KERNEL_ARG_ADDRESS_QUALIFIER = 0x1196;
    private static final int CL_KERNEL_ARG_TYPE_NAME = 0x1198;
    private static final int CL_KERNEL_ARG_NAME = 0x119A;
    private static final int CL_KERNEL_WORK_GROUP_SIZE = 0x11B0;
    private static final int CL_KERNEL_COMPILE_WORK_GROUP_SIZE = 0x11B1;
    private static final int CL_KERNEL_LOCAL_MEM_SIZE = 0x11B2;
    private static final int CL_KERNEL_PREFERRED_WORK_GROUP_SIZE_MULTIPLE = 0x11B3;
    private static final int CL_KERNEL_PRIVATE_MEM_SIZE = 0x11B4;
    private static final int CL_EVENT_COMMAND_EXECUTION_STATUS = 0x11D3;
    private static final int CL_PROFILING_COMMAND_QUEUED = 0x1280;
    private static final int CL_PROFILING_COMMAND_SUBMIT = 0x1281;
    private static final int CL_PROFILING_COMMAND_START = 0x1282;
    private static final int CL_PROFILING_COMMAND_END = 0x1283;

    private final Callbacks<String> errorSinks = new Callbacks<>();
    private final Callbacks<ClStatus> eventReceivers = new Callbacks<>();

    /**
     * What a binding holds of a context.
     *
     * @param handle its own handle
     * @param sink the number of the context's error sink
     */
    public record ContextPeer(Object handle, long sink) {}

    protected abstract MemorySegment askPlatform(ClPlatform platform, int code);

    protected abstract MemorySegment askDevice(ClDevice device, int code);

    protected abstract MemorySegment askBuild(ClProgram program, ClDevice device, int code);

    protected abstract MemorySegment askKernel(ClKernel kernel, int code);

    protected abstract MemorySegment askKernelArg(ClKernel kernel, int index, int code);

    protected abstract MemorySegment askWorkGroup(ClKernel kernel, ClDevice device, int code);

    protected abstract MemorySegment askEvent(ClEvent event, int code);

    protected abstract MemorySegment askProfile(ClEvent event, int code);

    /** The status of clBuildProgram. */
    protected abstract int buildProgram(ClProgram program, ClDevice device, String options);

    /** Calls clCreateContext with a callback that ends in {@link #onError}; its user data is {@code sink}. */
    protected abstract Object contextOf(ClDevice device, long sink);

    /** The status of clSetEventCallback with a callback that ends in {@link #onEvent}; its user data is {@code receiver}. */
    protected abstract int notifyOf(ClEvent event, long receiver);

    /** Calls clCreateSubDevices with properties that end in a zero. */
    protected abstract List<ClSubDevice> split(ClDevice device, int parts, long[] properties);

    /** Calls the release function of the object's kind on a handle that was just retired. */
    protected abstract void releaseHandle(ClObject object, Object handle);

    /** What a driver says of a context. */
    protected final void onError(long sink, @Nullable String text) {
        errorSinks.deliver(sink, Objects.requireNonNullElse(text, ""));
    }

    /** What a driver says of an event, once; a status above zero is one of success. */
    protected final void onEvent(long receiver, int status) {
        eventReceivers.deliverOnce(receiver, new ClStatus(Math.min(status, 0)));
    }

    @Override
    public final ClContext createContext(ClDevice device, Consumer<String> errorSink) {
        long sink = errorSinks.add(errorSink);
        try {
            return new ClContext(new ContextPeer(contextOf(device, sink), sink));
        } catch (RuntimeException | Error e) {
            errorSinks.remove(sink);
            throw e;
        }
    }

    @Override
    public final void setEventCallback(ClEvent event, Consumer<ClStatus> callback) {
        long receiver = eventReceivers.add(callback);
        int status = notifyOf(event, receiver);
        if (status != 0) {
            eventReceivers.remove(receiver);
        }
        ClException.check("clSetEventCallback", status);
    }

    @Override
    public final String platformInfo(ClPlatform platform, PlatformInfo info) {
        return DeviceInfo.string(askPlatform(platform, info.code()));
    }

    @Override
    public final <T> T deviceInfo(ClDevice device, DeviceInfo<T> info) {
        return info.decode(askDevice(device, info.code()));
    }

    @Override
    public final Optional<SubDevices> subDevices(ClDevice device) {
        // Drivers that cannot split may have no entry for clCreateSubDevices, and calling it would end the process.
        try {
            int maximum = (int) number(askDevice(device, CL_DEVICE_PARTITION_MAX_SUB_DEVICES));
            List<Long> ways = numbers(askDevice(device, CL_DEVICE_PARTITION_PROPERTIES));
            return maximum > 1 && ways.stream().anyMatch(way -> way != 0)
                    ? Optional.of(new Splitting(device, maximum))
                    : Optional.empty();
        } catch (ClException _) {
            return Optional.empty();
        }
    }

    @Override
    public final BuildResult build(ClProgram program, ClDevice device, String options) {
        ClStatus status = new ClStatus(buildProgram(program, device, options));
        String log;
        try {
            log = DeviceInfo.string(askBuild(program, device, CL_PROGRAM_BUILD_LOG));
        } catch (ClException e) {
            if (status.succeeded()) {
                throw e;
            }
            log = "";
        }
        return new BuildResult(status, log);
    }

    @Override
    public final Optional<List<KernelArgInfo>> kernelArgs(ClKernel kernel) {
        int count = (int) number(askKernel(kernel, CL_KERNEL_NUM_ARGS));
        List<KernelArgInfo> args = new ArrayList<>(count);
        try {
            for (int i = 0; i < count; i++) {
                args.add(new KernelArgInfo(
                        DeviceInfo.string(askKernelArg(kernel, i, CL_KERNEL_ARG_NAME)),
                        KernelArgInfo.Space.of((int) number(askKernelArg(kernel, i, CL_KERNEL_ARG_ADDRESS_QUALIFIER))),
                        DeviceInfo.string(askKernelArg(kernel, i, CL_KERNEL_ARG_TYPE_NAME))));
            }
        } catch (ClException e) {
            if (e.status().equals(ClStatus.KERNEL_ARG_INFO_NOT_AVAILABLE)) {
                return Optional.empty();
            }
            throw e;
        }
        return Optional.of(List.copyOf(args));
    }

    @Override
    public final WorkGroupInfo workGroupInfo(ClKernel kernel, ClDevice device) {
        List<Long> required = numbers(askWorkGroup(kernel, device, CL_KERNEL_COMPILE_WORK_GROUP_SIZE));
        return new WorkGroupInfo(
                number(askWorkGroup(kernel, device, CL_KERNEL_WORK_GROUP_SIZE)),
                required.getFirst() == 0
                        ? Optional.empty()
                        : Optional.of(Extent.of(required.get(0), required.get(1), required.get(2))),
                newerNumber(kernel, device, CL_KERNEL_PREFERRED_WORK_GROUP_SIZE_MULTIPLE, 1),
                number(askWorkGroup(kernel, device, CL_KERNEL_LOCAL_MEM_SIZE)),
                newerNumber(kernel, device, CL_KERNEL_PRIVATE_MEM_SIZE, 0));
    }

    /** An answer that OpenCL 1.0 drivers do not know. */
    private long newerNumber(ClKernel kernel, ClDevice device, int code, long unknown) {
        try {
            return number(askWorkGroup(kernel, device, code));
        } catch (ClException e) {
            if (e.status().equals(ClStatus.INVALID_VALUE)) {
                return unknown;
            }
            throw e;
        }
    }

    @Override
    public final EventStatus eventStatus(ClEvent event) {
        return EventStatus.of(
                askEvent(event, CL_EVENT_COMMAND_EXECUTION_STATUS).get(ValueLayout.JAVA_INT_UNALIGNED, 0));
    }

    @Override
    public final EventProfile eventProfile(ClEvent event) {
        return new EventProfile(
                number(askProfile(event, CL_PROFILING_COMMAND_QUEUED)),
                number(askProfile(event, CL_PROFILING_COMMAND_SUBMIT)),
                number(askProfile(event, CL_PROFILING_COMMAND_START)),
                number(askProfile(event, CL_PROFILING_COMMAND_END)));
    }

    @Override
    public final void release(ClObject object) {
        object.retire().ifPresent(peer -> {
            if (peer instanceof ContextPeer context) {
                releaseHandle(object, context.handle());
                errorSinks.remove(context.sink());
            } else {
                releaseHandle(object, peer);
            }
        });
    }

    /**
     * What clCreateProgramWithBinary answered.
     *
     * @param verdict on the binary itself
     * @param program wraps what it returned
     */
    protected final BinaryResult binaryResult(int status, int verdict, Supplier<ClProgram> program) {
        if (status == 0 && verdict == 0) {
            return new BinaryResult.Accepted(program.get());
        }
        if (status == 0) {
            release(program.get());
        } else if (verdict == 0 && status != ClStatus.INVALID_BINARY.code()) {
            ClException.check("clCreateProgramWithBinary", status);
        }
        return new BinaryResult.Refused(new ClStatus(status), new ClStatus(verdict));
    }

    /** The flags of clCreateBuffer. */
    protected static long bits(Set<BufferFlag> flags, Placement placement) {
        long bits = placement.bits();
        for (BufferFlag flag : flags) {
            bits |= flag.bit();
        }
        return bits;
    }

    /** The segment itself when OpenCL can reach it. */
    public static MemorySegment requireNative(MemorySegment segment) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException(
                    "got a heap segment of " + segment.byteSize() + " bytes, expected native memory from an Arena");
        }
        return segment;
    }

    private static long number(MemorySegment raw) {
        return DeviceInfo.integer(raw);
    }

    private static List<Long> numbers(MemorySegment raw) {
        return DeviceInfo.integers(raw);
    }

    private final class Splitting implements SubDevices {
        private final ClDevice device;
        private final int maximum;

        Splitting(ClDevice device, int maximum) {
            this.device = device;
            this.maximum = maximum;
        }

        @Override
        public int maximum() {
            return maximum;
        }

        @Override
        public List<ClSubDevice> byCounts(int... computeUnits) {
            long[] properties = new long[computeUnits.length + 3];
            properties[0] = CL_DEVICE_PARTITION_BY_COUNTS;
            IntStream.range(0, computeUnits.length).forEach(i -> properties[i + 1] = computeUnits[i]);
            return split(device, computeUnits.length, properties);
        }

        @Override
        public List<ClSubDevice> equally(int computeUnits) {
            int parts = Math.toIntExact(deviceInfo(device, DeviceInfo.COMPUTE_UNITS) / Math.max(1, computeUnits));
            return split(device, Math.max(1, parts), new long[] {CL_DEVICE_PARTITION_EQUALLY, computeUnits, 0});
        }
    }
}
