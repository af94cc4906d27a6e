// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * All of OpenCL that Inlay calls.
 *
 * <p>Every method throws {@link ClException} when OpenCL answers with an error, {@link IllegalArgumentException} when a
 * host segment is not native, and {@link IllegalStateException} when an object was released before. Offsets and sizes
 * are in bytes. The package description has the rules that hold for all methods.
 */
public interface ClApi {
    /** The binding's name, as {@link ClBinding#load} takes it. */
    String binding();

    // Platforms and devices

    /** All platforms, in the loader's order; empty when no driver is installed. */
    List<ClPlatform> platforms();

    String platformInfo(ClPlatform platform, PlatformInfo info);

    /** All devices of all types; empty for a platform without any. */
    List<ClDevice> devices(ClPlatform platform);

    /** A driver may refuse a question, CL_INVALID_VALUE for one newer than itself. */
    <T> T deviceInfo(ClDevice device, DeviceInfo<T> info);

    /** The splitting of a device into parts, where the driver can. */
    Optional<SubDevices> subDevices(ClDevice device);

    // Contexts and queues

    /**
     * A context of one device.
     *
     * @param errorSink takes what the driver has to say about failures, on any thread, also during this call; must not
     *     call OpenCL
     */
    ClContext createContext(ClDevice device, Consumer<String> errorSink);

    /**
     * An in-order queue.
     *
     * @param profiling whether events of this queue keep times
     */
    ClQueue createQueue(ClContext context, ClDevice device, boolean profiling);

    // Memory

    /**
     * @param bytes above zero, at most {@link DeviceInfo#MAX_ALLOCATION_BYTES}
     */
    ClBuffer createBuffer(ClContext context, Set<BufferFlag> flags, long bytes, Placement placement);

    /**
     * A view of a part of a buffer, which must be released before the buffer itself.
     *
     * @param flags not wider than the parent's; {@code HOST_MEMORY} is inherited and not allowed here
     * @param offset a multiple of {@link DeviceInfo#BASE_ADDRESS_ALIGN_BITS}
     */
    ClBuffer createSubBuffer(ClBuffer parent, Set<BufferFlag> flags, long offset, long bytes);

    // Programs and kernels

    ClProgram programFromSource(ClContext context, String source);

    /** A program out of {@link #programBinary} or of an offline compiler; the bytes are copied. */
    BinaryResult programFromBinary(ClContext context, ClDevice device, MemorySegment binary);

    /**
     * Compiles and links, blocking. A program that does not compile is a result that did not succeed.
     *
     * @param options as for clBuildProgram; {@code -cl-kernel-arg-info} makes {@link #kernelArgs} answer
     */
    BuildResult build(ClProgram program, ClDevice device, String options);

    /** The binary of a built program. */
    byte[] programBinary(ClProgram program);

    ClKernel createKernel(ClProgram program, String name);

    /**
     * The arguments as the kernel declares them, in order; empty when the program was built without
     * {@code -cl-kernel-arg-info} or the driver keeps no such thing.
     */
    Optional<List<KernelArgInfo>> kernelArgs(ClKernel kernel);

    WorkGroupInfo workGroupInfo(ClKernel kernel, ClDevice device);

    void setArg(ClKernel kernel, int index, Arg value);

    // Commands: an event is returned exactly when sync.signals()

    Optional<ClEvent> enqueueNDRange(ClQueue queue, ClKernel kernel, NdRange range, Sync sync);

    /**
     * Copies host memory to a buffer.
     *
     * @param blocking whether to return only when {@code source} may be changed again; a binding may block in any case
     */
    Optional<ClEvent> write(
            ClQueue queue, ClBuffer target, long offset, MemorySegment source, boolean blocking, Sync sync);

    /**
     * Copies a buffer to host memory.
     *
     * @param blocking whether to return only when {@code target} is filled; a binding may block in any case
     */
    Optional<ClEvent> read(
            ClQueue queue, ClBuffer source, long offset, MemorySegment target, boolean blocking, Sync sync);

    /** Copies within the device; regions of one buffer must not overlap. */
    Optional<ClEvent> copy(
            ClQueue queue,
            ClBuffer source,
            long sourceOffset,
            ClBuffer target,
            long targetOffset,
            long bytes,
            Sync sync);

    /**
     * Repeats a pattern.
     *
     * @param pattern of 1, 2, 4, 8, 16, 32, 64 or 128 bytes, copied during the call; offset and bytes are multiples of
     *     its size
     */
    Optional<ClEvent> fill(ClQueue queue, ClBuffer target, long offset, long bytes, MemorySegment pattern, Sync sync);

    /**
     * Makes a region visible to the host, blocking until it is.
     *
     * @param after events of the same context that must complete first
     */
    Mapping map(ClQueue queue, ClBuffer buffer, MapMode mode, long offset, long bytes, List<ClEvent> after);

    /** Gives a mapped region back; once per mapping. */
    Optional<ClEvent> unmap(ClQueue queue, Mapping mapping, Sync sync);

    /** An event that completes with all commands enqueued before, or with {@code after} when that is not empty. */
    ClEvent marker(ClQueue queue, List<ClEvent> after);

    /** Hands everything enqueued to the device. */
    void flush(ClQueue queue);

    /** Blocks until everything enqueued is done. */
    void finish(ClQueue queue);

    // Events

    /** Blocks until all are complete; returns at once when there are none. */
    void waitEvents(List<ClEvent> events);

    EventStatus eventStatus(ClEvent event);

    /**
     * The times of a completed command.
     *
     * @throws ClException with CL_PROFILING_INFO_NOT_AVAILABLE before completion, and on a queue without profiling where the driver
     *     keeps no times anyway
     */
    EventProfile eventProfile(ClEvent event);

    /**
     * Calls back once, when the command is complete or failed.
     *
     * @param callback takes CL_SUCCESS or the command's error; runs on a thread of the driver or on the calling one, so
     *     it must neither block nor call OpenCL
     */
    void setEventCallback(ClEvent event, Consumer<ClStatus> callback);

    /** Gives an object back; does nothing when that was done before. */
    void release(ClObject object);
}
