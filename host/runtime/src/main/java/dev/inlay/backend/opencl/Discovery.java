// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl;

import dev.inlay.DeviceException;
import dev.inlay.UsageException;
import dev.inlay.backend.opencl.binding.ClApi;
import dev.inlay.backend.opencl.binding.ClDevice;
import dev.inlay.backend.opencl.binding.ClException;
import dev.inlay.backend.opencl.binding.ClPlatform;
import dev.inlay.backend.opencl.binding.ClSubDevice;
import dev.inlay.backend.opencl.binding.DeviceInfo;
import dev.inlay.backend.opencl.binding.DeviceType;
import dev.inlay.backend.opencl.binding.FloatCapability;
import dev.inlay.backend.opencl.binding.PlatformInfo;
import dev.inlay.backend.opencl.binding.SubDevices;
import dev.inlay.plan.DeviceClass;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.Evidence;
import dev.inlay.profile.DeviceProfile;
import dev.inlay.profile.ProfileCatalog;
import dev.inlay.profile.Quirk;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** Finds the devices that a binding lists, and describes them. */
public final class Discovery {
    /**
     * A device and its description.
     *
     * @param part what to release when the device is a part of another
     */
    public record Found(ClDevice device, DeviceDescription description, Optional<ClSubDevice> part) {}

    private final ClApi api;
    private final ProfileCatalog profiles;
    private final FastForms forms;
    private final List<Found> found = new ArrayList<>();
    private final List<String> notices = new ArrayList<>();
    private final Map<String, Integer> seen = new HashMap<>();

    private Discovery(ClApi api, ProfileCatalog profiles, FastForms forms) {
        this.api = api;
        this.profiles = profiles;
        this.forms = forms;
    }

    /**
     * Asks every platform and device; one that fails is left out with a notice, the others are not. The largest device
     * comes first, debuggers last.
     *
     * @param profiles whose quirks count for the devices they match
     * @param forms decides on the instructions of the processor; a refusal is a notice
     */
    public static Discovery of(ClApi api, ProfileCatalog profiles, FastForms forms) {
        return of(api, profiles, forms, Map.of());
    }

    /**
     * As {@link #of(ClApi, ProfileCatalog, FastForms)}, with devices split into parts. The parts {@code ID/0},
     * {@code ID/1} … come after the whole, which stays; they share its compute units as evenly as can be.
     *
     * @param splits id of a device to the number of its parts
     * @throws UsageException if there is no such device, or its driver cannot split it so
     * @throws DeviceException if the driver refuses
     */
    public static Discovery of(ClApi api, ProfileCatalog profiles, FastForms forms, Map<String, Integer> splits) {
        Discovery discovery = new Discovery(api, profiles, forms);
        try {
            for (ClPlatform platform : api.platforms()) {
                discovery.add(platform);
            }
        } catch (ClException e) {
            discovery.notices.add("OpenCL was left out: " + e.getMessage());
        }
        discovery.found.sort(Comparator.comparing((Found each) -> each.description.debugger())
                .thenComparing(each -> -each.description.computeUnits()));
        try {
            new TreeMap<>(splits).forEach(discovery::split);
        } catch (RuntimeException | Error e) {
            discovery.releaseParts();
            throw e;
        }
        return discovery;
    }

    private void split(String id, int parts) {
        String wish = "split " + id + "=" + parts;
        Found whole = found.stream()
                .filter(each -> each.description.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new UsageException(wish + ": got no such device, expected one of "
                        + found.stream().map(each -> each.description.id()).toList()));
        int units = whole.description.computeUnits();
        Optional<SubDevices> ways = api.subDevices(whole.device);
        if (ways.isEmpty()) {
            throw new UsageException(wish + ": got a device that its driver cannot split, expected one that it can");
        }
        int most = Math.min(units, ways.get().maximum());
        if (parts < 2 || parts > most) {
            throw new UsageException(wish + ": got " + parts + " parts, expected 2 to " + most);
        }
        int[] counts = IntStream.range(0, parts)
                .map(i -> units / parts + (i < units % parts ? 1 : 0))
                .toArray();
        try {
            List<ClSubDevice> made = ways.get().byCounts(counts);
            int after = found.indexOf(whole) + 1;
            for (int i = 0; i < parts; i++) {
                ClSubDevice part = made.get(i);
                found.add(after + i, new Found(part.device(), whole.description.part(i, counts[i]), Optional.of(part)));
            }
        } catch (ClException e) {
            throw new DeviceException(id, "device " + id + ": " + wish + ": " + e.getMessage(), e);
        }
    }

    private void releaseParts() {
        found.forEach(each -> each.part.ifPresent(api::release));
    }

    public List<Found> found() {
        return List.copyOf(found);
    }

    /** What could not be used and why, one line each. */
    public List<String> notices() {
        return List.copyOf(notices);
    }

    private void add(ClPlatform platform) {
        try {
            String platformName = api.platformInfo(platform, PlatformInfo.NAME);
            for (ClDevice device : api.devices(platform)) {
                add(platformName, device);
            }
        } catch (ClException e) {
            notices.add("an OpenCL platform was left out: " + e.getMessage());
        }
    }

    private void add(String platformName, ClDevice device) {
        try {
            found.add(new Found(device, describe(platformName, device), Optional.empty()));
        } catch (ClException e) {
            notices.add("a device of " + platformName + " was left out: " + e.getMessage());
        }
    }

    private DeviceDescription describe(String platform, ClDevice device) {
        String name = api.deviceInfo(device, DeviceInfo.NAME);
        String driver = api.deviceInfo(device, DeviceInfo.DRIVER_VERSION);
        Optional<DeviceProfile> profile = profiles.match(platform, name, driver);
        Set<DeviceType> types = api.deviceInfo(device, DeviceInfo.TYPE);
        String slug = value(profile, Quirk.Name.PLATFORM_SLUG).orElseGet(() -> slug(platform))
                + "/"
                + value(profile, Quirk.Name.DEVICE_SLUG).orElseGet(() -> slug(name.split("[- (]", 2)[0]));
        String id = slug + "-" + (seen.merge(slug, 1, Integer::sum) - 1);
        Set<String> features = new TreeSet<>();
        if (api.deviceInfo(device, DeviceInfo.SINGLE_FP).contains(FloatCapability.FMA)) {
            features.add("FMA");
        }
        if (has(profile, Quirk.Name.HOST_INSTRUCTIONS)) {
            features.addAll(proven(id, new FastForms.Place(api.binding(), platform, name, driver)));
        }
        return new DeviceDescription(
                id,
                platform,
                name,
                profile.map(each -> classOf(each.skeletons())).orElseGet(() -> classOf(types)),
                typeName(types),
                driver,
                api.binding(),
                Evidence.MEASURED,
                api.deviceInfo(device, DeviceInfo.GLOBAL_MEMORY_BYTES),
                api.deviceInfo(device, DeviceInfo.MAX_ALLOCATION_BYTES),
                api.deviceInfo(device, DeviceInfo.MAX_WORK_GROUP_SIZE),
                Math.toIntExact(api.deviceInfo(device, DeviceInfo.COMPUTE_UNITS)),
                vectorWidth(device),
                features,
                profile.flatMap(each -> each.quirk(Quirk.Name.TUNING))
                        .map(Quirk::settings)
                        .orElse(Map.of()),
                has(profile, Quirk.Name.DEBUGGER),
                Optional.empty());
    }

    private static boolean has(Optional<DeviceProfile> profile, Quirk.Name quirk) {
        return profile.filter(each -> each.has(quirk)).isPresent();
    }

    private static Optional<String> value(Optional<DeviceProfile> profile, Quirk.Name quirk) {
        return profile.flatMap(each -> each.quirk(quirk)).map(Quirk::value);
    }

    private Set<String> proven(String id, FastForms.Place place) {
        Set<String> proven = new TreeSet<>();
        for (FastFeature feature : forms.features()) {
            forms.refusal(place, feature)
                    .ifPresentOrElse(
                            why -> notices.add("device " + id + " is not given the forms with " + feature + ": " + why),
                            () -> proven.add(feature.name()));
        }
        return proven;
    }

    private int vectorWidth(ClDevice device) {
        try {
            return (int) Math.max(1, api.deviceInfo(device, DeviceInfo.NATIVE_VECTOR_WIDTH_FLOAT));
        } catch (ClException e) {
            return 1;
        }
    }

    private static DeviceClass classOf(dev.inlay.profile.DeviceClass profiled) {
        return switch (profiled) {
            case CPU -> DeviceClass.CPU;
            case GPU -> DeviceClass.GPU;
            case FPGA -> DeviceClass.FPGA;
        };
    }

    private static DeviceClass classOf(Set<DeviceType> types) {
        if (types.contains(DeviceType.CPU)) {
            return DeviceClass.CPU;
        }
        return types.contains(DeviceType.GPU) ? DeviceClass.GPU : DeviceClass.FPGA;
    }

    private static String typeName(Set<DeviceType> types) {
        for (DeviceType type : List.of(DeviceType.CPU, DeviceType.GPU, DeviceType.ACCELERATOR)) {
            if (types.contains(type)) {
                return type.name();
            }
        }
        return DeviceType.CUSTOM.name();
    }

    private static String slug(String name) {
        String slug =
                name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
        return slug.isEmpty() ? "device" : slug;
    }
}
