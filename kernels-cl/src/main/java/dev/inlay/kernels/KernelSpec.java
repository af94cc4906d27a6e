// SPDX-License-Identifier: Apache-2.0
package dev.inlay.kernels;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;
import java.util.Map;

/**
 * What a kernel is to the host; the JSON file beside its text.
 *
 * @param schemaVersion 1
 * @param name {@code family.skeleton[.class]}, as {@link KernelId#spec()}
 * @param summary what it computes, one sentence
 * @param source the text, relative to the kernels' folder
 * @param entry the kernel function; of a pipeline the last one
 * @param prelude texts that go before it, in order; {@code ${X}} stands for the value of define X
 * @param defines names of the defines that choose a variant, with their allowed values; the first is the default
 * @param tunables defines that change speed and not results, with their ranges
 * @param arguments in the order of the function's parameters; of a pipeline those of all its kernels
 * @param stages the kernels of a pipeline, producers before consumers; empty for a kernel that is launched alone
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
        List<Argument> arguments,
        @JsonSetter(nulls = Nulls.AS_EMPTY) List<Stage> stages) {
    public KernelSpec {
        prelude = List.copyOf(prelude);
        defines = Map.copyOf(defines);
        tunables = Map.copyOf(tunables);
        arguments = List.copyOf(arguments);
        stages = List.copyOf(stages);
    }

    /**
     * @param unit what one counts
     * @param defaultValue taken where nothing chooses
     * @param min least allowed
     * @param max most allowed
     */
    public record Tunable(String unit, int defaultValue, int min, int max) {}

    /**
     * One kernel of a pipeline: a single work-item that hands tokens on through channels. A kernel that takes {@code first}
     * and {@code count} works on so many tiles from that one on.
     *
     * @param entry the kernel function
     * @param arguments names of its parameters in order
     * @param channels those that it reads or writes, in the order of the parameters that stand for them, after the
     *     arguments, where the compiler has no channels
     */
    public record Stage(String entry, List<String> arguments, List<String> channels) {
        public Stage {
            arguments = List.copyOf(arguments);
            channels = List.copyOf(channels);
        }

        /** Whether it starts with the board and never ends: what it needs comes by channels. */
        @JsonIgnore
        public boolean isAutorun() {
            return arguments.isEmpty();
        }
    }

    /** Whether it is a pipeline. */
    public boolean isPipeline() {
        return !stages.isEmpty();
    }

    /**
     * The parameters of one kernel of the pipeline.
     *
     * @throws IllegalArgumentException if the stage names one that this specification does not
     */
    public List<Argument> arguments(Stage stage) {
        return stage.arguments().stream()
                .map(name -> arguments.stream()
                        .filter(argument -> argument.name().equals(name))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("kernel " + this.name + ": " + stage.entry()
                                + ": got the argument " + name + ", expected one of " + arguments)))
                .toList();
    }

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
