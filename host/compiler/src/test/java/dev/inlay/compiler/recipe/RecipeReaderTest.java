// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.compiler.calibrate.ActivationMethod;
import dev.inlay.compiler.calibrate.RangeMethod;
import dev.inlay.compiler.encode.Affine;
import dev.inlay.compiler.encode.Binary;
import dev.inlay.compiler.encode.Fit;
import dev.inlay.compiler.encode.FixedPoint;
import dev.inlay.compiler.encode.Granularity;
import dev.inlay.compiler.shape.Factorisation;
import dev.inlay.compiler.shape.FilterPruning;
import dev.inlay.compiler.shape.Rank;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Recipes as they are read, and the one line that each mistake gets. */
class RecipeReaderTest {
    private static final String HEAD = "schemaVersion: 1\nname: n\n";
    private static final String ANY = "layers: [{weights: {method: bnn}}]\n";

    private static Recipe read(String text) throws RecipeException {
        return RecipeReader.read("r.yaml", text);
    }

    @Test
    void readsEveryKey() throws RecipeException {
        Recipe recipe = read(HEAD + """
                description: all of it
                calibration: {method: percentile, percentile: 99.5}
                correction: bias
                layers:
                  - match: {name: "conv*", type: conv, position: first, weightsAtLeast: 10, weightsAtMost: 20}
                    weights: {method: affine, bits: 4, symmetric: true, granularity: group, group: 32, fit: mse}
                    activations: {method: affine, bits: 8, symmetric: true}
                  - match: {type: gemm}
                    weights: {method: fixed, bits: 8, fraction: 6}
                    activations: {method: fixed, bits: 8}
                  - weights: {method: bnn}
                    activations: {method: float}
                """);
        Recipe.Rule first = new Recipe.Rule(
                new LayerMatch(
                        Optional.of("conv*"), Optional.of(LayerType.CONV), Optional.of(LayerPosition.FIRST), 10, 20),
                Optional.of(new Affine(4, true, new Granularity.PerGroup(32), Fit.MSE)),
                Optional.of(new ActivationMethod.Affine(8, true)));
        Recipe.Rule second = new Recipe.Rule(
                new LayerMatch(Optional.empty(), Optional.of(LayerType.GEMM), Optional.empty(), 0, Long.MAX_VALUE),
                Optional.of(new FixedPoint(8, OptionalInt.of(6), Fit.RANGE)),
                Optional.of(new ActivationMethod.Fixed(8, OptionalInt.empty())));
        Recipe.Rule third = new Recipe.Rule(LayerMatch.ALL, Optional.of(new Binary(false)), Optional.empty());
        assertEquals(
                new Recipe(
                        "n",
                        "all of it",
                        new RangeMethod.Percentile(99.5),
                        Correction.BIAS,
                        List.of(first, second, third)),
                recipe);
        Recipe least = read(HEAD + ANY);
        assertEquals(new Recipe("n", "", new RangeMethod.MinMax(), Correction.NONE, List.of(third)), least);
    }

    @Test
    void theFirstRuleThatMatchesIsForALayer() throws RecipeException {
        Recipe recipe = read(HEAD + """
                layers:
                  - match: {position: first}
                    weights: {method: affine, bits: 8}
                  - match: {position: last, name: "fc?"}
                    weights: {method: affine, bits: 7}
                  - match: {type: depthwise}
                  - match: {type: conv, weightsAtLeast: 100, weightsAtMost: 200}
                    weights: {method: affine, bits: 4}
                  - match: {name: "block.[1]*"}
                    weights: {method: affine, bits: 3}
                """);
        assertEquals(8, bits(recipe, "a", LayerType.GEMM, LayerPosition.FIRST, 1));
        assertEquals(8, bits(recipe, "a", LayerType.DEPTHWISE, LayerPosition.FIRST, 1), "the first of two");
        assertEquals(7, bits(recipe, "fc1", LayerType.GEMM, LayerPosition.LAST, 1));
        assertEquals(0, bits(recipe, "fc10", LayerType.GEMM, LayerPosition.LAST, 1), "? is one character");
        assertEquals(0, bits(recipe, "d", LayerType.DEPTHWISE, LayerPosition.INNER, 150));
        assertEquals(4, bits(recipe, "c", LayerType.CONV, LayerPosition.INNER, 100));
        assertEquals(4, bits(recipe, "c", LayerType.CONV, LayerPosition.LAST, 200));
        assertEquals(0, bits(recipe, "c", LayerType.CONV, LayerPosition.INNER, 99));
        assertEquals(0, bits(recipe, "c", LayerType.CONV, LayerPosition.INNER, 201));
        assertEquals(3, bits(recipe, "block.[1].fc", LayerType.GEMM, LayerPosition.INNER, 1));
        assertEquals(0, bits(recipe, "block-1.fc", LayerType.GEMM, LayerPosition.INNER, 1), "no regular expression");
    }

    @Test
    void readsWhatChangesTheShapeOfLayers() throws RecipeException {
        Recipe recipe = read(HEAD + """
                layers:
                  - filters: {keep: 0.5}
                    factorise: {rank: break-even}
                  - filters: {keep: 1, norm: l2}
                    factorise: {form: separable, rank: 3}
                    weights: {method: bnn}
                  - factorise: {form: channels, energy: 0.9}
                  - factorise: {error: 0.1}
                """);
        List<Recipe.Rule> rules = recipe.rules();
        assertEquals(
                List.of(
                        Optional.of(new FilterPruning(0.5, FilterPruning.Norm.L1)),
                        Optional.of(new FilterPruning(1, FilterPruning.Norm.L2)),
                        Optional.empty(),
                        Optional.empty()),
                rules.stream().map(Recipe.Rule::filters).toList());
        assertEquals(
                List.of(
                        new Factorisation(Factorisation.Form.CHANNELS, new Rank.BreakEven()),
                        new Factorisation(Factorisation.Form.SEPARABLE, new Rank.Fixed(3)),
                        new Factorisation(Factorisation.Form.CHANNELS, new Rank.Energy(0.9)),
                        new Factorisation(Factorisation.Form.CHANNELS, new Rank.RelativeError(0.1))),
                rules.stream().map(rule -> rule.factorise().orElseThrow()).toList());
        assertTrue(rules.stream().allMatch(Recipe.Rule::approximates));
    }

    private static int bits(Recipe recipe, String name, LayerType type, LayerPosition position, long weights) {
        return recipe.rule(name, type, position, weights)
                .flatMap(Recipe.Rule::weights)
                .map(method -> ((Affine) method).bits())
                .orElse(0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "name: n;LAYERS | schemaVersion: got nothing, expected a whole number",
                "schemaVersion: 2;name: n;LAYERS | schemaVersion: got 2, expected 1",
                "schemaVersion: one;name: n;LAYERS | schemaVersion: got \"one\", expected a whole number",
                "schemaVersion: 4294967297;name: n;LAYERS | schemaVersion: got 4294967297, expected a whole number below 2^31",
                "schemaVersion: 1;LAYERS | name: got nothing, expected text",
                "schemaVersion: 1;name: 5;LAYERS | name: got 5, expected text",
                "schemaVersion: 1;name: ' ';LAYERS | name: got \" \", expected text",
                "HEAD;description: [a];LAYERS | description: got [\"a\"], expected text",
                "HEAD;LAYERS;title: x | title: got an unknown key, expected one of calibration, correction, description, layers, name, schemaVersion",
                "HEAD;correction: all;LAYERS | correction: got \"all\", expected one of none, bias, outputs",
                "HEAD;calibration: mse;LAYERS | calibration: got \"mse\", expected keys with values",
                "HEAD;calibration: {method: max};LAYERS | calibration.method: got \"max\", expected one of min-max, percentile, mse, entropy",
                "HEAD;calibration: {method: percentile, percentile: all};LAYERS | calibration.percentile: got \"all\", expected a number",
                "HEAD;calibration: {method: percentile, percentile: 50};LAYERS | calibration: percentile: got 50.0, expected above 50 to 100",
                "HEAD;calibration: {method: mse, percentile: 99};LAYERS | calibration.percentile: got an unknown key, expected one of method",
                "HEAD | layers: got nothing, expected a list",
                "HEAD;layers: [] | layers: got [], expected a list of at least one rule",
                "HEAD;layers: {a: b} | layers: got {\"a\":\"b\"}, expected a list of at least one rule",
                "HEAD;layers: [a] | layers[0]: got \"a\", expected keys with values",
                "HEAD;layers: [{weight: {method: bnn}}] | layers[0].weight: got an unknown key, expected one of activations, factorise, filters, match, prune, storage, weights",
                "HEAD;layers: [{match: {name: 3}}] | layers[0].match.name: got 3, expected text",
                "HEAD;layers: [{match: {type: pool}}] | layers[0].match.type: got \"pool\", expected one of conv, depthwise, gemm",
                "HEAD;layers: [{match: {position: middle}}] | layers[0].match.position: got \"middle\", expected one of first, last, inner",
                "HEAD;layers: [{match: {weightsAtLeast: 1.5}}] | layers[0].match.weightsAtLeast: got 1.5, expected a whole number",
                "HEAD;layers: [{match: {weightsAtMost: many}}] | layers[0].match.weightsAtMost: got \"many\", expected a whole number",
                "HEAD;layers: [{match: {layer: a}}] | layers[0].match.layer: got an unknown key, expected one of name, position, type, weightsAtLeast, weightsAtMost",
                "RULE{method: int8} | layers[0].weights.method: got \"int8\", expected one of float, fixed, affine, block-float, dorefa, bnn, xnor-net, abc-net, rebnet, twn, ttq, lognet, inq, codebook, block-circulant, hashed, product",
                "RULE{method: affine} | layers[0].weights.bits: got nothing, expected a whole number",
                "RULE{method: affine, bits: 17} | layers[0].weights: bits: got 17, expected 2 to 16",
                "RULE{method: affine, bits: 8, symmetric: 1} | layers[0].weights.symmetric: got 1, expected true or false",
                "RULE{method: affine, bits: 8, granularity: row} | layers[0].weights.granularity: got \"row\", expected one of tensor, channel, group",
                "RULE{method: affine, bits: 8, granularity: group} | layers[0].weights.group: got nothing, expected a whole number",
                "RULE{method: affine, bits: 8, granularity: group, group: 6} | layers[0].weights: group: got 6, expected 4 to 1024, a multiple of 4",
                "RULE{method: affine, bits: 8, group: 8} | layers[0].weights.group: got an unknown key, expected one of bits, fit, granularity, method, symmetric",
                "RULE{method: affine, bits: 8, fit: best} | layers[0].weights.fit: got \"best\", expected one of range, mse",
                "RULE{method: fixed, bits: 8, fraction: 31} | layers[0].weights: fraction: got 31, expected -30 to 30",
                "RULE{method: dorefa, bits: 0} | layers[0].weights: bits: got 0, expected 1 to 7",
                "RULE{method: abc-net, bases: 9} | layers[0].weights: bases: got 9, expected 1 to 8",
                "RULE{method: rebnet} | layers[0].weights.bases: got nothing, expected a whole number",
                "RULE{method: ttq, threshold: 1} | layers[0].weights: threshold: got 1.0, expected 0 to below 1",
                "RULE{method: lognet, bits: 4, root: 3} | layers[0].weights: root: got 3, expected 1 or 2",
                "RULE{method: block-circulant, block: 12} | layers[0].weights: block: got 12, expected a power of two from 4 to 64",
                "RULE{method: block-circulant, block: 8, bits: 17} | layers[0].weights: bits: got 17, expected 2 to 16",
                "RULE{method: bnn, bits: 1} | layers[0].weights.bits: got an unknown key, expected one of method",
                "RULE{method: codebook, bits: 9} | layers[0].weights: bits: got 9, expected 2 to 8",
                "RULE{method: codebook, bits: 4, init: best} | layers[0].weights.init: got \"best\", expected one of linear, quantile, random",
                "RULE{method: codebook, bits: 4, iterations: -1} | layers[0].weights: iterations: got -1, expected 0 to 1000",
                "RULE{method: codebook, bits: 4, granularity: group, group: 8} | layers[0].weights: granularity: got group, expected tensor or channel",
                "READS{method: relu} | layers[0].activations.method: got \"relu\", expected one of float, fixed, affine, dorefa, lognet, block-float, binary, rebnet, ternary",
                "READS{method: affine, bits: 1} | layers[0].activations: bits: got 1, expected 2 to 16",
                "READS{method: fixed, bits: 8, fraction: -31} | layers[0].activations: fraction: got -31, expected -30 to 30",
                "READS{method: dorefa, bits: 9} | layers[0].activations: bits: got 9, expected 1 to 8",
                "READS{method: lognet, bits: 4, root: 0} | layers[0].activations: root: got 0, expected 1 or 2",
                "READS{method: rebnet, levels: 5} | layers[0].activations: levels: got 5, expected 1 to 4",
                "HEAD;layers: [{filters: {norm: l1}}] | layers[0].filters.keep: got nothing, expected a number",
                "HEAD;layers: [{filters: {keep: 1.5}}] | layers[0].filters: keep: got 1.5, expected above 0, at most 1",
                "HEAD;layers: [{filters: {keep: 1, norm: max}}] | layers[0].filters.norm: got \"max\", expected one of l1, l2",
                "HEAD;layers: [{factorise: {form: rows}}] | layers[0].factorise.form: got \"rows\", expected one of channels, separable",
                "HEAD;layers: [{factorise: {}}] | layers[0].factorise: got no rank, expected one of rank, energy, error",
                "HEAD;layers: [{factorise: {rank: 2, error: 0.1}}] | layers[0].factorise: got rank and error, expected one of rank, energy, error",
                "HEAD;layers: [{factorise: {rank: half}}] | layers[0].factorise.rank: got \"half\", expected a whole number or break-even",
                "HEAD;layers: [{factorise: {rank: 0}}] | layers[0].factorise: rank: got 0, expected at least 1",
                "HEAD;layers: [{factorise: {energy: 2}}] | layers[0].factorise: energy: got 2.0, expected above 0, at most 1",
                "HEAD;layers: [{factorise: {error: 1}}] | layers[0].factorise: error: got 1.0, expected at least 0, below 1",
                "HEAD;layers: [{factorise: {rank: 1, bits: 8}}] | layers[0].factorise.bits: got an unknown key, expected one of energy, error, form, rank",
                "HEAD;layers: [{prune: {}}] | layers[0].prune.density: got nothing, expected a number",
                "HEAD;layers: [{prune: {density: 0}}] | layers[0].prune: density: got 0.0, expected above 0 and at most 1",
                "HEAD;layers: [{prune: {pattern: rows}}] | layers[0].prune.pattern: got \"rows\", expected one of magnitude, block, n-of-m, bank-balanced",
                "HEAD;layers: [{prune: {pattern: n-of-m, n: 5, m: 4}}] | layers[0].prune: n: got 5, expected 1 to 4",
                "HEAD;layers: [{prune: {density: 0.5}, weights: {method: bnn}}] | layers[0].prune: got weights that are bnn, expected a method that has a zero",
                "HEAD;layers: [{storage: gzip}] | layers[0].storage: got \"gzip\", expected one of plain, huffman",
                "HEAD;layers: [{storage: huffman}] | layers[0].storage: got huffman of float weights, expected codes of 2 bits or more, or pruning",
                "HEAD;layers: [{storage: huffman, weights: {method: bnn}}] | layers[0]: storage: got huffman of bnn weights, expected codes of 2 bits or more, or pruning",
                "HEAD;layers: [{storage: huffman, weights: {method: block-circulant, block: 8}}] | layers[0]: storage: got huffman of block-circulant weights, expected codes of 2 bits or more, or pruning",
                "RULE{method: product, length: 1, centroids: 16} | layers[0].weights: length: got 1, expected 2 to 16",
                "RULE{method: product, length: 4, centroids: 257} | layers[0].weights: centroids: got 257, expected 2 to 256",
                "RULE{method: hashed, ratio: 0.5} | layers[0].weights: ratio: got 0.5, expected at least 1",
                "HEAD;layers: [{prune: {density: 0.5}, weights: {method: hashed, ratio: 8}}] | layers[0].prune: got weights that are hashed, expected codes",
                "READS{method: ternary, levels: 2} | layers[0].activations.levels: got an unknown key, expected one of method",
            })
    void everyMistakeHasItsLine(String text, String error) {
        String recipe = text.replace("RULE", "HEAD;layers: [{weights: ")
                .replace("READS", "HEAD;layers: [{weights: {method: affine, bits: 8}, activations: ")
                .replace("HEAD", "schemaVersion: 1;name: n")
                .replace("LAYERS", "layers: [{weights: {method: bnn}}]")
                .replace(';', '\n');
        String closed = text.startsWith("R") ? recipe + "}]" : recipe;
        RecipeException refused = assertThrows(RecipeException.class, () -> read(closed));
        assertEquals("r.yaml: " + error, refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "weights: {method: float}, activations: {method: affine, bits: 8} | got float weights with affine",
                "weights: {method: block-circulant, block: 8}, activations: {method: affine, bits: 8} | got affine {bits=8, symmetric=false} activations with block-circulant weights (block-circulant), for which there is no kernel",
                "weights: {method: block-float, block: 16}, activations: {method: block-float, block: 32} | got blocks of 32 activations and 16 weights, expected the same",
                "weights: {method: affine, bits: 8}, activations: {method: binary} | got binary {levels=1} activations with affine weights (integers of up to 8 bits), for which there is no kernel, expected weights that are one of binary",
                "weights: {method: codebook, bits: 4}, activations: {method: dorefa, bits: 4} | got dorefa {bits=4} activations with codebook weights (codebook), for which there is no kernel",
                "factorise: {rank: 2}, weights: {method: bnn}, activations: {method: binary} | got binary {levels=1} activations with factorise, expected float, fixed, affine, lognet or block-float",
                "factorise: {rank: 2}, weights: {method: dorefa, bits: 4}, activations: {method: dorefa, bits: 4} | got dorefa {bits=4} activations with factorise",
            })
    void aPairWithoutKernelIsRefusedByName(String rule, String error) {
        RecipeException refused = assertThrows(RecipeException.class, () -> read(HEAD + "layers: [{" + rule + "}]"));
        assertTrue(refused.getMessage().startsWith("r.yaml: layers[0]: " + error), refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a: [ | r.yaml: got no YAML at line 1",
                "a: 1;a: 2 | r.yaml: got no YAML at line 2",
                "[] | r.yaml: got []"
            })
    void textThatIsNoRecipeIsRefused(String text, String error) {
        RecipeException refused = assertThrows(RecipeException.class, () -> read(text.replace(';', '\n')));
        assertTrue(refused.getMessage().startsWith(error), refused.getMessage());
        assertEquals(1, refused.getMessage().lines().count());
    }
}
