// SPDX-License-Identifier: Apache-2.0
package dev.inlay.profile;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is known of one device beforehand. All parts are immutable.
 *
 * @param id the name by which a board is asked for, the file's name without its ending
 * @param name for people
 * @param vendor who made it
 * @param deviceClass cpu, gpu or fpga
 * @param match which real devices this is the profile of; absent for a board that is only modelled
 * @param resources in {@link Unit#COUNT}, in the order of {@link Resource}
 * @param clock the clock frequencies designs for it reach; absent where it does not depend on the design
 * @param peaks operations a second per carrier, in {@link Unit#GIGA_OPERATIONS_PER_SECOND}, in the order of
 *     {@link Carrier}
 * @param memory the device's own memory
 * @param transfer between host and device
 * @param launch what a kernel launch costs
 * @param power in {@link Unit#WATTS}; its source says whether it is a measured draw or a limit
 * @param quirks in the order of the file, each name once
 */
public record DeviceProfile(
        String id,
        String name,
        String vendor,
        DeviceClass deviceClass,
        Optional<MatchRule> match,
        Map<Resource, Figure> resources,
        Optional<Clock> clock,
        Map<Carrier, Figure> peaks,
        Memory memory,
        Transfer transfer,
        Launch launch,
        Optional<Figure> power,
        List<Quirk> quirks) {

    /** The version of the JSON this release reads and writes. */
    public static final int SCHEMA_VERSION = 1;

    public DeviceProfile {
        resources = Collections.unmodifiableMap(new TreeMap<>(resources));
        peaks = Collections.unmodifiableMap(new TreeMap<>(peaks));
        quirks = List.copyOf(quirks);
    }

    /**
     * The range of clock frequencies that compiled designs reached, in {@link Unit#MEGAHERTZ}.
     *
     * @param lowest the slowest design known
     * @param highest the fastest, not below {@code lowest}
     */
    public record Clock(Figure lowest, Figure highest) {}

    /**
     * The device's own memory.
     *
     * @param capacity in {@link Unit#BYTES}
     * @param bandwidth of the data sheet, in {@link Unit#GIGABYTES_PER_SECOND}
     * @param sustained a measured bandwidth in the same unit, not above {@code bandwidth}
     */
    public record Memory(Optional<Figure> capacity, Optional<Figure> bandwidth, Optional<Figure> sustained) {}

    /**
     * Bandwidth between host and device, in {@link Unit#GIGABYTES_PER_SECOND}.
     *
     * @param toDevice host to device
     * @param fromDevice device to host
     */
    public record Transfer(Optional<Figure> toDevice, Optional<Figure> fromDevice) {}

    /**
     * What a kernel launch costs beyond the kernel's own time, in {@link Unit#MICROSECONDS}.
     *
     * @param queued one of many launches in a queue
     * @param synchronous a launch waited for by the host
     */
    public record Launch(Optional<Figure> queued, Optional<Figure> synchronous) {}

    /** Whether the device has this quirk. */
    public boolean has(Quirk.Name quirk) {
        return quirk(quirk).isPresent();
    }

    /** The quirk of this name, if the device has it. */
    public Optional<Quirk> quirk(Quirk.Name quirk) {
        return quirks.stream().filter(each -> each.name() == quirk).findFirst();
    }

    /** The class whose kernels the device takes: its own, where no quirk names another. */
    public DeviceClass skeletons() {
        return quirk(Quirk.Name.SKELETONS)
                .map(quirk -> DeviceClass.labelled(quirk.value()))
                .orElse(deviceClass);
    }

    /** The operations a second of a carrier, in op/s; empty where it is not known. */
    public Optional<Double> peakOperationsPerSecond(Carrier carrier) {
        return Optional.ofNullable(peaks.get(carrier)).map(peak -> peak.value() * 1e9);
    }
}
