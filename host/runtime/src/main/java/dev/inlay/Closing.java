// SPDX-License-Identifier: Apache-2.0
package dev.inlay;

import java.util.Collection;

/** Closes several things, every one of them even when another fails. */
final class Closing {
    private Closing() {}

    /** Closes the parts of something that failed; what fails now is suppressed in {@code failure}. */
    static void after(Throwable failure, Collection<? extends AutoCloseable> parts) {
        for (AutoCloseable part : parts) {
            try {
                part.close();
            } catch (Exception e) {
                failure.addSuppressed(e);
            }
        }
    }

    /**
     * Closes the parts.
     *
     * @param whole what they are the parts of, for the error message
     * @throws DeviceException if some fail, their failures suppressed in it
     */
    static void all(String whole, Collection<? extends AutoCloseable> parts) {
        DeviceException failure = new DeviceException(whole + ": closing failed");
        after(failure, parts);
        Throwable[] failures = failure.getSuppressed();
        if (failures.length > 0) {
            DeviceException told = new DeviceException(failure.getMessage() + ": " + failures[0].getMessage());
            for (Throwable each : failures) {
                told.addSuppressed(each);
            }
            throw told;
        }
    }
}
