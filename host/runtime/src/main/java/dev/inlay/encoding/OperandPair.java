// SPDX-License-Identifier: Apache-2.0
package dev.inlay.encoding;

import dev.inlay.tensor.NumberFormat;
import java.util.List;
import java.util.Optional;

/**
 * The formats of the two operands of a contraction.
 *
 * @param x activations
 * @param w weights
 */
public record OperandPair(NumberFormat x, NumberFormat w) {
    private static final List<String> SMALL_INTEGERS = List.of("s8", "s4", "s2", "b1", "l4");
    private static final List<String> OF_FLOATS = List.of("f32", "s8", "s4", "s2", "b1", "l4", "l8", "c2", "c4", "c8");

    /** Elements of the contracted axis that a step takes: the longer of the two runs. */
    public int run() {
        return Math.max(x.run(), w.run());
    }

    /** 32-bit words of the weights of one output channel in a run. */
    public int wordsOfW() {
        return run() / w.run() * w.words();
    }

    /** 32-bit words of the activations in a run. */
    public int wordsOfX() {
        return run() / x.run() * x.words();
    }

    /** Elements of the activations' buffer that hold {@code channels} padded to runs. */
    public long elementsOfX(long channels) {
        return x.elements(Math.ceilDiv(channels, (long) run()) * run());
    }

    /**
     * The carrier of the dense skeletons that contracts such operands; empty if none does. Logarithmic weights of four
     * bits meet u8 in bytes, {@code u8s8}; {@link #shiftCarrier()} gives what has no multiplication.
     */
    public Optional<String> carrier() {
        return switch (x.name()) {
            case "f32" -> OF_FLOATS.contains(w.name()) ? Optional.of("f32") : Optional.empty();
            case "u8" -> SMALL_INTEGERS.contains(w.name()) ? Optional.of("u8s8") : shiftCarrier();
            case "s16" -> List.of("s16", "s8", "s4", "s2").contains(w.name()) ? Optional.of("s16") : shiftCarrier();
            case "b1", "t2" -> x.equals(w) ? Optional.of("planes") : Optional.empty();
            case "p2", "p3", "p4" -> w.name().startsWith("q") ? Optional.of("planes") : Optional.empty();
            case "l8" -> shiftCarrier();
            case "bf" -> List.of("s8", "s4", "s2").contains(w.name()) ? Optional.of("bf") : Optional.empty();
            default -> Optional.empty();
        };
    }

    /** {@code shift} where it contracts such operands. */
    public Optional<String> shiftCarrier() {
        return w.kind() == NumberFormat.Kind.LOGARITHMIC
                        && List.of("u8", "s16", "l8").contains(x.name())
                ? Optional.of("shift")
                : Optional.empty();
    }

    @Override
    public String toString() {
        return x + "*" + w;
    }
}
