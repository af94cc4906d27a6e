// SPDX-License-Identifier: Apache-2.0
package dev.inlay.kernels;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    private static final Pattern NAME = Pattern.compile("([a-z]+(?:\\.[a-z]+)+)(?:\\{(\\w+=\\w+(?:,\\w+=\\w+)*)})?");

    public KernelId {
        defines = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(defines));
    }

    public static KernelId of(String spec, Map<String, String> defines) {
        return new KernelId(spec, new TreeMap<>(defines));
    }

    /**
     * The kernel of a name.
     *
     * @throws IllegalArgumentException if there is no such kernel, or it has no such define
     */
    public static KernelId parse(String name) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "kernel: got \"" + name + "\", expected family.skeleton[.class]{DEFINE=value,…}");
        }
        SortedMap<String, String> defines = new TreeMap<>();
        if (matcher.group(2) != null) {
            for (String define : matcher.group(2).split(",")) {
                String[] parts = define.split("=", 2);
                defines.put(parts[0], parts[1]);
            }
        }
        KernelId id = new KernelId(matcher.group(1), defines);
        KernelCatalog.check(id);
        return id;
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
