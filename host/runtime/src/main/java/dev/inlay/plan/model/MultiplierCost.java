// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.model;

import dev.inlay.plan.MultiplyAdd;
import dev.inlay.profile.DeviceProfile;
import dev.inlay.profile.Resource;
import java.util.Map;

/** What a multiplier that starts each cycle takes of an FPGA. */
final class MultiplierCost {
    /** The widest operands of which a block of Intel's multiplies two pairs. Source: Intel's Arria 10 handbook. */
    private static final int HALF_BLOCK_BITS = 18;

    private MultiplierCost() {}

    /** The resources of one multiplier, by kind; fractions where several share a block. */
    static Map<Resource, Double> of(DeviceProfile profile, MultiplyAdd multiply) {
        int bits = Math.max(multiply.xBits(), multiply.wBits());
        boolean intel = profile.resources().containsKey(Resource.ALM);
        return switch (multiply.kind()) {
            case FLOAT -> Map.of(Resource.DSP, multiply.xBits() > Short.SIZE || !intel ? 1.0 : 0.5);
            case INTEGER, SHIFT -> Map.of(Resource.DSP, bits <= HALF_BLOCK_BITS && intel ? 0.5 : 1.0);
        };
    }
}
