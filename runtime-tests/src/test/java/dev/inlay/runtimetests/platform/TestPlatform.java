// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.platform;

import dev.inlay.backend.opencl.binding.ClApi;
import dev.inlay.backend.opencl.binding.ClBinding;
import dev.inlay.backend.opencl.binding.ClDevice;
import dev.inlay.backend.opencl.binding.ClPlatform;
import dev.inlay.backend.opencl.binding.PlatformInfo;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A platform that a test process may be started for. */
public enum TestPlatform {
    POCL("Portable Computing Language", "apt install pocl-opencl-icd"),
    OCLGRIND("Oclgrind", "apt install oclgrind"),
    RUSTICL("rusticl", "apt install mesa-opencl-icd");

    private final String platformName;
    private final String remedy;

    TestPlatform(String platformName, String remedy) {
        this.platformName = platformName;
        this.remedy = remedy;
    }

    /** The platform this process was started for; PoCL where nothing was said. */
    public static TestPlatform current() {
        String name = System.getProperty("inlay.test.platform", "pocl");
        return Arrays.stream(values())
                .filter(platform -> platform.name().equals(name.toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "got inlay.test.platform=" + name + ", expected one of " + Arrays.toString(values())));
    }

    /** The name that the platform gives itself. */
    public String platformName() {
        return platformName;
    }

    /** Each device of this platform under each binding; for a binding without any, one target that says why. */
    public Stream<Target> targets() {
        return ClBinding.names().stream().flatMap(this::targets);
    }

    /** Each device of this platform under one binding, or one target that says why there is none. */
    public Stream<Target> targets(String binding) {
        return switch (ClBinding.load(binding)) {
            case ClBinding.Unavailable(String name, String cause, String remedy) ->
                Stream.of(new Target.Absent(name, cause + "; " + remedy));
            case ClBinding.Available(String name, ClApi api) -> {
                List<Target> found = api.platforms().stream()
                        .filter(platform ->
                                api.platformInfo(platform, PlatformInfo.NAME).equals(platformName))
                        .flatMap(platform -> devices(api, platform))
                        .toList();
                yield found.isEmpty()
                        ? Stream.of(new Target.Absent(
                                name, "no device of platform '" + platformName + "' is installed; " + remedy))
                        : found.stream();
            }
        };
    }

    private Stream<Target> devices(ClApi api, ClPlatform platform) {
        List<ClDevice> devices = api.devices(platform);
        return IntStream.range(0, devices.size()).mapToObj(i -> new Target.Present(this, api, devices.get(i), i));
    }
}
