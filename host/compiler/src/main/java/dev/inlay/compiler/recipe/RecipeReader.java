// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.recipe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.inlay.compiler.calibrate.ActivationMethod;
import dev.inlay.compiler.calibrate.RangeMethod;
import dev.inlay.compiler.encode.WeightMethod;
import dev.inlay.compiler.shape.Factorisation;
import dev.inlay.compiler.shape.FilterPruning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads recipes. A recipe is a YAML document:
 *
 * <pre>{@code
 * schemaVersion: 1
 * name: int8
 * description: 8-bit integers, a scale for each output channel
 * calibration: {method: percentile, percentile: 99.99}   # or min-max (when absent), mse, entropy
 * correction: bias                                       # or none (when absent), outputs
 * layers:                                                # the first that matches a layer is for it
 *   - match: {name: "conv*", type: conv, position: first, weightsAtLeast: 1, weightsAtMost: 1000}
 *     filters: {keep: 0.5, norm: l1}                     # or l2
 *     factorise: {form: channels, rank: 8}               # or separable; energy: 0.9, error: 0.1, rank: break-even
 *     prune: {pattern: magnitude, density: 0.1}          # or block, n-of-m, bank-balanced
 *     weights: {method: affine, bits: 8, granularity: channel}
 *     storage: huffman                                   # or plain (when absent)
 *     activations: {method: affine, bits: 8}
 * }</pre>
 *
 * Without {@code match} a rule is for every layer; without {@code prune} no weight becomes zero; without {@code weights} or
 * {@code activations} those stay float. What a rule says of a layer is for both that it is factorised into.
 */
public final class RecipeReader {
    private static final int SCHEMA_VERSION = 1;
    private static final long MOST_BYTES = 1 << 20;
    private static final YAMLMapper MAPPER = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private RecipeReader() {}

    /**
     * @throws RecipeException if the file is no recipe, has an unknown key or a wrong value, or asks for a pair of
     *     formats that there is no kernel for
     * @throws IOException if there is no such file
     */
    public static Recipe read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new RecipeException(file + ": got " + (Files.exists(file) ? "no regular file" : "no such file")
                    + ", expected a recipe");
        }
        if (Files.size(file) > MOST_BYTES) {
            throw new RecipeException(
                    file + ": got " + Files.size(file) + " bytes, expected a recipe of at most " + MOST_BYTES);
        }
        return read(file.toString(), Files.readString(file));
    }

    /** Reads a recipe's text; {@code name} is what errors call it. */
    static Recipe read(String name, String text) throws RecipeException {
        Section top = new Section(name, "", parse(name, text));
        int version = top.integer("schemaVersion");
        if (version != SCHEMA_VERSION) {
            throw top.wrong("schemaVersion", Integer.toString(version), Integer.toString(SCHEMA_VERSION));
        }
        String title = top.text("name");
        String description = top.maybeText("description").orElse("");
        Optional<Section> calibration = top.section("calibration");
        RangeMethod ranges =
                calibration.isPresent() ? MethodReader.ranges(calibration.get()) : new RangeMethod.MinMax();
        Correction correction = top.constant("correction", Correction.values()).orElse(Correction.NONE);
        List<Recipe.Rule> rules = new ArrayList<>();
        for (Section layer : top.sections("layers")) {
            rules.add(rule(layer));
        }
        top.close();
        return new Recipe(title, description, ranges, correction, rules);
    }

    private static JsonNode parse(String name, String text) throws RecipeException {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            String where =
                    e.getLocation() == null ? "" : " at line " + e.getLocation().getLineNr();
            throw new RecipeException(
                    name + ": got no YAML" + where + " ("
                            + e.getOriginalMessage().lines().findFirst().orElse("") + "), expected a recipe",
                    e);
        }
    }

    private static Recipe.Rule rule(Section layer) throws RecipeException {
        Optional<Section> match = layer.section("match");
        LayerMatch layers = match.isPresent() ? match(match.get()) : LayerMatch.ALL;
        Optional<Section> filters = layer.section("filters");
        Optional<FilterPruning> pruning =
                filters.isPresent() ? Optional.of(ShapeReader.filters(filters.get())) : Optional.empty();
        Optional<Section> factorise = layer.section("factorise");
        Optional<Factorisation> factorisation =
                factorise.isPresent() ? Optional.of(ShapeReader.factorise(factorise.get())) : Optional.empty();
        Optional<Section> weights = layer.section("weights");
        Optional<WeightMethod> weightMethod =
                weights.isPresent() ? MethodReader.weights(weights.get()) : Optional.empty();
        Optional<Section> prune = layer.section("prune");
        if (prune.isPresent()) {
            weightMethod = Optional.of(MethodReader.pruned(prune.get(), weightMethod));
        }
        weightMethod = MethodReader.stored(layer, weightMethod);
        Optional<Section> activations = layer.section("activations");
        Optional<ActivationMethod> activationMethod =
                activations.isPresent() ? MethodReader.activations(activations.get()) : Optional.empty();
        layer.close();
        Optional<String> refusal = KernelSupport.refusal(activationMethod, weightMethod)
                .or(() -> KernelSupport.refusalBetween(factorisation, activationMethod));
        if (refusal.isPresent()) {
            throw layer.wrong("", refusal.get());
        }
        return new Recipe.Rule(layers, pruning, factorisation, weightMethod, activationMethod);
    }

    private static LayerMatch match(Section section) throws RecipeException {
        LayerMatch match = new LayerMatch(
                section.maybeText("name"),
                section.constant("type", LayerType.values()),
                section.constant("position", LayerPosition.values()),
                section.whole("weightsAtLeast", 0),
                section.whole("weightsAtMost", Long.MAX_VALUE));
        section.close();
        return match;
    }
}
