// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.recipe;

import dev.inlay.compiler.calibrate.ActivationMethod;
import dev.inlay.compiler.encode.Affine;
import dev.inlay.compiler.encode.Binary;
import dev.inlay.compiler.encode.BlockCirculantWeights;
import dev.inlay.compiler.encode.BlockFloatWeights;
import dev.inlay.compiler.encode.Codebook;
import dev.inlay.compiler.encode.DoReFa;
import dev.inlay.compiler.encode.FixedPoint;
import dev.inlay.compiler.encode.Granularity;
import dev.inlay.compiler.encode.HashedWeights;
import dev.inlay.compiler.encode.HuffmanStored;
import dev.inlay.compiler.encode.IncrementalPowers;
import dev.inlay.compiler.encode.Logarithmic;
import dev.inlay.compiler.encode.MultiBase;
import dev.inlay.compiler.encode.ProductWeights;
import dev.inlay.compiler.encode.Pruned;
import dev.inlay.compiler.encode.Ternary;
import dev.inlay.compiler.encode.TrainedTernary;
import dev.inlay.compiler.encode.WeightMethod;
import dev.inlay.compiler.shape.Factorisation;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The pairs of activations and weights that there is a kernel for; others are refused. */
public final class KernelSupport {
    /** The greatest number of powers that fit signed bytes. */
    private static final int BYTE_POWERS = 7;

    private KernelSupport() {}

    /** What kernels tell apart in weights. */
    private enum Weights {
        INTEGERS_4("integers of up to 4 bits"),
        INTEGERS_8("integers of up to 8 bits"),
        INTEGERS_16("integers of up to 16 bits"),
        GROUPED("integers of up to 8 bits with a scale per group"),
        ODD_3("dorefa of up to 3 bits"),
        ODD_7("dorefa of up to 7 bits"),
        TERNARY("ternary"),
        BINARY("binary"),
        POWERS_7("up to 7 powers of two"),
        POWERS("powers of two"),
        ROOTS("powers of the root of two"),
        TABLE("codebook"),
        BLOCK_FLOAT("block-float"),
        BLOCK_CIRCULANT("block-circulant"),
        HASHED("hashed"),
        PRODUCT("product");

        private final String words;

        Weights(String words) {
            this.words = words;
        }
    }

    /** Why there is no kernel for a pair; empty where there is one. Absent methods are float. */
    public static Optional<String> refusal(Optional<ActivationMethod> activations, Optional<WeightMethod> weights) {
        if (weights.isPresent() && weights.get() instanceof HuffmanStored stored) {
            return refusal(activations, Optional.of(stored.of()));
        }
        if (weights.isPresent() && weights.get() instanceof Pruned pruned) {
            return refusal(activations, pruned.values().map(WeightMethod.class::cast));
        }
        if (weights.isEmpty()) {
            return activations.map(method -> "got float weights with " + name(activations)
                    + " activations, expected weights that are approximated too, or float activations");
        }
        WeightMethod method = weights.get();
        List<Weights> known = partners(activations);
        if (activations.isPresent()
                && activations.get() instanceof ActivationMethod.BlockFloat held
                && method instanceof BlockFloatWeights block
                && held.block() != block.block()) {
            return Optional.of("got blocks of " + held.block() + " activations and " + block.block()
                    + " weights, expected the same");
        }
        return known.contains(kind(method))
                ? Optional.empty()
                : Optional.of("got " + name(activations) + " activations with " + method.title() + " weights ("
                        + kind(method).words + "), for which there is no kernel, expected weights that are one of "
                        + known.stream().map(kind -> kind.words).collect(Collectors.joining(", ")));
    }

    /**
     * Why layers that become two cannot read activations: what passes between the two has gone through no activation
     * function, so that it has both signs and no centre.
     */
    static Optional<String> refusalBetween(Optional<Factorisation> factorise, Optional<ActivationMethod> activations) {
        boolean halves = activations.orElse(null) instanceof ActivationMethod.Centred
                || activations.orElse(null) instanceof ActivationMethod.DoReFa;
        return factorise.isPresent() && halves
                ? Optional.of("got " + name(activations) + " activations with factorise, expected float, fixed, affine,"
                        + " lognet or block-float, which hold both signs with a scale")
                : Optional.empty();
    }

    private static String name(Optional<ActivationMethod> activations) {
        return activations
                .map(method -> method.title()
                        + (method.parameters().isEmpty() ? "" : " " + new TreeMap<>(method.parameters())))
                .orElse("float");
    }

    private static List<Weights> partners(Optional<ActivationMethod> activations) {
        if (activations.isEmpty()) {
            return all(
                    Weights.INTEGERS_4,
                    Weights.INTEGERS_8,
                    Weights.GROUPED,
                    Weights.TERNARY,
                    Weights.BINARY,
                    Weights.POWERS_7,
                    Weights.POWERS,
                    Weights.TABLE,
                    Weights.BLOCK_CIRCULANT,
                    Weights.HASHED,
                    Weights.PRODUCT);
        }
        return switch (activations.get()) {
            case ActivationMethod.Fixed fixed -> integers(fixed.bits());
            case ActivationMethod.Affine affine -> integers(affine.bits());
            case ActivationMethod.DoReFa doReFa -> integers(doReFa.bits());
            case ActivationMethod.Logarithmic log ->
                log.root() == 2 ? all(Weights.ROOTS) : all(Weights.POWERS_7, Weights.POWERS);
            case ActivationMethod.BlockFloat block -> all(Weights.BLOCK_FLOAT);
            case ActivationMethod.Binary binary -> all(Weights.BINARY);
            case ActivationMethod.Ternary ternary -> all(Weights.TERNARY, Weights.BINARY);
        };
    }

    private static List<Weights> integers(int bits) {
        return bits > 8
                ? all(
                        Weights.INTEGERS_4,
                        Weights.INTEGERS_8,
                        Weights.INTEGERS_16,
                        Weights.TERNARY,
                        Weights.POWERS_7,
                        Weights.POWERS)
                : all(
                        Weights.INTEGERS_4,
                        Weights.INTEGERS_8,
                        Weights.GROUPED,
                        Weights.TERNARY,
                        Weights.BINARY,
                        Weights.ODD_3,
                        Weights.ODD_7,
                        Weights.POWERS_7,
                        Weights.POWERS);
    }

    private static List<Weights> all(Weights... kinds) {
        return Arrays.asList(kinds);
    }

    private static Weights kind(WeightMethod method) {
        return switch (method) {
            case FixedPoint fixed -> integers(fixed.bits(), false);
            case Affine affine -> integers(affine.bits(), affine.granularity() instanceof Granularity.PerGroup);
            case BlockFloatWeights block -> Weights.BLOCK_FLOAT;
            case BlockCirculantWeights blocks -> Weights.BLOCK_CIRCULANT;
            case HashedWeights hashed -> Weights.HASHED;
            case ProductWeights product -> Weights.PRODUCT;
            case HuffmanStored stored -> kind(stored.of());
            case DoReFa doReFa ->
                doReFa.bits() == 1 ? Weights.BINARY : doReFa.bits() <= 3 ? Weights.ODD_3 : Weights.ODD_7;
            case Binary binary -> Weights.BINARY;
            case MultiBase bases -> Weights.BINARY;
            case Ternary ternary -> Weights.TERNARY;
            case TrainedTernary ternary -> Weights.TERNARY;
            case Logarithmic log -> log.root() == 2 ? Weights.ROOTS : powers((1 << (log.bits() - 1)) - 1);
            case Codebook codebook -> Weights.TABLE;
            case IncrementalPowers powers -> powers(1 << (powers.bits() - 2));
            case Pruned pruned -> kind(pruned.values().orElseThrow());
        };
    }

    private static Weights integers(int bits, boolean grouped) {
        if (grouped) {
            return bits <= 8 ? Weights.GROUPED : Weights.INTEGERS_16;
        }
        return bits <= 4 ? Weights.INTEGERS_4 : bits <= 8 ? Weights.INTEGERS_8 : Weights.INTEGERS_16;
    }

    private static Weights powers(int magnitudes) {
        return magnitudes <= BYTE_POWERS ? Weights.POWERS_7 : Weights.POWERS;
    }
}
