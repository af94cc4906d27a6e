// SPDX-License-Identifier: Apache-2.0
package dev.inlay;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A device failed: the message holds the device, the kernel or call, and the driver's own words. */
public final class DeviceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final @Nullable String device;

    public DeviceException(String message, Throwable cause) {
        super(message, cause);
        this.device = null;
    }

    public DeviceException(String message) {
        super(message);
        this.device = null;
    }

    /**
     * @param device id of the device that failed
     */
    public DeviceException(String device, String message, Throwable cause) {
        super(message, cause);
        this.device = device;
    }

    /**
     * @param device id of the device that failed
     */
    public DeviceException(String device, String message) {
        super(message);
        this.device = device;
    }

    /** Id of the device that failed; empty when it was not a single one. */
    public Optional<String> device() {
        return Optional.ofNullable(device);
    }
}
