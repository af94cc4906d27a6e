// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl;

import dev.inlay.DeviceException;
import dev.inlay.backend.opencl.binding.Arg;
import dev.inlay.backend.opencl.binding.BinaryResult;
import dev.inlay.backend.opencl.binding.BufferFlag;
import dev.inlay.backend.opencl.binding.BuildResult;
import dev.inlay.backend.opencl.binding.ClApi;
import dev.inlay.backend.opencl.binding.ClBuffer;
import dev.inlay.backend.opencl.binding.ClContext;
import dev.inlay.backend.opencl.binding.ClDevice;
import dev.inlay.backend.opencl.binding.ClException;
import dev.inlay.backend.opencl.binding.ClKernel;
import dev.inlay.backend.opencl.binding.ClObject;
import dev.inlay.backend.opencl.binding.ClProgram;
import dev.inlay.backend.opencl.binding.ClQueue;
import dev.inlay.backend.opencl.binding.Placement;
import dev.inlay.kernels.KernelCatalog;
import dev.inlay.kernels.KernelId;
import dev.inlay.kernels.KernelSpec;
import dev.inlay.plan.DeviceDescription;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One device with its context, its in-order queue and its programs. A single platform thread makes every call: a driver
 * that computes inside enqueue then holds up its own device only. The context is made at the first use.
 */
public final class OpenClDevice implements AutoCloseable {
    private static final Logger LOG = LogManager.getLogger(OpenClDevice.class);

    private final ClApi api;
    private final ClDevice device;
    private final DeviceDescription description;
    private final BinaryCache cache;
    private final String options;
    private final ExecutorService dispatcher;
    private final ConcurrentLinkedQueue<String> driverWords = new ConcurrentLinkedQueue<>();
    private final Map<KernelId, ClProgram> programs = new HashMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private @Nullable ClContext context;
    private @Nullable ClQueue queue;
    private @Nullable ClQueue profilingQueue;

    public OpenClDevice(ClApi api, ClDevice device, DeviceDescription description, BinaryCache cache) {
        this.api = api;
        this.device = device;
        this.description = description;
        this.cache = cache;
        this.options =
                "-cl-std=CL1.2 -cl-kernel-arg-info" + (description.features().contains("FMA") ? "" : " -DINLAY_NO_FMA");
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
     * Runs a task on the device's thread and waits for it. An interrupt does not end the wait, because the task may be
     * at work on the caller's memory; it is kept for the caller.
     *
     * @param what the task, for the error message
     * @throws DeviceException if OpenCL refuses a call
     * @throws IllegalStateException if the device is closed
     */
    public <T> T call(String what, Callable<T> task) {
        Future<T> result;
        try {
            result = dispatcher.submit(() -> {
                driverWords.clear();
                return task.call();
            });
        } catch (RejectedExecutionException e) {
            throw new IllegalStateException("device " + description.id() + ": " + what + ": the device is closed", e);
        }
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return result.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ClException refusal) {
                throw failure(what, refusal);
            }
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new DeviceException("device " + description.id() + ": " + what + ": " + e.getCause(), e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** A refusal with the device, what was tried, and what the driver said about it. */
    public DeviceException failure(String what, ClException refusal) {
        return new DeviceException(
                "device " + description.id() + ": " + what + ": " + refusal.getMessage() + words(), refusal);
    }

    /**
     * Releases every object in this order, also when one of them cannot be, and waits for it.
     *
     * @param what the task, for the error message
     * @throws DeviceException if OpenCL refuses one
     */
    public void release(String what, List<? extends ClObject> objects) {
        call(what, () -> {
            List<ClException> refusals = new ArrayList<>();
            for (ClObject object : objects) {
                try {
                    api.release(object);
                } catch (ClException e) {
                    refusals.add(e);
                }
            }
            if (!refusals.isEmpty()) {
                ClException first = refusals.removeFirst();
                refusals.forEach(first::addSuppressed);
                throw first;
            }
            return null;
        });
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

    /** An in-order queue whose events keep times; on the device's thread only. */
    public ClQueue profilingQueue() {
        ClQueue ready = profilingQueue;
        if (ready == null) {
            ready = api.createQueue(context(), device, true);
            profilingQueue = ready;
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

    /**
     * What an argument of a kernel is given.
     *
     * @param arg a buffer or a number
     * @param offset where a buffer's region starts, in elements of the argument
     */
    public record Value(Arg arg, long offset) {}

    /**
     * A kernel object of its own for the caller, who releases it, with every argument set; on the device's thread only.
     *
     * @param values by the argument's name; those that say where a region starts follow from their buffers
     */
    public ClKernel kernel(KernelId id, Function<String, Value> values) {
        ClKernel kernel = kernel(id);
        try {
            List<KernelSpec.Argument> arguments = KernelCatalog.spec(id.spec()).arguments();
            long offset = 0;
            for (int i = 0; i < arguments.size(); i++) {
                if (arguments.get(i).kind() == KernelSpec.Kind.OFFSET) {
                    api.setArg(kernel, i, Arg.of(offset));
                } else {
                    Value value = values.apply(arguments.get(i).name());
                    offset = value.offset();
                    api.setArg(kernel, i, value.arg());
                }
            }
            return kernel;
        } catch (RuntimeException | Error e) {
            discard(kernel, e);
            throw e;
        }
    }

    private ClProgram program(KernelId id) {
        String source = KernelCatalog.source(id);
        String key =
                BinaryCache.key("1", source, options, description.platform(), description.name(), description.driver());
        Optional<ClProgram> cached = cache.get(key).flatMap(this::fromBinary);
        if (cached.isPresent()) {
            LOG.debug("{}: kernel {} came from the cache", description.id(), id);
            return cached.get();
        }
        long start = System.nanoTime();
        ClProgram program = api.programFromSource(context(), source);
        try {
            BuildResult result = api.build(program, device, options);
            if (!result.succeeded()) {
                throw new DeviceException("device " + description.id() + ": kernel " + id + " with options \"" + options
                        + "\" does not build: " + result.status() + "; the compiler says: " + result.log());
            }
            LOG.debug("{}: kernel {} compiled in {} ms", description.id(), id, (System.nanoTime() - start) / 1_000_000);
            save(key, program);
            return program;
        } catch (RuntimeException | Error e) {
            discard(program, e);
            throw e;
        }
    }

    private void save(String key, ClProgram program) {
        byte[] binary;
        try {
            binary = api.programBinary(program);
        } catch (ClException e) {
            // The program itself is good; it is compiled again next time.
            return;
        }
        cache.put(key, binary);
    }

    private void discard(ClObject object, Throwable failure) {
        try {
            api.release(object);
        } catch (ClException e) {
            failure.addSuppressed(e);
        }
    }

    /** A program out of the cache; empty when the driver does not take it, for whatever reason. */
    private Optional<ClProgram> fromBinary(byte[] binary) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, binary);
            return switch (api.programFromBinary(context(), device, bytes)) {
                case BinaryResult.Refused refused -> Optional.empty();
                case BinaryResult.Accepted accepted -> built(accepted.program());
            };
        } catch (ClException e) {
            return Optional.empty();
        }
    }

    private Optional<ClProgram> built(ClProgram program) {
        try {
            BuildResult result = api.build(program, device, options);
            if (!result.succeeded()) {
                throw new ClException("clBuildProgram", result.status());
            }
            return Optional.of(program);
        } catch (RuntimeException | Error e) {
            discard(program, e);
            throw e;
        }
    }

    /**
     * Releases everything; calls that are under way end first, and closing twice does nothing.
     *
     * @throws DeviceException if OpenCL refuses; everything else is released all the same
     */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        try {
            release("closing", call("closing", this::takeAll));
        } finally {
            dispatcher.close();
        }
    }

    private List<ClObject> takeAll() {
        List<ClObject> all = new ArrayList<>(programs.values());
        programs.clear();
        Optional.ofNullable(queue).ifPresent(all::add);
        Optional.ofNullable(profilingQueue).ifPresent(all::add);
        Optional.ofNullable(context).ifPresent(all::add);
        return all;
    }
}
