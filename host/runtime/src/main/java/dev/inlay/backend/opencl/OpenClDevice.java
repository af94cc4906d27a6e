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
import dev.inlay.backend.opencl.binding.ClSubDevice;
import dev.inlay.backend.opencl.binding.Placement;
import dev.inlay.bitstream.Bitstream;
import dev.inlay.bitstream.Bitstreams;
import dev.inlay.kernels.KernelCatalog;
import dev.inlay.kernels.KernelId;
import dev.inlay.kernels.KernelSpec;
import dev.inlay.plan.DeviceDescription;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One device with its context, its in-order queue and its programs. A single platform thread makes every call: a driver
 * that computes inside enqueue then holds up its own device only. The context is made at the first use.
 *
 * <p>A device whose driver does not return from a call within the patience is lost: it refuses everything from then on.
 */
public final class OpenClDevice implements AutoCloseable {
    /** The longest that one call may take by default; compilers and debuggers are slow. */
    public static final Duration PATIENCE = Duration.ofMinutes(10);

    private static final Logger LOG = LogManager.getLogger(OpenClDevice.class);

    private final ClApi api;
    private final ClDevice device;
    private final Optional<ClSubDevice> part;
    private final DeviceDescription description;
    private final BinaryCache cache;
    private final String options;
    private final Dispatcher dispatcher;
    private final ConcurrentLinkedQueue<String> driverWords = new ConcurrentLinkedQueue<>();
    private final Map<KernelId, ClProgram> programs = new HashMap<>();
    private final Map<Path, ClProgram> loaded = new HashMap<>();
    private final List<ClQueue> stageQueues = new ArrayList<>();
    private final Optional<Bitstreams> bitstreams;
    private final AtomicBoolean closed = new AtomicBoolean();
    private @Nullable ClContext context;
    private @Nullable ClQueue queue;
    private @Nullable ClQueue profilingQueue;

    public OpenClDevice(ClApi api, ClDevice device, DeviceDescription description, BinaryCache cache) {
        this(api, new Discovery.Found(device, description, Optional.empty()), cache, PATIENCE, Optional.empty());
    }

    /**
     * @param found which device; a part of another is released with this
     * @param patience the longest that one call may take before the device is lost
     * @param bitstreams what its programs come from, in place of a compiler
     */
    public OpenClDevice(
            ClApi api, Discovery.Found found, BinaryCache cache, Duration patience, Optional<Bitstreams> bitstreams) {
        this.api = api;
        this.device = found.device();
        this.part = found.part();
        this.bitstreams = bitstreams;
        this.description = bitstreams.map(all -> all.on(found.description())).orElse(found.description());
        this.cache = cache;
        this.options =
                "-cl-std=CL1.2 -cl-kernel-arg-info" + (description.features().contains("FMA") ? "" : " -DINLAY_NO_FMA");
        this.dispatcher = new Dispatcher(description.id(), patience);
    }

    public DeviceDescription description() {
        return description;
    }

    public ClApi api() {
        return api;
    }

    /** Whether the driver did not answer in time; it is then not asked again. */
    public boolean isLost() {
        return dispatcher.isLost();
    }

    /**
     * As {@link #call(Object, String, Stop, Callable)}, in the turn of nobody in particular and not to be stopped.
     *
     * @param what the task, for the error message
     */
    public <T extends @Nullable Object> T call(String what, Callable<T> task) {
        return call(this, what, Stop.NEVER, task);
    }

    /**
     * Runs a task on the device's thread and waits for it. An interrupt does not end the wait, because the task may be
     * at work on the caller's memory; it is kept for the caller. A task that was lost may still be at work on it: what it
     * refers to must live on.
     *
     * @param owner whose turn it takes; owners take turns
     * @param what the task, for the error message
     * @param stop ends the wait if the task has not begun
     * @throws DeviceException if OpenCL refuses a call, or does not answer
     * @throws IllegalStateException if the device is closed
     */
    public <T extends @Nullable Object> T call(Object owner, String what, Stop stop, Callable<T> task) {
        try {
            return dispatcher.call(owner, what, stop, () -> {
                driverWords.clear();
                return task.call();
            });
        } catch (ExecutionException e) {
            throw unwrapped(what, e);
        }
    }

    private RuntimeException unwrapped(String what, ExecutionException failure) {
        if (failure.getCause() instanceof ClException refusal) {
            return failure(what, refusal);
        }
        if (failure.getCause() instanceof RuntimeException cause) {
            return cause;
        }
        String id = description.id();
        return new DeviceException(id, "device " + id + ": " + what + ": " + failure.getCause(), failure);
    }

    /**
     * Says what the task does next, for the message if the driver does not answer; on the device's thread only.
     *
     * @throws DeviceException if the device is lost, so that a task that was given up goes no further
     */
    public void step(Supplier<String> what) {
        dispatcher.step(what);
    }

    /** A refusal with the device, what was tried, and what the driver said about it. */
    public DeviceException failure(String what, ClException refusal) {
        return new DeviceException(
                description.id(),
                "device " + description.id() + ": " + what + ": " + refusal.getMessage() + words(),
                refusal);
    }

    /**
     * Releases every object in this order, also when one of them cannot be, and waits for it. On a lost device they are
     * released when the driver answers after all, and nobody waits.
     *
     * @param what the task, for the error message
     * @param objects what to release; asked on the device's thread
     * @throws DeviceException if OpenCL refuses one
     */
    public void release(String what, Supplier<? extends List<? extends ClObject>> objects) {
        try {
            dispatcher.giveBack(this, what, () -> {
                driverWords.clear();
                releaseAll(objects.get());
                return what;
            });
        } catch (ExecutionException e) {
            throw unwrapped(what, e);
        }
    }

    private void releaseAll(List<? extends ClObject> objects) {
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
    }

    /** Frees host memory that calls of this device may be at work on: at once, or once a lost device has answered. */
    public void free(Runnable memory) {
        if (!isLost()) {
            memory.run();
            return;
        }
        try {
            dispatcher.giveBack(this, "freeing host memory", () -> {
                memory.run();
                return memory;
            });
        } catch (ExecutionException e) {
            throw unwrapped("freeing host memory", e);
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

    /** An in-order queue whose events keep times; on the device's thread only. */
    public ClQueue profilingQueue() {
        ClQueue ready = profilingQueue;
        if (ready == null) {
            ready = api.createQueue(context(), device, true);
            profilingQueue = ready;
        }
        return ready;
    }

    /** One queue for each kernel that runs beside others, whose events keep times; on the device's thread only. */
    ClQueue stageQueue(int index) {
        while (stageQueues.size() <= index) {
            stageQueues.add(api.createQueue(context(), device, true));
        }
        return stageQueues.get(index);
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
        return kernel(id, KernelCatalog.spec(id.spec()).entry());
    }

    /** As {@link #kernel(KernelId)}, of a program that has several. */
    ClKernel kernel(KernelId id, String entry) {
        if (bitstreams.isPresent()) {
            return loaded(bitstreams.get(), id, entry);
        }
        return api.createKernel(made(id), entry);
    }

    private ClProgram made(KernelId id) {
        ClProgram program = programs.get(id);
        if (program == null) {
            program = program(id);
            programs.put(id, program);
        }
        return program;
    }

    private ClKernel loaded(Bitstreams all, KernelId id, String entry) {
        Bitstream bitstream =
                all.holding(id).orElseThrow(() -> new IllegalStateException(id + " was planned without a bitstream"));
        ClProgram program = loaded.get(bitstream.path());
        if (program == null) {
            program = loaded(bitstream);
            loaded.put(bitstream.path(), program);
        }
        return api.createKernel(program, bitstream.entry(id, entry).orElse(entry));
    }

    private ClProgram loaded(Bitstream bitstream) {
        Path file = bitstream.file();
        step(() -> "loading the bitstream " + file);
        try (Arena arena = Arena.ofConfined();
                FileChannel channel = FileChannel.open(file)) {
            MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            return switch (api.programFromBinary(context(), device, bytes)) {
                case BinaryResult.Refused refused ->
                    throw new ClException("clCreateProgramWithBinary of " + file, refused.status());
                case BinaryResult.Accepted accepted -> built(accepted.program());
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The program of a kernel as the driver's own compiler makes it, to be kept as a bitstream.
     *
     * @throws DeviceException if it does not build, or the driver does not hand it out
     */
    public byte[] compiled(KernelId id) {
        return call("compiling kernel " + id, () -> api.programBinary(made(id)));
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
            set(kernel, KernelCatalog.spec(id.spec()).arguments(), values);
            return kernel;
        } catch (RuntimeException | Error e) {
            discard(kernel, e);
            throw e;
        }
    }

    /** Sets the arguments of a kernel, which are its first parameters. */
    void set(ClKernel kernel, List<KernelSpec.Argument> arguments, Function<String, Value> values) {
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
        step(() -> "building kernel " + id);
        ClProgram program = api.programFromSource(context(), source);
        try {
            BuildResult result = api.build(program, device, options);
            if (!result.succeeded()) {
                throw new DeviceException(
                        description.id(),
                        "device " + description.id() + ": kernel " + id + " with options \"" + options
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

    /** Releases an object after a failure, which gets what is wrong with that. */
    void discard(ClObject object, Throwable failure) {
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
                case BinaryResult.Accepted accepted -> Optional.of(built(accepted.program()));
            };
        } catch (ClException e) {
            return Optional.empty();
        }
    }

    private ClProgram built(ClProgram program) {
        try {
            BuildResult result = api.build(program, device, options);
            if (!result.succeeded()) {
                throw new ClException("clBuildProgram", result.status());
            }
            return program;
        } catch (RuntimeException | Error e) {
            discard(program, e);
            throw e;
        }
    }

    /**
     * Releases everything; calls that are under way end first, and closing twice does nothing. The thread of a lost
     * device is left behind.
     *
     * @throws DeviceException if OpenCL refuses; everything else is released all the same
     */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        try {
            release("closing", this::takeAll);
        } finally {
            dispatcher.close();
        }
    }

    private List<ClObject> takeAll() {
        List<ClObject> all = new ArrayList<>(programs.values());
        all.addAll(loaded.values());
        programs.clear();
        loaded.clear();
        all.addAll(stageQueues);
        stageQueues.clear();
        Optional.ofNullable(queue).ifPresent(all::add);
        Optional.ofNullable(profilingQueue).ifPresent(all::add);
        Optional.ofNullable(context).ifPresent(all::add);
        part.ifPresent(all::add);
        return all;
    }
}
