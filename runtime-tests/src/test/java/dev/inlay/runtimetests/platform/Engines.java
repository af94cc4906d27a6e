// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.platform;

import dev.inlay.Engine;
import dev.inlay.backend.opencl.BinaryCache;
import dev.inlay.backend.opencl.FastForms;
import dev.inlay.backend.opencl.binding.ClApi;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.profile.ProfileCatalog;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** One engine for all tests of a process: contexts and compiled programs are dear. */
public final class Engines {
    private static final Engine ENGINE = open();

    private Engines() {}

    private static Engine open() {
        return switch (TestPlatform.current().targets("lwjgl").findFirst().orElseThrow()) {
            case Target.Present present ->
                over(present.api(), new BinaryCache(Path.of("target", "programs"), 1L << 30));
            case Target.Absent absent -> Engine.none(absent.why());
        };
    }

    private static Engine over(ClApi api, BinaryCache cache) {
        return Engine.over(api, cache, ProfileCatalog.shipped(), FastForms.ofProcessor(cache));
    }

    public static Engine current() {
        return ENGINE;
    }

    /** The default binding, without decoration; the test is skipped where the platform is absent. */
    public static ClApi api() {
        return TestPlatform.current()
                .targets("lwjgl")
                .findFirst()
                .orElseThrow()
                .orSkip()
                .api();
    }

    /** The OpenCL devices of this process's platform; the test is skipped with the reason where there is none. */
    public static List<DeviceDescription> devices() {
        List<DeviceDescription> devices = ENGINE.devices().stream()
                .filter(device ->
                        device.platform().equals(TestPlatform.current().platformName()))
                .toList();
        Assumptions.assumeFalse(
                devices.isEmpty(), () -> "no device of " + TestPlatform.current() + ": " + ENGINE.notices());
        return devices;
    }
}
