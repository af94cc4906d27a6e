// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.LongStream;

/**
 * A question to a device together with the Java type of its answer.
 *
 * @param <T> the type of the answer
 */
public final class DeviceInfo<T> {
    public static final DeviceInfo<String> NAME = text("CL_DEVICE_NAME", 0x102B);
    public static final DeviceInfo<String> VENDOR = text("CL_DEVICE_VENDOR", 0x102C);
    public static final DeviceInfo<Long> VENDOR_ID = number("CL_DEVICE_VENDOR_ID", 0x1001);
    public static final DeviceInfo<String> DRIVER_VERSION = text("CL_DRIVER_VERSION", 0x102D);
    /** {@code OpenCL <major>.<minor> <vendor's own words>}. */
    public static final DeviceInfo<String> VERSION = text("CL_DEVICE_VERSION", 0x102F);
    /** {@code OpenCL C <major>.<minor> <vendor's own words>}; unknown to OpenCL 1.0 devices. */
    public static final DeviceInfo<String> C_VERSION = text("CL_DEVICE_OPENCL_C_VERSION", 0x103D);
    /** {@code FULL_PROFILE} or {@code EMBEDDED_PROFILE}. */
    public static final DeviceInfo<String> PROFILE = text("CL_DEVICE_PROFILE", 0x102E);

    public static final DeviceInfo<Set<String>> EXTENSIONS =
            new DeviceInfo<>("CL_DEVICE_EXTENSIONS", 0x1030, DeviceInfo::words);
    /** One or more types: a simulator may answer as all of them. */
    public static final DeviceInfo<Set<DeviceType>> TYPE =
            new DeviceInfo<>("CL_DEVICE_TYPE", 0x1000, raw -> DeviceType.of(integer(raw)));

    public static final DeviceInfo<Boolean> AVAILABLE = flag("CL_DEVICE_AVAILABLE", 0x1027);
    /** False on devices that take offline binaries only. */
    public static final DeviceInfo<Boolean> COMPILER_AVAILABLE = flag("CL_DEVICE_COMPILER_AVAILABLE", 0x1028);

    public static final DeviceInfo<Boolean> LITTLE_ENDIAN = flag("CL_DEVICE_ENDIAN_LITTLE", 0x1026);
    /** Whether device and host share memory; unknown to OpenCL 1.0 devices. */
    public static final DeviceInfo<Boolean> HOST_UNIFIED_MEMORY = flag("CL_DEVICE_HOST_UNIFIED_MEMORY", 0x1035);
    /** Bits: 32 or 64. */
    public static final DeviceInfo<Long> ADDRESS_BITS = number("CL_DEVICE_ADDRESS_BITS", 0x100D);

    /** One on some FPGA boards whatever their size: never derive a peak from it. */
    public static final DeviceInfo<Long> COMPUTE_UNITS = number("CL_DEVICE_MAX_COMPUTE_UNITS", 0x1002);
    /** MHz; a constant 1000 on some FPGA boards: never derive a peak from it. */
    public static final DeviceInfo<Long> CLOCK_MHZ = number("CL_DEVICE_MAX_CLOCK_FREQUENCY", 0x100C);

    /** Bytes. */
    public static final DeviceInfo<Long> GLOBAL_MEMORY_BYTES = number("CL_DEVICE_GLOBAL_MEM_SIZE", 0x101F);
    /** Bytes of the largest single buffer. */
    public static final DeviceInfo<Long> MAX_ALLOCATION_BYTES = number("CL_DEVICE_MAX_MEM_ALLOC_SIZE", 0x1010);
    /** Bytes per work-group. */
    public static final DeviceInfo<Long> LOCAL_MEMORY_BYTES = number("CL_DEVICE_LOCAL_MEM_SIZE", 0x1023);
    /** 1: dedicated local storage; 2: carved out of global memory. */
    public static final DeviceInfo<Long> LOCAL_MEMORY_KIND = number("CL_DEVICE_LOCAL_MEM_TYPE", 0x1022);
    /** Bytes. */
    public static final DeviceInfo<Long> CONSTANT_BUFFER_BYTES = number("CL_DEVICE_MAX_CONSTANT_BUFFER_SIZE", 0x1020);
    /** Bits. The least alignment of a sub-buffer's origin. */
    public static final DeviceInfo<Long> BASE_ADDRESS_ALIGN_BITS = number("CL_DEVICE_MEM_BASE_ADDR_ALIGN", 0x1019);
    /** Bytes; zero without a cache. */
    public static final DeviceInfo<Long> CACHE_LINE_BYTES = number("CL_DEVICE_GLOBAL_MEM_CACHELINE_SIZE", 0x101D);
    /** Bytes; zero without a cache. */
    public static final DeviceInfo<Long> CACHE_BYTES = number("CL_DEVICE_GLOBAL_MEM_CACHE_SIZE", 0x101E);

    /** Work-items. */
    public static final DeviceInfo<Long> MAX_WORK_GROUP_SIZE = number("CL_DEVICE_MAX_WORK_GROUP_SIZE", 0x1004);
    /** Work-items in each dimension of a work-group. */
    public static final DeviceInfo<List<Long>> MAX_WORK_ITEM_SIZES =
            new DeviceInfo<>("CL_DEVICE_MAX_WORK_ITEM_SIZES", 0x1005, DeviceInfo::integers);
    /** Bytes of all arguments of one kernel. */
    public static final DeviceInfo<Long> MAX_PARAMETER_BYTES = number("CL_DEVICE_MAX_PARAMETER_SIZE", 0x1017);

    /** Floats. */
    public static final DeviceInfo<Long> PREFERRED_VECTOR_WIDTH_FLOAT =
            number("CL_DEVICE_PREFERRED_VECTOR_WIDTH_FLOAT", 0x100A);
    /** Floats; unknown to OpenCL 1.0 devices. */
    public static final DeviceInfo<Long> NATIVE_VECTOR_WIDTH_FLOAT =
            number("CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT", 0x103A);
    /** Halves; zero without fp16 arithmetic; unknown to OpenCL 1.0 devices. */
    public static final DeviceInfo<Long> NATIVE_VECTOR_WIDTH_HALF =
            number("CL_DEVICE_NATIVE_VECTOR_WIDTH_HALF", 0x103C);

    public static final DeviceInfo<Set<FloatCapability>> SINGLE_FP =
            new DeviceInfo<>("CL_DEVICE_SINGLE_FP_CONFIG", 0x101B, raw -> FloatCapability.of(integer(raw)));
    /** Nanoseconds. */
    public static final DeviceInfo<Long> TIMER_RESOLUTION_NS = number("CL_DEVICE_PROFILING_TIMER_RESOLUTION", 0x1025);

    private final String name;
    private final int code;
    private final Function<MemorySegment, T> decoder;

    private DeviceInfo(String name, int code, Function<MemorySegment, T> decoder) {
        this.name = name;
        this.code = code;
        this.decoder = decoder;
    }

    /** OpenCL's own name, for example {@code CL_DEVICE_NAME}. */
    public String name() {
        return name;
    }

    public int code() {
        return code;
    }

    /** For bindings: the answer out of the bytes that clGetDeviceInfo wrote. */
    public T decode(MemorySegment raw) {
        return decoder.apply(raw);
    }

    @Override
    public String toString() {
        return name;
    }

    private static DeviceInfo<String> text(String name, int code) {
        return new DeviceInfo<>(name, code, DeviceInfo::string);
    }

    private static DeviceInfo<Long> number(String name, int code) {
        return new DeviceInfo<>(name, code, DeviceInfo::integer);
    }

    private static DeviceInfo<Boolean> flag(String name, int code) {
        return new DeviceInfo<>(name, code, raw -> integer(raw) != 0);
    }

    /** For bindings: text up to the first NUL or the end, without surrounding blanks. */
    public static String string(MemorySegment raw) {
        String all = new String(raw.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
        int end = all.indexOf('\0');
        return (end < 0 ? all : all.substring(0, end)).strip();
    }

    static long integer(MemorySegment raw) {
        return switch ((int) raw.byteSize()) {
            case 4 -> Integer.toUnsignedLong(raw.get(ValueLayout.JAVA_INT_UNALIGNED, 0));
            case 8 -> raw.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
            default ->
                throw new IllegalArgumentException(
                        "the driver answered a number of " + raw.byteSize() + " bytes, expected 4 or 8");
        };
    }

    static List<Long> integers(MemorySegment raw) {
        return LongStream.range(0, raw.byteSize() / Long.BYTES)
                .mapToObj(i -> raw.get(ValueLayout.JAVA_LONG_UNALIGNED, i * Long.BYTES))
                .toList();
    }

    private static Set<String> words(MemorySegment raw) {
        String all = string(raw);
        return all.isEmpty()
                ? Set.of()
                : Collections.unmodifiableSet(new LinkedHashSet<>(Arrays.asList(all.split("\\s+"))));
    }
}
