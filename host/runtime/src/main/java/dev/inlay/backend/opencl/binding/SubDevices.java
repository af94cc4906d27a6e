// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

import java.util.List;

/** Splits one device into parts; present only for a device whose driver can. */
public interface SubDevices {
    /** The most parts the device can be split into. */
    int maximum();

    /**
     * Parts of the given numbers of compute units.
     *
     * @param computeUnits for each part, above zero
     * @throws ClException when the device has not as many
     */
    List<ClSubDevice> byCounts(int... computeUnits);

    /**
     * As many parts as there are, each of the same number of compute units.
     *
     * @param computeUnits above zero
     * @throws ClException when the device has not as many
     */
    List<ClSubDevice> equally(int computeUnits);
}
