// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.platform;

import dev.inlay.backend.opencl.binding.ClApi;
import dev.inlay.backend.opencl.binding.ClDevice;
import dev.inlay.backend.opencl.binding.DeviceInfo;
import org.junit.jupiter.api.Assumptions;

/** What a test that is tagged {@code opencl} runs on. */
public sealed interface Target {
    /** A device as one binding sees it. */
    record Present(TestPlatform platform, ClApi api, ClDevice device, int index) implements Target {
        @Override
        public String toString() {
            return api.binding() + " " + api.deviceInfo(device, DeviceInfo.NAME);
        }
    }

    /** A binding that finds no such device here. */
    record Absent(String binding, String why) implements Target {
        @Override
        public String toString() {
            return binding + ": absent";
        }
    }

    /** The device, or the end of the test as skipped, with the reason. */
    default Present orSkip() {
        return switch (this) {
            case Present present -> present;
            case Absent absent -> Assumptions.abort(absent.why());
        };
    }
}
