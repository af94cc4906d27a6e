// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import dev.inlay.encoding.OperandPair;
import dev.inlay.kernels.KernelCatalog;
import dev.inlay.kernels.KernelId;
import dev.inlay.tensor.NumberFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * One compiled form of a dense skeleton.
 *
 * @param spec the specification's name
 * @param carrier the carrier
 * @param pair formats of the operands
 * @param y format of the output
 * @param defines everything else that differs from the defaults
 */
record FormatVariant(String spec, String carrier, OperandPair pair, NumberFormat y, Map<String, String> defines) {
    boolean isGpu() {
        return spec.endsWith(".gpu");
    }

    boolean isFpga() {
        return spec.endsWith(".fpga");
    }

    boolean isSet(String define) {
        return defines.getOrDefault(define, "0").equals("1");
    }

    /** Elements of a block, 0 where sums are not folded. */
    int block() {
        return carrier.equals("bf") || isSet("FOLD") ? Integer.parseInt(defines.get("BLOCK")) : 0;
    }

    boolean hasRoot() {
        return defines.getOrDefault("ROOT", "1").equals("2");
    }

    KernelId id() {
        TreeMap<String, String> all = new TreeMap<>(defines);
        all.put("CARRIER", carrier);
        all.put("X_FORMAT", pair.x().name());
        all.put("W_FORMAT", pair.w().name());
        all.put("Y_FORMAT", y.name());
        return KernelId.of(spec, all);
    }

    /** The value of a tunable, the default where this variant does not set it. */
    int tunable(String name) {
        String value = defines.get(name);
        return value != null
                ? Integer.parseInt(value)
                : KernelCatalog.spec(spec).tunables().get(name).defaultValue();
    }

    /** The format of the bias. */
    NumberFormat biasFormat() {
        if (carrier.equals("f32") || block() > 0) {
            return NumberFormat.F32;
        }
        return isSet("SPILL") ? NumberFormat.S64 : NumberFormat.S32;
    }

    @Override
    public String toString() {
        return id().toString();
    }
}
