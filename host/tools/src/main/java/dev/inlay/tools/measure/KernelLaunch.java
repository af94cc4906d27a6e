// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.measure;

import dev.inlay.backend.opencl.OpenClDevice;
import dev.inlay.backend.opencl.binding.Arg;
import dev.inlay.backend.opencl.binding.ClBuffer;
import dev.inlay.backend.opencl.binding.ClKernel;
import dev.inlay.backend.opencl.binding.NdRange;
import dev.inlay.backend.opencl.binding.Sync;
import dev.inlay.kernels.KernelId;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** One kernel with buffers of its own, launched again and again to be timed. */
final class KernelLaunch implements AutoCloseable {
    /** An argument: memory to be made and filled, or a number. */
    sealed interface Operand {
        record Memory(long bytes, Consumer<MemorySegment> fill) implements Operand {}

        record Int(int value) implements Operand {}

        record Real(float value) implements Operand {}
    }

    private final OpenClDevice device;
    private final ClKernel kernel;
    private final List<ClBuffer> buffers = new ArrayList<>();
    private final NdRange range;

    KernelLaunch(OpenClDevice device, KernelId id, Map<String, Operand> operands, List<Long> global, List<Long> local) {
        this.device = device;
        this.range = NdRange.of(global, local);
        this.kernel = device.call(
                "kernel " + id, () -> device.kernel(id, name -> new OpenClDevice.Value(arg(operands.get(name)), 0)));
    }

    private Arg arg(Operand operand) {
        return switch (operand) {
            case Operand.Memory memory -> {
                ClBuffer buffer = device.buffer(memory.bytes());
                buffers.add(buffer);
                try (Arena arena = Arena.ofConfined()) {
                    MemorySegment content = arena.allocate(memory.bytes(), 64);
                    memory.fill().accept(content);
                    device.api().write(device.queue(), buffer, 0, content, true, Sync.NONE);
                }
                yield Arg.of(buffer);
            }
            case Operand.Int number -> Arg.of(number.value());
            case Operand.Real number -> Arg.of(number.value());
        };
    }

    /** Nanoseconds from enqueue to the end of {@code times} launches. */
    long nanos(int times) {
        return device.call("timed launch", () -> {
            long start = System.nanoTime();
            for (int i = 0; i < times; i++) {
                device.api().enqueueNDRange(device.queue(), kernel, range, Sync.NONE);
            }
            device.api().finish(device.queue());
            return System.nanoTime() - start;
        });
    }

    @Override
    public void close() {
        device.call("release", () -> {
            device.api().release(kernel);
            buffers.forEach(device.api()::release);
            return null;
        });
    }
}
