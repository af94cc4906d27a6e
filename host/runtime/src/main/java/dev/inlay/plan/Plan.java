// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Everything that a session needs to run a graph, as pure data.
 *
 * @param schemaVersion 1
 * @param graph the graph's name
 * @param devices the devices it uses, the host included
 * @param stored values in memory
 * @param regions where they lie
 * @param packed constants to upload
 * @param steps what to do, in order
 * @param inputs name of a graph input to its position in {@code stored}, on the host
 * @param outputs name of a graph output to its position in {@code stored}, on the host
 * @param decisions for each node: where and why
 * @param memory how regions share buffers
 */
public record Plan(
        int schemaVersion,
        String graph,
        List<DeviceDescription> devices,
        List<Stored> stored,
        List<Region> regions,
        List<PackedConstant> packed,
        List<Step> steps,
        Map<String, Integer> inputs,
        Map<String, Integer> outputs,
        List<Decision> decisions,
        MemoryMode memory) {
    public Plan {
        devices = List.copyOf(devices);
        stored = List.copyOf(stored);
        regions = List.copyOf(regions);
        packed = List.copyOf(packed);
        steps = List.copyOf(steps);
        decisions = List.copyOf(decisions);
    }

    /** Bytes of the gap after every region in mode {@link MemoryMode#GUARDED}. */
    public static final long GUARD_BYTES = 64;

    /** Ids of the devices it uses beside the host. */
    public List<String> openClDevices() {
        return devices.stream()
                .filter(device -> !device.isReference())
                .map(DeviceDescription::id)
                .toList();
    }

    /** The region a stored value lies in. */
    public Region region(Stored value) {
        return regions.get(value.region());
    }

    /** Bytes of the buffers that one slot needs on a device, in buffer order. */
    public List<Long> bufferBytes(String device) {
        int buffers = regions.stream()
                .filter(region -> region.device().equals(device))
                .mapToInt(region -> region.buffer() + 1)
                .max()
                .orElse(0);
        long gap = memory == MemoryMode.GUARDED ? GUARD_BYTES : 0;
        long[] bytes = new long[buffers];
        for (Region region : regions) {
            if (region.device().equals(device)) {
                bytes[region.buffer()] = Math.max(bytes[region.buffer()], region.offset() + region.bytes() + gap);
            }
        }
        return Arrays.stream(bytes).boxed().toList();
    }
}
