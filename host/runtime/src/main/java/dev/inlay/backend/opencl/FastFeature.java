// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl;

import dev.inlay.kernels.KernelId;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A set of processor instructions that kernels have fast forms for; {@code prelude/device/cpu_x86.cl} holds them. */
public enum FastFeature {
    AVX2(8, "dot_halves", "dot_pairs", "lookup_bytes", "equal_bytes", "lookup_words", "pick_of_four", "pick_of_eight"),
    AVX512_VNNI(16, "dot_bytes"),
    AVX512_VPOPCNTDQ(16, "count_bits");

    private final int lanes;

    @SuppressWarnings("ImmutableEnumChecker") // List.of gives an immutable list
    private final List<String> forms;

    FastFeature(int lanes, String... forms) {
        this.lanes = lanes;
        this.forms = List.of(forms);
    }

    /** 32-bit lanes of the vectors that its forms take. */
    public int lanes() {
        return lanes;
    }

    /** The names of its forms, in the order in which {@code check.fast} stores them. */
    public List<String> forms() {
        return forms;
    }

    /** The kernel that stores each form beside its portable meaning. */
    public KernelId check() {
        return KernelId.of("check.fast", Map.of("INLAY_HAS_" + name(), "1", "VW", Integer.toString(lanes)));
    }

    /** The processor's flag, as Linux names it. */
    String flag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
