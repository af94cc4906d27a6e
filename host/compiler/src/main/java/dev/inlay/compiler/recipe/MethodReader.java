// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.recipe;

import dev.inlay.compiler.calibrate.ActivationMethod;
import dev.inlay.compiler.calibrate.RangeMethod;
import dev.inlay.compiler.encode.Affine;
import dev.inlay.compiler.encode.Binary;
import dev.inlay.compiler.encode.BlockCirculantWeights;
import dev.inlay.compiler.encode.BlockFloatWeights;
import dev.inlay.compiler.encode.CodeMethod;
import dev.inlay.compiler.encode.Codebook;
import dev.inlay.compiler.encode.DoReFa;
import dev.inlay.compiler.encode.Fit;
import dev.inlay.compiler.encode.FixedPoint;
import dev.inlay.compiler.encode.Granularity;
import dev.inlay.compiler.encode.HashedWeights;
import dev.inlay.compiler.encode.HuffmanStored;
import dev.inlay.compiler.encode.IncrementalPowers;
import dev.inlay.compiler.encode.Logarithmic;
import dev.inlay.compiler.encode.MultiBase;
import dev.inlay.compiler.encode.ProductWeights;
import dev.inlay.compiler.encode.Pruned;
import dev.inlay.compiler.encode.Pruning;
import dev.inlay.compiler.encode.Ternary;
import dev.inlay.compiler.encode.TrainedTernary;
import dev.inlay.compiler.encode.WeightMethod;
import java.util.List;
import java.util.Optional;

/** Reads the methods of a recipe: one row of {@link #weights} or {@link #activations} a method. */
final class MethodReader {
    private static final String FLOAT = "float";
    private static final List<String> WEIGHTS = List.of(
            FLOAT,
            "fixed",
            "affine",
            "block-float",
            "dorefa",
            "bnn",
            "xnor-net",
            "abc-net",
            "rebnet",
            "twn",
            "ttq",
            "lognet",
            "inq",
            "codebook",
            "block-circulant",
            "hashed",
            "product");
    private static final List<String> ACTIVATIONS =
            List.of(FLOAT, "fixed", "affine", "dorefa", "lognet", "block-float", "binary", "rebnet", "ternary");
    private static final List<String> PATTERNS = List.of("magnitude", "block", "n-of-m", "bank-balanced");
    private static final List<String> RANGES = List.of("min-max", "percentile", "mse", "entropy");
    private static final int BLOCK = 16;
    private static final int ITERATIONS = 40;

    private MethodReader() {}

    /** Empty for {@code float}. */
    static Optional<WeightMethod> weights(Section section) throws RecipeException {
        return checked(section, () -> switch (section.word("method", WEIGHTS)) {
            case "fixed" ->
                Optional.of(new FixedPoint(section.integer("bits"), section.maybeInteger("fraction"), fit(section)));
            case "affine" -> {
                boolean symmetric = section.flag("symmetric", true);
                yield Optional.of(new Affine(section.integer("bits"), symmetric, granularity(section), fit(section)));
            }
            case "block-float" ->
                Optional.of(new BlockFloatWeights(section.integer("mantissaBits", 8), section.integer("block", BLOCK)));
            case "dorefa" -> Optional.of(new DoReFa(section.integer("bits"), granularity(section), fit(section)));
            case "bnn" -> Optional.of(new Binary(false));
            case "xnor-net" -> Optional.of(new Binary(true));
            case "abc-net" -> Optional.of(bases(section, MultiBase.Choice.LEAST_SQUARES));
            case "rebnet" -> Optional.of(bases(section, MultiBase.Choice.GREEDY));
            case "twn" -> Optional.of(new Ternary(section.number("threshold", 0.7), granularity(section)));
            case "ttq" -> Optional.of(new TrainedTernary(section.number("threshold", 0.05)));
            case "lognet" -> Optional.of(new Logarithmic(section.integer("bits"), section.integer("root", 1)));
            case "block-circulant" ->
                Optional.of(new BlockCirculantWeights(section.integer("block"), section.maybeInteger("bits")));
            case "hashed" -> Optional.of(new HashedWeights(section.number("ratio")));
            case "product" ->
                Optional.of(new ProductWeights(
                        section.integer("length"),
                        section.integer("centroids"),
                        section.integer("iterations", ITERATIONS)));
            case "inq" -> Optional.of(new IncrementalPowers(section.integer("bits")));
            case "codebook" ->
                Optional.of(new Codebook(
                        section.integer("bits"),
                        section.constant("init", Codebook.Init.values()).orElse(Codebook.Init.LINEAR),
                        section.integer("iterations", ITERATIONS),
                        granularity(section)));
            default -> Optional.empty();
        });
    }

    /** Which weights become zero, and how the others are held. */
    static WeightMethod pruned(Section section, Optional<WeightMethod> values) throws RecipeException {
        Pruning pruning = checked(section, () -> switch (section.word("pattern", PATTERNS)) {
            case "block" ->
                new Pruning.Block(section.integer("rows"), section.integer("columns", 1), section.number("density"));
            case "n-of-m" -> new Pruning.NofM(section.integer("n"), section.integer("m"));
            case "bank-balanced" -> new Pruning.Banks(section.integer("bank"), section.number("density"));
            default ->
                new Pruning.Magnitude(
                        section.number("density"),
                        section.word("scope", List.of("layer", "global")).equals("global"));
        });
        Optional<WeightMethod> other = values.filter(method -> !(method instanceof CodeMethod));
        if (other.isPresent()) {
            throw section.wrong("", "got weights that are " + other.get().title() + ", expected codes");
        }
        try {
            return new Pruned(pruning, values.map(CodeMethod.class::cast));
        } catch (IllegalArgumentException e) {
            throw section.wrong("", e.getMessage());
        }
    }

    /** How codes lie on disk. */
    static Optional<WeightMethod> stored(Section layer, Optional<WeightMethod> weights) throws RecipeException {
        if (layer.word("storage", List.of("plain", "huffman")).equals("plain")) {
            return weights;
        }
        if (weights.isEmpty()) {
            throw layer.wrong("storage", "huffman of float weights", "codes of 2 bits or more, or pruning");
        }
        try {
            return weights.map(HuffmanStored::new);
        } catch (IllegalArgumentException e) {
            throw layer.wrong("", e.getMessage());
        }
    }

    /** Empty for {@code float}. */
    static Optional<ActivationMethod> activations(Section section) throws RecipeException {
        return checked(section, () -> switch (section.word("method", ACTIVATIONS)) {
            case "fixed" ->
                Optional.of(new ActivationMethod.Fixed(section.integer("bits"), section.maybeInteger("fraction")));
            case "affine" ->
                Optional.of(new ActivationMethod.Affine(section.integer("bits"), section.flag("symmetric", false)));
            case "dorefa" -> Optional.of(new ActivationMethod.DoReFa(section.integer("bits")));
            case "lognet" ->
                Optional.of(new ActivationMethod.Logarithmic(section.integer("bits"), section.integer("root", 1)));
            case "block-float" ->
                Optional.of(new ActivationMethod.BlockFloat(
                        section.integer("mantissaBits", 8), section.integer("block", BLOCK)));
            case "binary" -> Optional.of(new ActivationMethod.Binary(1));
            case "rebnet" -> Optional.of(new ActivationMethod.Binary(section.integer("levels")));
            case "ternary" -> Optional.of(new ActivationMethod.Ternary());
            default -> Optional.empty();
        });
    }

    /** How ranges are found. */
    static RangeMethod ranges(Section section) throws RecipeException {
        return checked(section, () -> switch (section.word("method", RANGES)) {
            case "percentile" -> new RangeMethod.Percentile(section.number("percentile", 99.99));
            case "mse" -> new RangeMethod.Mse();
            case "entropy" -> new RangeMethod.Entropy();
            default -> new RangeMethod.MinMax();
        });
    }

    private static MultiBase bases(Section section, MultiBase.Choice choice) throws RecipeException {
        return new MultiBase(section.integer("bases"), choice, granularity(section));
    }

    private static Fit fit(Section section) throws RecipeException {
        return section.constant("fit", Fit.values()).orElse(Fit.RANGE);
    }

    private static Granularity granularity(Section section) throws RecipeException {
        return switch (section.word("granularity", List.of("tensor", "channel", "group"))) {
            case "channel" -> new Granularity.PerChannel();
            case "group" -> new Granularity.PerGroup(section.integer("group"));
            default -> new Granularity.PerTensor();
        };
    }

    @FunctionalInterface
    interface Reading<T> {
        T read() throws RecipeException;
    }

    /** A method's own complaint about its parameters gets the place in the file. */
    static <T> T checked(Section section, Reading<T> reading) throws RecipeException {
        try {
            T method = reading.read();
            section.close();
            return method;
        } catch (IllegalArgumentException e) {
            throw section.wrong("", e.getMessage());
        }
    }
}
