// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl;

import dev.inlay.backend.opencl.binding.ClApi;
import dev.inlay.backend.opencl.binding.ClDevice;
import dev.inlay.backend.opencl.binding.ClException;
import dev.inlay.backend.opencl.binding.ClPlatform;
import dev.inlay.backend.opencl.binding.DeviceInfo;
import dev.inlay.backend.opencl.binding.DeviceType;
import dev.inlay.backend.opencl.binding.FloatCapability;
import dev.inlay.backend.opencl.binding.PlatformInfo;
import dev.inlay.plan.DeviceClass;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.Evidence;
import dev.inlay.profile.DeviceProfile;
import dev.inlay.profile.ProfileCatalog;
import dev.inlay.profile.Quirk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds the devices that a binding lists, and describes them. */
public final class Discovery {
    /** A device and its description. */
    public record Found(ClDevice device, DeviceDescription description) {}

    private final ClApi api;
    private final ProfileCatalog profiles;
    private final List<Found> found = new ArrayList<>();
    private final List<String> notices = new ArrayList<>();
    private final Map<String, Integer> seen = new HashMap<>();

    private Discovery(ClApi api, ProfileCatalog profiles) {
        this.api = api;
        this.profiles = profiles;
    }

    /**
     * Asks every platform and device; one that fails is left out with a notice, the others are not. The largest device
     * comes first, debuggers last.
     *
     * @param profiles whose quirks count for the devices they match
     */
    public static Discovery of(ClApi api, ProfileCatalog profiles) {
        Discovery discovery = new Discovery(api, profiles);
        try {
            for (ClPlatform platform : api.platforms()) {
                discovery.add(platform);
            }
        } catch (ClException e) {
            discovery.notices.add("OpenCL was left out: " + e.getMessage());
        }
        discovery.found.sort(Comparator.comparing((Found each) -> each.description.debugger())
                .thenComparing(each -> -each.description.computeUnits()));
        return discovery;
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
            found.add(new Found(device, describe(platformName, device)));
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
        int index = seen.merge(slug, 1, Integer::sum) - 1;
        return new DeviceDescription(
                slug + "-" + index,
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
                features(device, has(profile, Quirk.Name.HOST_INSTRUCTIONS)),
                profile.flatMap(each -> each.quirk(Quirk.Name.TUNING))
                        .map(Quirk::settings)
                        .orElse(Map.of()),
                has(profile, Quirk.Name.DEBUGGER));
    }

    private static boolean has(Optional<DeviceProfile> profile, Quirk.Name quirk) {
        return profile.filter(each -> each.has(quirk)).isPresent();
    }

    private static Optional<String> value(Optional<DeviceProfile> profile, Quirk.Name quirk) {
        return profile.flatMap(each -> each.quirk(quirk)).map(Quirk::value);
    }

    private Set<String> features(ClDevice device, boolean hostInstructions) {
        Set<String> features = new TreeSet<>();
        if (api.deviceInfo(device, DeviceInfo.SINGLE_FP).contains(FloatCapability.FMA)) {
            features.add("FMA");
        }
        if (hostInstructions) {
            features.addAll(hostFeatures());
        }
        return features;
    }

    /** What this machine's processor can do, by Linux's names in upper case, of the things that kernels have forms for. */
    private static Set<String> hostFeatures() {
        try {
            String flags = Files.readString(Path.of("/proc/cpuinfo"));
            return Stream.of("avx2", "avx512_vnni")
                    .filter(flag -> flags.contains(" " + flag + " "))
                    .map(flag -> flag.toUpperCase(Locale.ROOT))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            return Set.of();
        }
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
