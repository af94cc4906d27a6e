// SPDX-License-Identifier: Apache-2.0
package dev.inlay;

import dev.inlay.plan.DeviceClass;
import dev.inlay.plan.MemoryMode;
import dev.inlay.plan.SparseUse;
import dev.inlay.plan.Spread;
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
        MemoryMode memory,
        SparseUse sparse,
        Optional<DeviceClass> skeletons,
        Optional<Spread> spread) {
    public CompileOptions {
        devices = List.copyOf(devices);
        pins = Map.copyOf(pins);
        if (slots < 1) {
            throw new IllegalArgumentException("slots: got " + slots + ", expected >= 1");
        }
    }

    /** Everything on one device, one slot. */
    public static CompileOptions on(String... devices) {
        return new CompileOptions(
                List.of(devices),
                Map.of(),
                false,
                1,
                MemoryMode.ARENA,
                SparseUse.BREAK_EVEN,
                Optional.empty(),
                Optional.empty());
    }

    public CompileOptions withPins(Map<String, String> changed) {
        return new CompileOptions(devices, changed, strict, slots, memory, sparse, skeletons, spread);
    }

    public CompileOptions withStrict(boolean changed) {
        return new CompileOptions(devices, pins, changed, slots, memory, sparse, skeletons, spread);
    }

    public CompileOptions withSlots(int changed) {
        return new CompileOptions(devices, pins, strict, changed, memory, sparse, skeletons, spread);
    }

    public CompileOptions withMemory(MemoryMode changed) {
        return new CompileOptions(devices, pins, strict, slots, changed, sparse, skeletons, spread);
    }

    public CompileOptions withSparse(SparseUse changed) {
        return new CompileOptions(devices, pins, strict, slots, memory, changed, skeletons, spread);
    }

    public CompileOptions withSkeletons(DeviceClass changed) {
        return new CompileOptions(devices, pins, strict, slots, memory, sparse, Optional.of(changed), spread);
    }

    public CompileOptions withSpread(Spread changed) {
        return new CompileOptions(devices, pins, strict, slots, memory, sparse, skeletons, Optional.of(changed));
    }
}
