// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.kernels.KernelCatalog;
import dev.inlay.kernels.KernelId;
import dev.inlay.kernels.KernelSpec;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The kernels of a device that were compiled beforehand, of which no other can be made.
 *
 * @param source where they come from, for messages
 * @param kernels all there are
 */
public record FixedKernels(String source, Set<KernelId> kernels) {
    public FixedKernels {
        kernels = Set.copyOf(kernels);
    }

    /** Why a kernel is not to be had, by what the nearest one has instead; empty if it is. */
    public Optional<String> whyNot(KernelId wanted) {
        if (kernels.contains(wanted)) {
            return Optional.empty();
        }
        List<Map<String, String>> differences = kernels.stream()
                .filter(kernel -> kernel.spec().equals(wanted.spec()))
                .map(kernel -> differences(wanted, kernel))
                .sorted(Comparator.comparingInt(Map<String, String>::size).thenComparing(Map::toString))
                .toList();
        return Optional.of(source + " holds no " + wanted.spec()
                + (differences.isEmpty()
                        ? ""
                        : differences.getFirst().entrySet().stream()
                                .map(each -> each.getKey() + ": " + each.getValue())
                                .collect(Collectors.joining(", ", " that fits: ", ""))));
    }

    /** Define to what one kernel has of it and the other needs, where they differ. */
    private static Map<String, String> differences(KernelId wanted, KernelId kernel) {
        KernelSpec spec = KernelCatalog.spec(wanted.spec());
        Set<String> names = new TreeSet<>(wanted.defines().keySet());
        names.addAll(kernel.defines().keySet());
        Map<String, String> differences = new TreeMap<>();
        for (String name : names) {
            String got = value(spec, kernel, name);
            String needed = value(spec, wanted, name);
            if (!got.equals(needed)) {
                differences.put(name, "got " + got + ", the layer needs " + needed);
            }
        }
        return differences;
    }

    private static String value(KernelSpec spec, KernelId kernel, String define) {
        String value = kernel.defines().get(define);
        if (value != null) {
            return value;
        }
        KernelSpec.Tunable tunable = spec.tunables().get(define);
        return tunable == null ? spec.defines().get(define).getFirst() : String.valueOf(tunable.defaultValue());
    }
}
