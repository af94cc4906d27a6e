// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.encode;

import dev.inlay.encoding.Encoded;
import java.util.Map;
import java.util.Optional;

/** A way to hold weights, with its parameters. */
public sealed interface WeightMethod
        permits CodeMethod, Pruned, BlockCirculantWeights, HashedWeights, ProductWeights, HuffmanStored {
    /** The method's name in recipes and reports. */
    String title();

    /** The weights as they are held, near to what they were. */
    Encoded encode(LayerWeights weights);

    /** Whether an output channel may have a scale of its own, any number. */
    default boolean hasFreeScales() {
        return switch (this) {
            case Affine affine -> affine.granularity() instanceof Granularity.PerChannel;
            case DoReFa doReFa -> !(doReFa.granularity() instanceof Granularity.PerGroup);
            case Binary binary -> true;
            case MultiBase bases -> true;
            case Ternary ternary -> true;
            case TrainedTernary ternary -> true;
            case FixedPoint fixed -> false;
            case BlockFloatWeights block -> false;
            case Logarithmic log -> false;
            case IncrementalPowers powers -> false;
            case Pruned pruned ->
                pruned.values().map(WeightMethod::hasFreeScales).orElse(true);
            case Codebook codebook -> codebook.granularity() instanceof Granularity.PerChannel;
            case BlockCirculantWeights blocks -> false;
            case HashedWeights hashed -> false;
            case ProductWeights product -> false;
            case HuffmanStored stored -> stored.of().hasFreeScales();
        };
    }

    /** The pruning in it. */
    default Optional<Pruned> pruned() {
        return Optional.empty();
    }

    /** The same with another way to prune. */
    default WeightMethod withPruning(Pruning changed) {
        throw new IllegalStateException(title() + ": got a way to prune, expected none");
    }

    /** Its parameters by the names recipes give them, and what was chosen for these weights. */
    Map<String, Object> parameters(Encoded chosen);

    /** Checks a parameter's range. */
    static int within(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + ": got " + value + ", expected " + least + " to " + most);
        }
        return value;
    }

    /** Checks a number of bits. */
    static int bits(int bits, int least, int most) {
        return within("bits", bits, least, most);
    }

    /** Checks a number of binary bases. */
    static int bases(int bases) {
        return within("bases", bases, 1, 8);
    }
}
