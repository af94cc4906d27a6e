// SPDX-License-Identifier: Apache-2.0
package dev.inlay;

import java.util.Locale;

/** What a session does about a device that fails. */
public enum OnFault {
    /** The request fails. */
    FAIL,
    /**
     * The session plans again without the device and goes on so; a request that failed is run once more. Pins on the
     * device are dropped, which {@link Session#notices} says.
     */
    REPLAN;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
