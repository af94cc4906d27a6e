// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.platform;

import dev.inlay.backend.opencl.BinaryCache;
import dev.inlay.backend.opencl.Discovery;
import dev.inlay.backend.opencl.FastForms;
import dev.inlay.backend.opencl.OpenClDevice;
import dev.inlay.profile.ProfileCatalog;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** This process's devices for tests that launch kernels themselves, without an engine; open as long as the process. */
public final class OpenClDevices {
    private static final List<OpenClDevice> DEVICES = open(new BinaryCache(Path.of("target", "programs"), 1L << 30));

    private OpenClDevices() {}

    private static List<OpenClDevice> open(BinaryCache cache) {
        return switch (TestPlatform.current().targets("lwjgl").findFirst().orElseThrow()) {
            case Target.Present present ->
                Discovery.of(present.api(), ProfileCatalog.shipped(), FastForms.none()).found().stream()
                        .filter(found -> found.description()
                                .platform()
                                .equals(TestPlatform.current().platformName()))
                        .map(found -> new OpenClDevice(present.api(), found.device(), found.description(), cache))
                        .toList();
            case Target.Absent absent -> List.of();
        };
    }

    /** The devices of this process's platform; the test is skipped where there is none. */
    public static List<OpenClDevice> all() {
        Assumptions.assumeFalse(DEVICES.isEmpty(), () -> "no device of " + TestPlatform.current());
        return DEVICES;
    }

    /** One more handle on the platform's first device, which compiles every program anew; the caller closes it. */
    public static OpenClDevice uncached() {
        all();
        return open(new BinaryCache(Path.of("target", "no-programs"), 0)).getFirst();
    }
}
