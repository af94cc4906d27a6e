// SPDX-License-Identifier: Apache-2.0
package dev.inlay;

import dev.inlay.plan.DeviceClass;
import dev.inlay.plan.MemoryMode;
import dev.inlay.plan.SparseUse;
import dev.inlay.plan.Spread;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a graph is to be compiled.
 *
 * @param devices ids of the devices to use, the first preferred; empty means the engine's first
 * @param pins node name to device id
 * @param strict whether a node that must leave its device is an error
 * @param slots requests that may be under way at once, at least 1
 * @param queue requests of {@link Session#runAsync} that may wait for a slot, at least 0
 * @param onFault what a session does about a device that fails
 * @param memory how values share device memory
 * @param sparse when weights that are zero are left out
 * @param skeletons the class whose kernels every OpenCL device is to take instead of its own class's
 * @param spread how nodes that are not pinned are spread over the devices; absent: all go to the first
 */
public record CompileOptions(
        List<String> devices,
        Map<String, String> pins,
        boolean strict,
        int slots,
        int queue,
        OnFault onFault,
        MemoryMode memory,
        SparseUse sparse,
        Optional<DeviceClass> skeletons,
        Optional<Spread> spread) {
    /** Requests that may wait by default. */
    public static final int QUEUE = 1024;

    public CompileOptions {
        devices = List.copyOf(devices);
        pins = Map.copyOf(pins);
        if (slots < 1) {
            throw new IllegalArgumentException("slots: got " + slots + ", expected >= 1");
        }
        if (queue < 0) {
            throw new IllegalArgumentException("queue: got " + queue + ", expected >= 0");
        }
    }

    /** Everything on one device, one slot. */
    public static CompileOptions on(String... devices) {
        return new CompileOptions(
                List.of(devices),
                Map.of(),
                false,
                1,
                QUEUE,
                OnFault.FAIL,
                MemoryMode.ARENA,
                SparseUse.BREAK_EVEN,
                Optional.empty(),
                Optional.empty());
    }

    public CompileOptions withPins(Map<String, String> changed) {
        return new CompileOptions(devices, changed, strict, slots, queue, onFault, memory, sparse, skeletons, spread);
    }

    public CompileOptions withStrict(boolean changed) {
        return new CompileOptions(devices, pins, changed, slots, queue, onFault, memory, sparse, skeletons, spread);
    }

    public CompileOptions withSlots(int changed) {
        return new CompileOptions(devices, pins, strict, changed, queue, onFault, memory, sparse, skeletons, spread);
    }

    public CompileOptions withQueue(int changed) {
        return new CompileOptions(devices, pins, strict, slots, changed, onFault, memory, sparse, skeletons, spread);
    }

    public CompileOptions withOnFault(OnFault changed) {
        return new CompileOptions(devices, pins, strict, slots, queue, changed, memory, sparse, skeletons, spread);
    }

    /** The same on the others of its devices, without the pins on this one. */
    CompileOptions without(String device, List<String> others) {
        Map<String, String> kept = new LinkedHashMap<>(pins);
        kept.values().removeIf(device::equals);
        return new CompileOptions(others, kept, strict, slots, queue, onFault, memory, sparse, skeletons, spread);
    }

    public CompileOptions withMemory(MemoryMode changed) {
        return new CompileOptions(devices, pins, strict, slots, queue, onFault, changed, sparse, skeletons, spread);
    }

    public CompileOptions withSparse(SparseUse changed) {
        return new CompileOptions(devices, pins, strict, slots, queue, onFault, memory, changed, skeletons, spread);
    }

    public CompileOptions withSkeletons(DeviceClass changed) {
        return new CompileOptions(
                devices, pins, strict, slots, queue, onFault, memory, sparse, Optional.of(changed), spread);
    }

    public CompileOptions withSpread(Spread changed) {
        return new CompileOptions(
                devices, pins, strict, slots, queue, onFault, memory, sparse, skeletons, Optional.of(changed));
    }
}
