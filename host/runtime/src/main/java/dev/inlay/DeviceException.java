// SPDX-License-Identifier: Apache-2.0
package dev.inlay;

/** A device failed: the message holds the device, the kernel or call, and the driver's own words. */
public final class DeviceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DeviceException(String message, Throwable cause) {
        super(message, cause);
    }

    public DeviceException(String message) {
        super(message);
    }
}
