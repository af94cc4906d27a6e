// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler;

import dev.inlay.backend.reference.GraphInterpreter;
import dev.inlay.backend.reference.Reference;
import dev.inlay.compiler.calibrate.ActivationMethod;
import dev.inlay.compiler.calibrate.Calibration;
import dev.inlay.compiler.calibrate.CalibrationData;
import dev.inlay.compiler.calibrate.Runner;
import dev.inlay.compiler.encode.EncodingError;
import dev.inlay.compiler.encode.LayerWeights;
import dev.inlay.compiler.encode.Pruned;
import dev.inlay.compiler.encode.Pruning;
import dev.inlay.compiler.encode.WeightMethod;
import dev.inlay.compiler.recipe.Correction;
import dev.inlay.compiler.recipe.Recipe;
import dev.inlay.compiler.shape.Factorisation;
import dev.inlay.compiler.shape.FilterPruning;
import dev.inlay.compiler.shape.Shaped;
import dev.inlay.compiler.shape.Shaping;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Function;
import dev.inlay.graph.Graph;
import dev.inlay.graph.GraphException;
import dev.inlay.graph.Node;
import dev.inlay.rewrite.Rewriter;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A recipe made up for one network: quantizers and codes chosen on data, to be put into graphs of that network whatever
 * their batch.
 */
public final class Approximation {
    private final Recipe recipe;
    private final Map<String, Recipe.Rule> matched;
    private final Shaping shaping;
    private final Map<Layer, Recipe.Rule> rules;
    private final Decisions decisions;
    private final Map<String, EncodedLayer> encoded = new LinkedHashMap<>();
    private final Map<String, Double> outputSqnr = new LinkedHashMap<>();

    private Approximation(
            Recipe recipe,
            Map<String, Recipe.Rule> matched,
            Shaping shaping,
            Map<Layer, Recipe.Rule> rules,
            Decisions decisions) {
        this.recipe = recipe;
        this.matched = matched;
        this.shaping = shaping;
        this.rules = rules;
        this.decisions = decisions;
    }

    /** The form of a graph that approximation starts from: batch normalisation folded, activations fused. */
    public static Graph prepared(Graph graph) {
        return Rewriter.standard(Reference::evaluate).rewrite(graph);
    }

    /**
     * Chooses every channel, rank, quantizer and code.
     *
     * @param graph the network, with the batch that the data has
     * @param data inputs that activations are calibrated on
     * @param runners runs the float network
     * @param done called after each batch of data
     * @throws GraphException if no rule matches a layer, or a method does not suit the network's numbers
     */
    public static Approximation of(
            Graph graph, Recipe recipe, CalibrationData data, Runner.Factory runners, Runnable done) {
        Graph prepared = prepared(graph);
        Map<String, Recipe.Rule> matched = matched(prepared, recipe);
        Shaping shaping = shaping(matched);
        Shaped shaped = shaping.of(prepared);
        Map<Layer, Recipe.Rule> rules = coded(shaped, matched);
        Map<Layer, ActivationMethod> activations = new LinkedHashMap<>();
        rules.forEach((layer, rule) -> rule.activations().ifPresent(method -> activations.put(layer, method)));
        Placement placement = new Placement(shaped.graph(), activations);
        List<Layer> layers = List.copyOf(rules.keySet());
        Calibration calibration = Calibration.of(shaped.graph(), placement.values(layers), data, runners, done);
        Decisions decisions = new Decisions(shaped.graph(), placement, layers, calibration, recipe.ranges());
        Approximation approximation = new Approximation(recipe, matched, shaping, rules, decisions);
        if (recipe.correction() == Correction.OUTPUTS) {
            approximation.correct(new OutputCorrection(shaped.graph(), data, runners), done);
        }
        approximation.measure(prepared, shaped, data.batch().apply(0));
        return approximation;
    }

    /** The rules of the layers that are approximated, by the layers' names. */
    private static Map<String, Recipe.Rule> matched(Graph graph, Recipe recipe) {
        Map<String, Recipe.Rule> rules = new LinkedHashMap<>();
        List<Layer> layers = Layer.of(graph);
        for (Layer layer : layers) {
            long weights = graph.value(layer.node().input(1)).shape().elements();
            recipe.rule(layer.name(), layer.type(), layer.position(), weights)
                    .filter(Recipe.Rule::approximates)
                    .ifPresent(rule -> rules.put(layer.name(), rule));
        }
        if (rules.isEmpty()) {
            throw new GraphException(
                    "recipe " + recipe.name() + ": got no layer that a rule approximates, expected one of "
                            + layers.stream().map(Layer::name).toList());
        }
        return rules;
    }

    /** The rules with the share of each layer where one is given for all layers together. */
    private static Map<Layer, Recipe.Rule> withDensities(Graph graph, Map<Layer, Recipe.Rule> rules) {
        Map<Layer, Recipe.Rule> found = new LinkedHashMap<>(rules);
        Map<Pruning.Magnitude, List<Layer>> together = new LinkedHashMap<>();
        rules.forEach((layer, rule) -> {
            Optional<Pruned> pruned = rule.weights().orElseThrow().pruned();
            if (pruned.isPresent()
                    && pruned.get().pruning() instanceof Pruning.Magnitude magnitude
                    && magnitude.global()) {
                together.computeIfAbsent(magnitude, key -> new ArrayList<>()).add(layer);
            }
        });
        together.forEach((magnitude, layers) -> {
            List<LayerWeights> weights = layers.stream()
                    .map(layer ->
                            layer.weights(graph.constants().get(layer.node().input(1))))
                    .toList();
            List<Double> densities = magnitude.densities(weights);
            for (int i = 0; i < layers.size(); i++) {
                Recipe.Rule rule = rules.get(layers.get(i));
                WeightMethod own =
                        rule.weights().orElseThrow().withPruning(new Pruning.Magnitude(densities.get(i), false));
                found.put(layers.get(i), rule.withWeights(own));
            }
        });
        return found;
    }

    private static Shaping shaping(Map<String, Recipe.Rule> matched) {
        Map<String, FilterPruning> filters = new LinkedHashMap<>();
        Map<String, Factorisation> factorisations = new LinkedHashMap<>();
        matched.forEach((name, rule) -> {
            rule.filters().ifPresent(pruning -> filters.put(name, pruning));
            rule.factorise().ifPresent(factorisation -> factorisations.put(name, factorisation));
        });
        return new Shaping(filters, factorisations);
    }

    /** The layers whose weights become codes, with the rules of the layers they are parts of. */
    private static Map<Layer, Recipe.Rule> coded(Shaped shaped, Map<String, Recipe.Rule> matched) {
        Map<Layer, Recipe.Rule> rules = new LinkedHashMap<>();
        for (Layer layer : Layer.of(shaped.graph())) {
            Optional.ofNullable(matched.get(shaped.origin(layer.name())))
                    .filter(rule -> rule.weights().isPresent())
                    .ifPresent(rule -> rules.put(layer, rule));
        }
        return withDensities(shaped.graph(), rules);
    }

    /** Runs both networks on one batch and compares the layers' outputs. */
    private void measure(Graph prepared, Shaped shaped, Map<String, Tensor> inputs) {
        Graph approximated = emitted(shaped.graph()).graph();
        Set<String> outputs = new LinkedHashSet<>();
        changed(prepared, shaped).stream().map(Layer::output).forEach(outputs::add);
        outputs.removeIf(name -> !approximated.defines(name));
        outputs.removeAll(signsOnly(shaped.graph()));
        Map<String, Tensor> exact = new GraphInterpreter(prepared).run(inputs, outputs);
        Map<String, Tensor> approximate = new GraphInterpreter(approximated).run(inputs, outputs);
        outputs.forEach(name -> outputSqnr.put(
                name,
                EncodingError.of(exact.get(name), shaped.whole(name, approximate.get(name)))
                        .sqnrDb()));
    }

    /** The layers of the network as it was that a rule is for, or whose inputs became less. */
    private List<Layer> changed(Graph prepared, Shaped shaped) {
        return Layer.of(prepared).stream()
                .filter(layer -> matched.containsKey(layer.name())
                        || shaped.layer(layer.name()).isPresent())
                .toList();
    }

    /**
     * The approximated network.
     *
     * @param graph the network, with any batch
     */
    public Approximated apply(Graph graph) {
        Graph prepared = prepared(graph);
        Shaped shaped = shaping.of(prepared);
        Emitted emitted = emitted(shaped.graph());
        LayerReports reports =
                new LayerReports(prepared, shaped, emitted.graph(), emitted.emitter(), byName(), encoded);
        List<LayerReport> layers = new ArrayList<>();
        for (Layer layer : changed(prepared, shaped)) {
            Optional<Recipe.Rule> rule = Optional.ofNullable(matched.get(layer.name()));
            layers.add(reports.of(layer, rule, Optional.ofNullable(outputSqnr.get(layer.output()))));
        }
        Graph result = AccumulatorBias.rounded(Rewriter.standard().rewrite(emitted.graph()));
        return new Approximated(result, layers, prepared.constantBytes(), result.constantBytes());
    }

    private record Emitted(Graph graph, GraphEmitter emitter) {}

    private Emitted emitted(Graph shaped) {
        GraphEmitter emitter = new GraphEmitter(shaped, decisions, signsOnly(shaped));
        rules.keySet().forEach(layer -> encode(shaped, layer, emitter));
        return new Emitted(emitter.emit(byName(), encoded), emitter);
    }

    private Map<String, Layer> byName() {
        Map<String, Layer> layers = new LinkedHashMap<>();
        rules.keySet().forEach(layer -> layers.put(layer.name(), layer));
        return layers;
    }

    private void encode(Graph shaped, Layer layer, GraphEmitter emitter) {
        encoded.computeIfAbsent(
                layer.name(),
                name -> EncodedLayer.of(
                        shaped,
                        layer,
                        rules.get(layer).weights().orElseThrow(),
                        emitter.levels(layer),
                        recipe.correction() == Correction.BIAS
                                ? Optional.of(decisions.means(layer.input()))
                                : Optional.empty(),
                        signsOnly(shaped).contains(layer.output())));
    }

    /** Layer by layer, each behind those that are corrected already. */
    private void correct(OutputCorrection correction, Runnable done) {
        Graph exact = correction.exact();
        for (Layer layer : rules.keySet()) {
            Set<String> bare = new HashSet<>(signsOnly(exact));
            bare.add(layer.output());
            GraphEmitter emitter = new GraphEmitter(exact, decisions, bare);
            encode(exact, layer, emitter);
            Graph so = emitter.emit(byName(), encoded);
            boolean deviation = !layer.op().epilogue().residual()
                    && rules.get(layer).weights().orElseThrow().hasFreeScales();
            encoded.computeIfPresent(layer.name(), (name, held) -> correction.corrected(so, layer, held, deviation));
            done.run();
        }
    }

    /**
     * Outputs of layers that only one reader, and it alone behind moves, takes the sign of: a rectifier before a sign
     * that is taken around a centre above zero changes nothing.
     */
    private Set<String> signsOnly(Graph graph) {
        Map<String, ActivationMethod.Centred> centred = decisions.placement().centred();
        Set<String> found = new HashSet<>();
        for (Layer layer : rules.keySet()) {
            Epilogue epilogue = layer.op().epilogue();
            boolean simple = !epilogue.residual()
                    && (epilogue.activation().isIdentity()
                            || epilogue.activation().equals(Function.RELU));
            Optional<Node> reader = Optional.of(layer.node());
            do {
                String value = reader.get().output();
                reader = graph.consumers(value).size() == 1 && !graph.isOutput(value)
                        ? Optional.of(graph.consumers(value).getFirst())
                        : Optional.empty();
            } while (reader.isPresent()
                    && Sources.passes(reader.get())
                    && reader.get().inputs().size() == 1);
            if (simple
                    && reader.isPresent()
                    && ActivationMethod.SIGNS.equals(centred.get(reader.get().name()))
                    && Sources.of(graph, reader.get().input(0)).contains(layer.output())
                    && isPositive(
                            decisions
                                    .centre(layer.output(), ActivationMethod.SIGNS)
                                    .offsets(),
                            epilogue)) {
                found.add(layer.output());
            }
        }
        return found;
    }

    private static boolean isPositive(float[] centres, Epilogue epilogue) {
        boolean positive = true;
        for (float centre : centres) {
            positive &= centre >= 0 || epilogue.activation().isIdentity();
        }
        return positive;
    }
}
