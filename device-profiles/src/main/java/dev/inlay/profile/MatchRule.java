// SPDX-License-Identifier: Apache-2.0
package dev.inlay.profile;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which real devices a profile is of. Each expression must match the whole of what OpenCL reports.
 *
 * @param platform regular expression for CL_PLATFORM_NAME
 * @param device regular expression for CL_DEVICE_NAME
 * @param driver regular expression for CL_DRIVER_VERSION; absent when every driver will do
 */
public record MatchRule(String platform, String device, Optional<String> driver) {
    /** Whether a device with these names is meant. */
    public boolean matches(String platformName, String deviceName, String driverVersion) {
        return Pattern.matches(platform, platformName)
                && Pattern.matches(device, deviceName)
                && driver.map(expression -> Pattern.matches(expression, driverVersion))
                        .orElse(true);
    }
}
