// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.measure;

import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** Whether other programs take this machine's processors, which makes every measured time longer. */
public final class MachineLoad {
    /** A load per processor from which on times are no longer those of a quiet machine. */
    private static final double BUSY = 0.75;

    private MachineLoad() {}

    /** Runnable threads over the last minute; absent where the system does not count them. */
    public static OptionalDouble average() {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        return load < 0 ? OptionalDouble.empty() : OptionalDouble.of(load);
    }

    /** One line that says so where the machine is busy before anything is measured. */
    public static Optional<String> notice() {
        int processors = Runtime.getRuntime().availableProcessors();
        OptionalDouble load = average();
        return load.isEmpty() || load.getAsDouble() < BUSY * processors
                ? Optional.empty()
                : Optional.of(String.format(
                        Locale.ROOT,
                        "the machine is busy (load %.1f on %d processors): times are longer than on a quiet one",
                        load.getAsDouble(),
                        processors));
    }
}
