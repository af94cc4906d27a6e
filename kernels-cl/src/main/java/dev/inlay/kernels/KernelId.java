// SPDX-License-Identifier: Apache-2.0
package dev.inlay.kernels;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One compiled form of a kernel: which specification, and the value of each of its defines.
 *
 * <p>{@link #toString()} is the kernel's name everywhere: {@code family.skeleton[.class]{DEFINE=value,…}}, the defines in
 * alphabetical order, for example {@code contract.dense.cpu{MR=6,NV=2,W_FORMAT=f32,X_FORMAT=f32,Y_FORMAT=f32}}.
 *
 * @param spec the specification's name, {@code family.skeleton[.class]}
 * @param defines every define that differs from the specification's default
 */
public record KernelId(String spec, SortedMap<String, String> defines) {
    public KernelId {
        defines = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(defines));
    }

    public static KernelId of(String spec, Map<String, String> defines) {
        return new KernelId(spec, new TreeMap<>(defines));
    }

    @Override
    public String toString() {
        return defines.isEmpty()
                ? spec
                : spec
                        + defines.entrySet().stream()
                                .map(define -> define.getKey() + "=" + define.getValue())
                                .collect(Collectors.joining(",", "{", "}"));
    }
}
