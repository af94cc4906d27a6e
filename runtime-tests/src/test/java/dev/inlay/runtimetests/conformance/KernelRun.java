// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import dev.inlay.backend.opencl.OpenClDevice;
import dev.inlay.backend.opencl.binding.Arg;
import dev.inlay.backend.opencl.binding.ClApi;
import dev.inlay.backend.opencl.binding.ClBuffer;
import dev.inlay.backend.opencl.binding.ClKernel;
import dev.inlay.backend.opencl.binding.NdRange;
import dev.inlay.backend.opencl.binding.Sync;
import dev.inlay.kernels.KernelCatalog;
import dev.inlay.kernels.KernelId;
import dev.inlay.kernels.KernelSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
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

    /** Launches once on buffers of their own, and returns all bytes of {@code output} as they are then. */
    MemorySegment on(OpenClDevice device, NdRange range, String output) {
        return device.call("launching " + kernel, () -> {
            ClApi api = device.api();
            Map<String, ClBuffer> made = new HashMap<>();
            ClKernel built = device.kernel(kernel);
            try {
                buffers.forEach((name, bytes) -> {
                    ClBuffer buffer = device.buffer(bytes.segment().byteSize());
                    made.put(name, buffer);
                    api.write(device.queue(), buffer, 0, bytes.segment(), true, Sync.NONE);
                });
                setArguments(api, built, made);
                api.enqueueNDRange(device.queue(), built, range, Sync.NONE);
                MemorySegment result =
                        Arena.ofAuto().allocate(buffers.get(output).segment().byteSize(), 64);
                api.read(device.queue(), made.get(output), 0, result, true, Sync.NONE);
                api.finish(device.queue());
                return result;
            } finally {
                made.values().forEach(api::release);
                api.release(built);
            }
        });
    }

    private void setArguments(ClApi api, ClKernel built, Map<String, ClBuffer> made) {
        List<KernelSpec.Argument> arguments = KernelCatalog.spec(kernel.spec()).arguments();
        long offset = 0;
        for (int i = 0; i < arguments.size(); i++) {
            String name = arguments.get(i).name();
            switch (arguments.get(i).kind()) {
                case READ, WRITE -> {
                    api.setArg(built, i, Arg.of(made.get(name)));
                    offset = buffers.get(name).offset();
                }
                case OFFSET -> api.setArg(built, i, Arg.of(offset));
                case INT, FLOAT -> api.setArg(built, i, scalars.get(name));
            }
        }
    }
}
