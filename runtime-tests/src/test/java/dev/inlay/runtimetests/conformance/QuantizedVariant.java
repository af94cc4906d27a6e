// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import dev.inlay.kernels.KernelCatalog;
import dev.inlay.kernels.KernelId;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * One compiled form of a contraction kernel on the u8s8 carrier.
 *
 * @param spec the specification's name
 * @param tunables {@code NAME=value}, what differs from the defaults, formats and epilogue aside
 * @param real whether the output is f32, not u8
 * @param added whether there is a residual
 * @param relu whether a rectifier follows
 */
record QuantizedVariant(String spec, List<String> tunables, boolean real, boolean added, boolean relu) {
    /** A variant whose output and epilogue are given by their words: {@code real}, {@code added}, {@code relu}. */
    static QuantizedVariant of(String spec, String tunables, String epilogue) {
        return new QuantizedVariant(
                spec,
                Arrays.stream(tunables.split(","))
                        .filter(each -> !each.isEmpty())
                        .toList(),
                epilogue.contains("real"),
                epilogue.contains("added"),
                epilogue.contains("relu"));
    }

    boolean isDense() {
        return spec.startsWith("contract.dense");
    }

    boolean isGpu() {
        return spec.endsWith(".gpu");
    }

    KernelId id() {
        TreeMap<String, String> defines = new TreeMap<>();
        for (String each : tunables) {
            String[] parts = each.split("=", 2);
            defines.put(parts[0], parts[1]);
        }
        defines.put("CARRIER", "u8s8");
        defines.put("Y_FORMAT", real ? "f32" : "u8");
        defines.put("RESIDUAL", added ? "1" : "0");
        if (isDense()) {
            defines.put("X_FORMAT", "u8");
            defines.put("W_FORMAT", "s8");
            defines.put("ACTIVATION", relu ? "RELU" : "NONE");
            if (added && !real) {
                defines.put("R_FORMAT", "u8");
            }
        } else {
            defines.put("FUNCTION", relu ? "RELU" : "IDENTITY");
        }
        return KernelId.of(spec, defines);
    }

    /** The value of a tunable, the default where this variant does not set it. */
    int tunable(String name) {
        return tunables.stream()
                .filter(each -> each.startsWith(name + "="))
                .map(each -> Integer.parseInt(each.substring(name.length() + 1)))
                .findFirst()
                .orElseGet(() -> KernelCatalog.spec(spec).tunables().get(name).defaultValue());
    }

    /** Output channels of a panel of a dense skeleton. */
    int panel() {
        return tunable("VW") * tunable("NV");
    }

    @Override
    public String toString() {
        return id().toString();
    }
}
