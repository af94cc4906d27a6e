// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** What a device says that it is. */
public enum DeviceType {
    CPU(1 << 1),
    GPU(1 << 2),
    ACCELERATOR(1 << 3),
    CUSTOM(1 << 4);

    private final long bit;

    DeviceType(long bit) {
        this.bit = bit;
    }

    static Set<DeviceType> of(long bits) {
        Set<DeviceType> types = EnumSet.noneOf(DeviceType.class);
        for (DeviceType type : values()) {
            if ((bits & type.bit) != 0) {
                types.add(type);
            }
        }
        return Collections.unmodifiableSet(types);
    }
}
