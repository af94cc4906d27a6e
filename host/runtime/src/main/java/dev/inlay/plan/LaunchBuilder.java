// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.kernels.KernelId;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Collects the parts of one launch. */
final class LaunchBuilder {
    private final String kernel;
    private final Map<String, String> defines = new TreeMap<>();
    private final Map<String, Step.Argument> arguments = new HashMap<>();
    private List<Long> global = List.of(1L, 1L, 1L);
    private List<Long> local = List.of(1L, 1L, 1L);
    private Work work = new Work("f32", 0, 0);
    private Optional<Traffic> traffic = Optional.empty();

    LaunchBuilder(String kernel) {
        this.kernel = kernel;
    }

    LaunchBuilder define(String name, Object value) {
        defines.put(name, value.toString());
        return this;
    }

    /** A region of values, starting at its first element, halo included. */
    LaunchBuilder stored(String name, Stored value) {
        return stored(name, value, 0);
    }

    LaunchBuilder stored(String name, Stored value, long elements) {
        arguments.put(name, new Step.Argument.OfStored(value.id(), elements));
        return this;
    }

    LaunchBuilder packed(String name, int id) {
        arguments.put(name, new Step.Argument.OfPacked(id));
        return this;
    }

    LaunchBuilder argument(String name, Step.Argument value) {
        arguments.put(name, value);
        return this;
    }

    LaunchBuilder set(String name, long value) {
        arguments.put(name, new Step.Argument.OfInt(Math.toIntExact(value)));
        return this;
    }

    LaunchBuilder set(String name, float value) {
        arguments.put(name, new Step.Argument.OfFloat(value));
        return this;
    }

    /** How an input is held: {@code X_FORMAT, x_zero, x_step} for prefix x. */
    LaunchBuilder reads(String prefix, Held held) {
        if (!held.isReal()) {
            define(prefix.toUpperCase(Locale.ROOT) + "_FORMAT", held.format());
        }
        if (held.root() == 2) {
            define("ROOT", 2);
        }
        return set(prefix + "_zero", held.zero()).set(prefix + "_step", held.step());
    }

    /** How the output is held. */
    LaunchBuilder writes(Held held) {
        if (held.odd()) {
            define("Y_ODD", 1);
        }
        return reads("y", held).set("y_low", held.low()).set("y_high", held.high());
    }

    /** The strides {@code prefix0 … prefixN}. */
    LaunchBuilder strides(String prefix, List<Integer> strides) {
        for (int axis = 0; axis < strides.size(); axis++) {
            set(prefix + axis, strides.get(axis));
        }
        return this;
    }

    LaunchBuilder range(List<Long> globalSize, List<Long> localSize) {
        global = globalSize;
        local = localSize;
        return this;
    }

    /**
     * A range whose dimension 0 is rounded up to whole work-groups. A driver may compile a kernel anew for every
     * work-group size, so only two are ever used.
     */
    LaunchBuilder lanes(long inner, long middle, long outer) {
        long group = inner <= 16 ? 16 : 64;
        return range(List.of(Math.ceilDiv(inner, group) * group, middle, outer), List.of(group, 1L, 1L));
    }

    LaunchBuilder work(String carrier, long operations, long bytes) {
        work = new Work(carrier, operations, bytes);
        return this;
    }

    /** Whether a define is 1. */
    boolean isSet(String name) {
        return "1".equals(defines.get(name));
    }

    /** Makes it a pipeline, each kernel of which is one work-item. */
    LaunchBuilder pipeline(Traffic tokens) {
        traffic = Optional.of(tokens);
        range(List.of(1L, 1L, 1L), List.of(1L, 1L, 1L));
        return this;
    }

    Step.Launch on(String device, String node) {
        return new Step.Launch(device, node, KernelId.of(kernel, defines), arguments, global, local, work, traffic);
    }
}
