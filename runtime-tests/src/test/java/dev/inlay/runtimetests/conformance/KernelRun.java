// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import dev.inlay.backend.opencl.OpenClDevice;
import dev.inlay.backend.opencl.Pipeline;
import dev.inlay.backend.opencl.binding.Arg;
import dev.inlay.backend.opencl.binding.ClApi;
import dev.inlay.backend.opencl.binding.ClBuffer;
import dev.inlay.backend.opencl.binding.ClKernel;
import dev.inlay.backend.opencl.binding.NdRange;
import dev.inlay.backend.opencl.binding.Sync;
import dev.inlay.kernels.KernelId;
import dev.inlay.plan.Traffic;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** One launch of one kernel: every argument by its name, each buffer with all its bytes. */
final class KernelRun {
    private record Bytes(MemorySegment segment, long offset) {}

    private final KernelId kernel;
    private final Map<String, Bytes> buffers = new LinkedHashMap<>();
    private final Map<String, Arg> scalars = new HashMap<>();

    KernelRun(KernelId kernel) {
        this.kernel = kernel;
    }

    /**
     * @param bytes native memory; all of the buffer
     * @param offset where the region starts, in elements of the argument
     */
    KernelRun buffer(String name, MemorySegment bytes, long offset) {
        buffers.put(name, new Bytes(bytes, offset));
        return this;
    }

    KernelRun set(String name, long value) {
        scalars.put(name, Arg.of(Math.toIntExact(value)));
        return this;
    }

    KernelRun set(String name, float value) {
        scalars.put(name, Arg.of(value));
        return this;
    }

    /**
     * Launches a pipeline once, on buffers of its own, and makes sure that no token was lost.
     *
     * @param mostBytes bytes of a channel beyond which the launch is divided
     * @return all bytes of {@code output} as they are then
     */
    MemorySegment on(OpenClDevice device, Traffic traffic, long mostBytes, String output) {
        return device.call("launching " + kernel, () -> {
            Map<String, ClBuffer> made = new HashMap<>();
            try {
                write(device, made);
                Pipeline pipeline = new Pipeline(device, kernel, traffic, name -> value(name, made), mostBytes);
                try {
                    pipeline.enqueue(device.queue(), Sync.NONE);
                    device.api().finish(device.queue());
                    pipeline.check();
                    return read(device, made, output);
                } finally {
                    pipeline.objects().forEach(device.api()::release);
                }
            } finally {
                made.values().forEach(device.api()::release);
            }
        });
    }

    private OpenClDevice.Value value(String name, Map<String, ClBuffer> made) {
        Bytes bytes = buffers.get(name);
        return bytes == null
                ? new OpenClDevice.Value(scalars.get(name), 0)
                : new OpenClDevice.Value(Arg.of(made.get(name)), bytes.offset());
    }

    private void write(OpenClDevice device, Map<String, ClBuffer> made) {
        buffers.forEach((name, bytes) -> {
            ClBuffer buffer = device.buffer(bytes.segment().byteSize());
            made.put(name, buffer);
            device.api().write(device.queue(), buffer, 0, bytes.segment(), true, Sync.NONE);
        });
    }

    private MemorySegment read(OpenClDevice device, Map<String, ClBuffer> made, String output) {
        MemorySegment result =
                Arena.ofAuto().allocate(buffers.get(output).segment().byteSize(), 64);
        device.api().read(device.queue(), made.get(output), 0, result, true, Sync.NONE);
        device.api().finish(device.queue());
        return result;
    }

    /** Launches once on buffers of their own, and returns all bytes of {@code output} as they are then. */
    MemorySegment on(OpenClDevice device, NdRange range, String output) {
        return device.call("launching " + kernel, () -> {
            ClApi api = device.api();
            Map<String, ClBuffer> made = new HashMap<>();
            try {
                write(device, made);
                ClKernel built = device.kernel(kernel, name -> value(name, made));
                try {
                    api.enqueueNDRange(device.queue(), built, range, Sync.NONE);
                    return read(device, made, output);
                } finally {
                    api.release(built);
                }
            } finally {
                made.values().forEach(api::release);
            }
        });
    }
}
