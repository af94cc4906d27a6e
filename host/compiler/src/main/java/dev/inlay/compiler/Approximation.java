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
import dev.inlay.encoding.Encoded;
import dev.inlay.encoding.Sparse;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Function;
import dev.inlay.graph.Graph;
import dev.inlay.graph.GraphException;
import dev.inlay.graph.Node;
import dev.inlay.graph.OperationCount;
import dev.inlay.rewrite.Rewriter;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A recipe made up for one network: quantizers and codes chosen on data, to be put into graphs of that network whatever
 * their batch.
 */
public final class Approximation {
    private final Recipe recipe;
    private final Map<Layer, Recipe.Rule> rules;
    private final Decisions decisions;
    private final Map<String, EncodedLayer> encoded = new LinkedHashMap<>();
    private final Map<String, Double> outputSqnr = new LinkedHashMap<>();

    private Approximation(Recipe recipe, Map<Layer, Recipe.Rule> rules, Decisions decisions) {
        this.recipe = recipe;
        this.rules = rules;
        this.decisions = decisions;
    }

    /** The form of a graph that approximation starts from: batch normalisation folded, activations fused. */
    public static Graph prepared(Graph graph) {
        return Rewriter.standard(Reference::evaluate).rewrite(graph);
    }

    /**
     * Chooses every quantizer and code.
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
        Map<Layer, Recipe.Rule> rules = rules(prepared, recipe);
        Map<Layer, ActivationMethod> activations = new LinkedHashMap<>();
        rules.forEach((layer, rule) -> rule.activations().ifPresent(method -> activations.put(layer, method)));
        Placement placement = new Placement(prepared, activations);
        List<Layer> layers = List.copyOf(rules.keySet());
        Calibration calibration = Calibration.of(prepared, placement.values(layers), data, runners, done);
        Approximation approximation = new Approximation(
                recipe, rules, new Decisions(prepared, placement, layers, calibration, recipe.ranges()));
        if (recipe.correction() == Correction.OUTPUTS) {
            approximation.correct(new OutputCorrection(prepared, data, runners), done);
        }
        approximation.measure(prepared, data.batch().apply(0));
        return approximation;
    }

    /** The layers that are approximated, with their rules. */
    private static Map<Layer, Recipe.Rule> rules(Graph graph, Recipe recipe) {
        Map<Layer, Recipe.Rule> rules = new LinkedHashMap<>();
        List<Layer> layers = Layer.of(graph);
        for (Layer layer : layers) {
            long weights = graph.value(layer.node().input(1)).shape().elements();
            recipe.rule(layer.name(), layer.type(), layer.position(), weights)
                    .filter(rule -> rule.weights().isPresent())
                    .ifPresent(rule -> rules.put(layer, rule));
        }
        if (rules.isEmpty()) {
            throw new GraphException(
                    "recipe " + recipe.name() + ": got no layer that a rule approximates, expected one of "
                            + layers.stream().map(Layer::name).toList());
        }
        return withDensities(graph, rules);
    }

    /** The rules with the share of each layer where one is given for all layers together. */
    private static Map<Layer, Recipe.Rule> withDensities(Graph graph, Map<Layer, Recipe.Rule> rules) {
        Map<Layer, Recipe.Rule> found = new LinkedHashMap<>(rules);
        Map<Pruning.Magnitude, List<Layer>> together = new LinkedHashMap<>();
        rules.forEach((layer, rule) -> {
            if (rule.weights().orElseThrow() instanceof Pruned pruned
                    && pruned.pruning() instanceof Pruning.Magnitude magnitude
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
                Pruned pruned = (Pruned) rule.weights().orElseThrow();
                WeightMethod own = pruned.withPruning(new Pruning.Magnitude(densities.get(i), false));
                found.put(layers.get(i), new Recipe.Rule(rule.match(), Optional.of(own), rule.activations()));
            }
        });
        return found;
    }

    /** Runs both networks on one batch and compares the layers' outputs. */
    private void measure(Graph prepared, Map<String, Tensor> inputs) {
        Graph approximated = emitted(prepared).graph();
        Set<String> outputs = new LinkedHashSet<>();
        rules.keySet().stream().map(Layer::output).filter(approximated::defines).forEach(outputs::add);
        outputs.removeAll(signsOnly(prepared));
        Map<String, Tensor> exact = new GraphInterpreter(prepared).run(inputs, outputs);
        Map<String, Tensor> approximate = new GraphInterpreter(approximated).run(inputs, outputs);
        outputs.forEach(name -> outputSqnr.put(
                name, EncodingError.of(exact.get(name), approximate.get(name)).sqnrDb()));
    }

    /**
     * The approximated network.
     *
     * @param graph the network, with any batch
     */
    public Approximated apply(Graph graph) {
        Graph prepared = prepared(graph);
        Emitted emitted = emitted(prepared);
        List<LayerReport> reports = new ArrayList<>();
        for (Layer layer : rules.keySet()) {
            reports.add(report(prepared, emitted, layer));
        }
        Graph result = AccumulatorBias.rounded(Rewriter.standard().rewrite(emitted.graph()));
        return new Approximated(result, reports, prepared.constantBytes(), result.constantBytes());
    }

    private record Emitted(Graph graph, GraphEmitter emitter) {}

    private Emitted emitted(Graph prepared) {
        GraphEmitter emitter = new GraphEmitter(prepared, decisions, signsOnly(prepared));
        rules.keySet().forEach(layer -> encode(prepared, layer, emitter));
        return new Emitted(emitter.emit(byName(), encoded), emitter);
    }

    private Map<String, Layer> byName() {
        Map<String, Layer> layers = new LinkedHashMap<>();
        rules.keySet().forEach(layer -> layers.put(layer.name(), layer));
        return layers;
    }

    private void encode(Graph prepared, Layer layer, GraphEmitter emitter) {
        encoded.computeIfAbsent(
                layer.name(),
                name -> EncodedLayer.of(
                        prepared,
                        layer,
                        rules.get(layer).weights().orElseThrow(),
                        emitter.levels(layer),
                        recipe.correction() == Correction.BIAS
                                ? Optional.of(decisions.means(layer.input()))
                                : Optional.empty(),
                        signsOnly(prepared).contains(layer.output())));
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

    private LayerReport report(Graph prepared, Emitted emitted, Layer layer) {
        Recipe.Rule rule = rules.get(layer);
        EncodedLayer codes = encoded.get(layer.name());
        EncodingError error = codes.error();
        Map<String, Map<String, Object>> params = new LinkedHashMap<>();
        params.put("weights", rule.weights().orElseThrow().parameters(codes.weights()));
        rule.activations().ifPresent(method -> params.put("activations", method.parameters()));
        Graph graph = emitted.graph();
        List<Node> nodes = graph.nodes().stream()
                .filter(node -> emitted.emitter().nodesOf(layer).contains(node.name()))
                .toList();
        int terms = codes.weights().codes().map(coded -> coded.terms().size()).orElse(1);
        double kept = codes.weights() instanceof Sparse sparse ? sparse.density() : 1;
        long opsAfter = nodes.stream()
                .mapToLong(node -> (long) (kept * terms * OperationCount.of(graph, node)))
                .sum();
        return new LayerReport(
                layer.name(),
                rule.weights().orElseThrow().title()
                        + rule.activations()
                                .map(method -> ", " + method.title())
                                .orElse(""),
                params,
                new LayerReport.LayerError(
                        error.max(), error.mse(), finite(error.sqnrDb()), finite(outputSqnr.get(layer.output()))),
                bytes(prepared, layer.node()),
                bytes(graph, nodes.getFirst()),
                OperationCount.of(prepared, layer.node()),
                opsAfter);
    }

    private static OptionalDouble finite(@Nullable Double value) {
        return value == null || !Double.isFinite(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    /** Bytes of weights and bias. */
    private static long bytes(Graph graph, Node node) {
        Optional<Encoded> codes = graph.encoded(node.input(1));
        long weights = codes.map(held -> Math.ceilDiv(held.bits(), Byte.SIZE))
                .orElseGet(() -> graph.value(node.input(1)).shape().elements() * ElementType.FLOAT32.bytes());
        boolean biased = node.hasInput(2) && graph.isConstant(node.input(2));
        return weights + (biased ? graph.value(node.input(2)).shape().elements() * ElementType.FLOAT32.bytes() : 0);
    }
}
