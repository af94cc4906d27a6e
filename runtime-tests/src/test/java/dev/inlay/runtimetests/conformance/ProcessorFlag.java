// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import dev.inlay.backend.opencl.OpenClDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether kernels may hold assembly that needs a flag of the processor. */
final class ProcessorFlag {
    private ProcessorFlag() {}

    /** Why a device gets no form that needs this flag, as the operating system names it; empty if it does. */
    static String whyNot(OpenClDevice device, String flag) {
        if (!device.description().platform().equals("Portable Computing Language")) {
            return device.description().platform() + " compiles no inline assembly of x86";
        }
        Path info = Path.of("/proc/cpuinfo");
        try {
            return Files.exists(info) && Files.readString(info).matches("(?s).*\\b" + flag + "\\b.*")
                    ? ""
                    : "the processor does not say it has " + flag;
        } catch (IOException e) {
            return info + " cannot be read";
        }
    }
}
