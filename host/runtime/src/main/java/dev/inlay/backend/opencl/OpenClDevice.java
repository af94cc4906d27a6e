// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl;

import dev.inlay.DeviceException;
import dev.inlay.backend.opencl.binding.BinaryResult;
import dev.inlay.backend.opencl.binding.BufferFlag;
import dev.inlay.backend.opencl.binding.BuildResult;
import dev.inlay.backend.opencl.binding.ClApi;
import dev.inlay.backend.opencl.binding.ClBuffer;
import dev.inlay.backend.opencl.binding.ClContext;
import dev.inlay.backend.opencl.binding.ClDevice;
import dev.inlay.backend.opencl.binding.ClException;
import dev.inlay.backend.opencl.binding.ClKernel;
import dev.inlay.backend.opencl.binding.ClProgram;
import dev.inlay.backend.opencl.binding.ClQueue;
import dev.inlay.backend.opencl.binding.Placement;
import dev.inlay.kernels.KernelCatalog;
import dev.inlay.kernels.KernelId;
import dev.inlay.plan.DeviceDescription;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * One device with its context, its in-order queue and its programs. A single platform thread makes every call: a driver
 * that computes inside enqueue then holds up its own device only. The context is made at the first use.
 */
public final class OpenClDevice implements AutoCloseable {
    private static final String OPTIONS = "-cl-std=CL1.2 -cl-kernel-arg-info";

    private final ClApi api;
    private final ClDevice device;
    private final DeviceDescription description;
    private final BinaryCache cache;
    private final ExecutorService dispatcher;
    private final ConcurrentLinkedQueue<String> driverWords = new ConcurrentLinkedQueue<>();
    private final Map<KernelId, ClProgram> programs = new HashMap<>();
    private @Nullable ClContext context;
    private @Nullable ClQueue queue;

    public OpenClDevice(ClApi api, ClDevice device, DeviceDescription description, BinaryCache cache) {
        this.api = api;
        this.device = device;
        this.description = description;
        this.cache = cache;
        this.dispatcher = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("inlay " + description.id()).factory());
    }

    public DeviceDescription description() {
        return description;
    }

    public ClApi api() {
        return api;
    }

    /**
     * Runs a task on the device's thread and waits for it.
     *
     * @param what the task, for the error message
     * @throws DeviceException if OpenCL refuses a call
     */
    public <T> T call(String what, Callable<T> task) {
        try {
            return dispatcher.submit(task).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ClException refusal) {
                throw new DeviceException(
                        "device " + description.id() + ": " + what + ": " + refusal.getMessage() + words(), refusal);
            }
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new DeviceException("device " + description.id() + ": " + what + ": " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DeviceException("device " + description.id() + ": " + what + ": interrupted", e);
        }
    }

    private String words() {
        StringBuilder said = new StringBuilder();
        for (String word = driverWords.poll(); word != null; word = driverWords.poll()) {
            said.append("; the driver says: ").append(word.strip().replaceAll("\\s+", " "));
        }
        return said.toString();
    }

    /** The in-order queue; on the device's thread only. */
    public ClQueue queue() {
        ClQueue ready = queue;
        if (ready == null) {
            ready = api.createQueue(context(), device, false);
            queue = ready;
        }
        return ready;
    }

    private ClContext context() {
        ClContext ready = context;
        if (ready == null) {
            ready = api.createContext(device, driverWords::add);
            context = ready;
        }
        return ready;
    }

    /** A buffer that kernels read and write; on the device's thread only. */
    public ClBuffer buffer(long bytes) {
        return api.createBuffer(context(), Set.of(BufferFlag.READ_WRITE), Math.max(bytes, 64), Placement.ANY);
    }

    /** A kernel object of its own for the caller, who releases it; on the device's thread only. */
    public ClKernel kernel(KernelId id) {
        ClProgram program = programs.get(id);
        if (program == null) {
            program = program(id);
            programs.put(id, program);
        }
        return api.createKernel(program, KernelCatalog.spec(id.spec()).entry());
    }

    private ClProgram program(KernelId id) {
        String source = KernelCatalog.source(id);
        String key =
                BinaryCache.key("1", source, OPTIONS, description.platform(), description.name(), description.driver());
        Optional<ClProgram> cached = cache.get(key).flatMap(this::fromBinary);
        if (cached.isPresent()) {
            return cached.get();
        }
        ClProgram program = api.programFromSource(context(), source);
        BuildResult result = api.build(program, device, OPTIONS);
        if (!result.succeeded()) {
            api.release(program);
            throw new DeviceException("device " + description.id() + ": kernel " + id + " with options \"" + OPTIONS
                    + "\" does not build: " + result.status() + "; the compiler says: " + result.log());
        }
        cache.put(key, api.programBinary(program));
        return program;
    }

    private Optional<ClProgram> fromBinary(byte[] binary) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, binary);
            return switch (api.programFromBinary(context(), device, bytes)) {
                case BinaryResult.Refused refused -> Optional.empty();
                case BinaryResult.Accepted accepted -> {
                    if (api.build(accepted.program(), device, OPTIONS).succeeded()) {
                        yield Optional.of(accepted.program());
                    }
                    api.release(accepted.program());
                    yield Optional.empty();
                }
            };
        }
    }

    /** Releases everything; calls that are under way end first. */
    @Override
    public void close() {
        if (dispatcher.isShutdown()) {
            return;
        }
        dispatcher.execute(() -> {
            programs.values().forEach(api::release);
            if (queue != null) {
                api.release(queue);
            }
            if (context != null) {
                api.release(context);
            }
        });
        dispatcher.close();
    }
}
