// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** What a device's single-precision arithmetic can do. */
public enum FloatCapability {
    DENORM(1),
    INF_NAN(1 << 1),
    ROUND_TO_NEAREST(1 << 2),
    ROUND_TO_ZERO(1 << 3),
    ROUND_TO_INF(1 << 4),
    FMA(1 << 5),
    SOFT_FLOAT(1 << 6),
    CORRECTLY_ROUNDED_DIVIDE_SQRT(1 << 7);

    private final long bit;

    FloatCapability(long bit) {
        this.bit = bit;
    }

    static Set<FloatCapability> of(long bits) {
        Set<FloatCapability> capabilities = EnumSet.noneOf(FloatCapability.class);
        for (FloatCapability capability : values()) {
            if ((bits & capability.bit) != 0) {
                capabilities.add(capability);
            }
        }
        return Collections.unmodifiableSet(capabilities);
    }
}
