// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.model;

import dev.inlay.plan.MultiplyAdd;
import dev.inlay.profile.DeviceProfile;
import dev.inlay.profile.Resource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a multiply-add that starts each cycle takes of an FPGA. There may be several ways, which are used side by side.
 *
 * <p>In blocks: one f32 or two 18 x 19 multiplies in a block of Intel's Arria 10 and Stratix 10 (handbooks of both), one
 * 25 x 18 multiply in AMD's DSP48E1 (UG479); f32 where the profile says its peak only. In logic: a product of x by w bits
 * is x w partial products, summed two bits of a sum an ALM (Intel, "Stratix 10 Logic Array Blocks and Adaptive Logic
 * Modules": two full adders an ALM), or one a look-up table of AMD's (UG474: one bit of a carry chain each), and one more
 * addition of the product's bits; a shift takes the levels of a multiplexer in their place.
 */
final class MultiplierCost {
    /** The widest operands of which a block of Intel's multiplies two pairs. */
    private static final int HALF_BLOCK_BITS = 18;

    /** The widest operands that are multiplied in logic: above, blocks are cheaper by far. */
    private static final int LOGIC_BITS = 8;

    private MultiplierCost() {}

    /** The ways, each the resources of one multiplier; fractions where several share a block. */
    static List<Map<Resource, Double>> of(DeviceProfile profile, MultiplyAdd multiply) {
        boolean intel = profile.resources().containsKey(Resource.ALM);
        Resource logic = intel ? Resource.ALM : Resource.LUT;
        int x = multiply.xBits();
        int w = multiply.wBits();
        Map<Resource, Double> blocks = new EnumMap<>(Resource.class);
        blocks.put(
                Resource.DSP,
                switch (multiply.kind()) {
                    case FLOAT -> x > Short.SIZE || !intel ? 1.0 : 0.5;
                    case INTEGER, SHIFT -> Math.max(x, w) <= HALF_BLOCK_BITS && intel ? 0.5 : 1.0;
                });
        if (multiply.kind() == MultiplyAdd.Kind.FLOAT
                || Math.max(x, w) > LOGIC_BITS
                || !profile.resources().containsKey(logic)) {
            return List.of(blocks);
        }
        double bits = multiply.kind() == MultiplyAdd.Kind.SHIFT ? (double) x * levels(w) : (double) x * w;
        double inLogic = (bits + x + w) / (intel ? 2 : 1);
        return List.of(blocks, Map.of(logic, inLogic));
    }

    /** Levels of multiplexers that shift by a code of so many bits, its sign apart. */
    private static int levels(int bits) {
        return Math.max(1, bits - 1);
    }
}
