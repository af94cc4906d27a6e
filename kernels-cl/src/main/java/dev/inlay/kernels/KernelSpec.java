// SPDX-License-Identifier: Apache-2.0
package dev.inlay.kernels;

import java.util.List;
import java.util.Map;

/**
 * What a kernel is to the host; the JSON file beside its text.
 *
 * @param schemaVersion 1
 * @param name {@code family.skeleton[.class]}, as {@link KernelId#spec()}
 * @param summary what it computes, one sentence
 * @param source the text, relative to the kernels' folder
 * @param entry the kernel function
 * @param prelude texts that go before it, in order; {@code ${X}} stands for the value of define X
 * @param defines names of the defines that choose a variant, with their allowed values; the first is the default
 * @param tunables defines that change speed and not results, with their ranges
 * @param arguments in the order of the function's parameters
 */
public record KernelSpec(
        int schemaVersion,
        String name,
        String summary,
        String source,
        String entry,
        List<String> prelude,
        Map<String, List<String>> defines,
        Map<String, Tunable> tunables,
        List<Argument> arguments) {
    public KernelSpec {
        prelude = List.copyOf(prelude);
        defines = Map.copyOf(defines);
        tunables = Map.copyOf(tunables);
        arguments = List.copyOf(arguments);
    }

    /**
     * @param unit what one counts
     * @param defaultValue taken where nothing chooses
     * @param min least allowed
     * @param max most allowed
     */
    public record Tunable(String unit, int defaultValue, int min, int max) {}

    /**
     * One parameter of the kernel function.
     *
     * @param name as in the function
     * @param kind how its value is given
     */
    public record Argument(String name, Kind kind) {}

    /** How the value of an argument is given. */
    public enum Kind {
        /** A global buffer that is only read. */
        READ,
        /** A global buffer that is written. */
        WRITE,
        /** {@code ulong}: where the region of the buffer argument before it starts, in elements of that argument. */
        OFFSET,
        INT,
        FLOAT
    }
}
