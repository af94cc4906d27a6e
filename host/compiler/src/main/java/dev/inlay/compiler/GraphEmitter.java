// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler;

import dev.inlay.compiler.calibrate.ActivationMethod;
import dev.inlay.compiler.encode.LayerWeights;
import dev.inlay.compiler.shape.FreshNames;
import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Quantizer;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Function;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Move;
import dev.inlay.graph.Node;
import dev.inlay.graph.Window;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Writes a graph anew with quantizers and encoded layers. */
final class GraphEmitter {
    /** So coarse that what single precision loses of a sum seldom makes another code of it. */
    private static final Levels.Integers SUMS = Levels.Integers.symmetric(14);

    private record HeldInput(String value, Quantizer quantizer) {}

    private final Graph graph;
    private final Decisions decisions;
    private final Graph.Builder builder;
    private final FreshNames names;
    private final LevelLift lift;
    private final Set<String> bare;
    private final Map<String, String> heldNames = new HashMap<>();
    private final Map<HeldInput, String> heldInputs = new HashMap<>();
    private final Map<String, List<String>> nodesOf = new HashMap<>();

    /**
     * @param bare values whose layers leave out their activation
     */
    GraphEmitter(Graph graph, Decisions decisions, Set<String> bare) {
        this.graph = graph;
        this.decisions = decisions;
        this.bare = bare;
        this.builder = Graph.builder(graph.name());
        this.names = new FreshNames(graph);
        this.lift = new LevelLift(graph, decisions, names, builder, this::read);
    }

    /** How the input of a layer is held, where that is in levels around centres. */
    Optional<InputLevels> levels(Layer layer) {
        return method(layer).map(method -> lift.levels(layer, method));
    }

    private Optional<ActivationMethod.Centred> method(Layer layer) {
        return Optional.ofNullable(decisions.placement().centred().get(layer.name()));
    }

    /** The names of the nodes that do a layer's sums. */
    List<String> nodesOf(Layer layer) {
        return nodesOf.getOrDefault(layer.name(), List.of());
    }

    /**
     * @param layers the layers by their nodes' names, in any order
     * @param encoded what became of each
     */
    Graph emit(Map<String, Layer> layers, Map<String, EncodedLayer> encoded) {
        graph.inputs().forEach(builder::input);
        graph.constants().forEach(builder::constant);
        graph.encoded().forEach(builder::encoded);
        encoded.forEach((name, layer) ->
                layer.divisors().ifPresent(by -> lift.divide(layers.get(name).output(), by)));
        graph.inputs().forEach(input -> hold(input.name()));
        for (Node node : graph.nodes()) {
            EncodedLayer layer = encoded.get(node.name());
            if (layer == null) {
                builder.node(
                        node.withInputs(node.inputs().stream().map(this::read).toList()));
            } else {
                emit(layers.get(node.name()), layer);
            }
            node.outputs().forEach(this::hold);
        }
        graph.outputs().forEach(output -> builder.output(output.name()));
        return builder.build();
    }

    private void hold(String value) {
        Quantizer.Uniform quantizer = decisions.held().get(value);
        if (quantizer != null) {
            heldNames.put(value, quantize(value, value, quantizer));
        }
    }

    private String quantize(String wish, String from, Quantizer quantizer) {
        String name = names.like(wish + "_held");
        String output = names.like(name + ".out");
        builder.node(name, new Lanewise.Quantize(quantizer), List.of(from), output);
        return output;
    }

    /** The name under which a value is read. */
    private String read(String value) {
        return heldNames.getOrDefault(value, value);
    }

    private List<String> inputs(Layer layer) {
        Optional<ActivationMethod.Centred> few = method(layer);
        if (few.isPresent()) {
            return padded(layer, lift.lift(layer.input(), few.get()));
        }
        Quantizer own = decisions.atInput().get(layer.name());
        String value = read(layer.input());
        return List.of(
                own == null
                        ? value
                        : heldInputs.computeIfAbsent(
                                new HeldInput(value, own), key -> quantize(layer.input(), value, own)));
    }

    /** Binary levels have no zero, and centres make another number of it: padding is explicit. */
    private List<String> padded(Layer layer, List<String> levels) {
        if (!(layer.op() instanceof Contraction.Conv conv) || !isPadded(conv.window())) {
            return levels;
        }
        Window window = conv.window();
        float[] values = levels(layer).orElseThrow().paddings();
        List<String> padded = new ArrayList<>();
        for (int level = 0; level < levels.size(); level++) {
            String name = names.like(layer.name() + "_pad");
            String output = names.like(name + ".out");
            Move.Pad pad = new Move.Pad(
                    List.of(0, 0, window.top(), window.left()),
                    List.of(0, 0, window.bottom(), window.right()),
                    values[level]);
            builder.node(name, pad, List.of(levels.get(level)), output);
            padded.add(output);
        }
        return padded;
    }

    private static boolean isPadded(Window window) {
        return Math.max(window.top(), window.left()) + Math.max(window.bottom(), window.right()) > 0;
    }

    private void emit(Layer layer, EncodedLayer encoded) {
        List<String> inputs = inputs(layer);
        Node node = layer.node();
        String weights = names.like(node.input(1) + "_codes");
        builder.encoded(weights, encoded.weights());
        Optional<String> bias = encoded.bias()
                .map(numbers -> {
                    String name = names.like(layer.name() + "_bias");
                    builder.constant(name, Tensor.of(Shape.of(numbers.length), numbers));
                    return name;
                })
                .or(() -> node.hasInput(2) ? Optional.of(node.input(2)) : Optional.empty());
        Contraction op = operator(layer, encoded.bias().isPresent());
        Epilogue epilogue = op.epilogue();
        if (bare.contains(layer.output())) {
            epilogue = epilogue.withActivation(Function.IDENTITY);
        }
        Optional<String> residual = epilogue.residual() ? Optional.of(read(node.input(3))) : Optional.empty();
        if (inputs.size() == 1) {
            add(
                    layer,
                    node.name(),
                    op.withEpilogue(epilogue),
                    inputs.getFirst(),
                    weights,
                    bias,
                    residual,
                    node.output());
            return;
        }
        sum(layer, encoded, op, epilogue, inputs, weights, bias, residual);
    }

    /** One contraction for each level, added; the first has the bias. Sums in between are held in {@link #SUMS}. */
    private void sum(
            Layer layer,
            EncodedLayer encoded,
            Contraction op,
            Epilogue epilogue,
            List<String> inputs,
            String weights,
            Optional<String> bias,
            Optional<String> residual) {
        Contraction bare = op.withEpilogue(Epilogue.NONE);
        Optional<String> sum = residual;
        Optional<Quantizer.Uniform> wide = sums(layer, encoded);
        for (int level = 0; level < inputs.size(); level++) {
            String name = level == 0 ? layer.name() : names.like(layer.name() + "_level");
            boolean last = level == inputs.size() - 1;
            Contraction term =
                    bare.withEpilogue(new Epilogue(sum.isPresent(), last ? epilogue.activation() : Function.IDENTITY));
            String output = last ? layer.output() : names.like(name + ".out");
            add(layer, name, term, inputs.get(level), weights, level == 0 ? bias : Optional.empty(), sum, output);
            sum = wide.filter(quantizer -> !last)
                    .map(quantizer -> quantize(output, output, quantizer))
                    .or(() -> Optional.of(output));
        }
    }

    /** Wide enough for whatever the levels add up to; empty where a residual may be any number. */
    private Optional<Quantizer.Uniform> sums(Layer layer, EncodedLayer encoded) {
        double most = 0;
        if (layer.op().epilogue().residual()) {
            Quantizer.Uniform residual = decisions.held().get(layer.node().input(3));
            if (residual == null) {
                return Optional.empty();
            }
            most = Math.abs((double) residual.scale()) * 2 * residual.levels().largest();
        }
        double levels = levels(layer).orElseThrow().quantizers().stream()
                .mapToDouble(quantizer -> quantizer.scale() * quantizer.levels().largest())
                .sum();
        LayerWeights weights = layer.weights(encoded.weights().decode());
        float[] bias = encoded.bias().or(() -> layer.bias(graph)).orElseThrow();
        double[] sums = new double[bias.length];
        int[] outputs = Layer.outputChannels(weights);
        for (int i = 0; i < outputs.length; i++) {
            sums[outputs[i]] += Math.abs(weights.tensor().getDouble(i) * layer.alpha()) * levels;
        }
        double largest = 0;
        for (int channel = 0; channel < sums.length; channel++) {
            largest = Math.max(largest, sums[channel] + Math.abs(bias[channel]));
        }
        float scale = (float) ((most + largest) / SUMS.high());
        return Optional.of(new Quantizer.Uniform(SUMS, scale > 0 ? scale : 1, 0));
    }

    private void add(
            Layer layer,
            String name,
            Contraction op,
            String input,
            String weights,
            Optional<String> bias,
            Optional<String> residual,
            String output) {
        List<String> inputs = new ArrayList<>(List.of(input, weights));
        if (bias.isPresent() || residual.isPresent()) {
            inputs.add(bias.orElse(""));
        }
        residual.ifPresent(inputs::add);
        builder.node(name, op, inputs, output);
        nodesOf.computeIfAbsent(layer.name(), key -> new ArrayList<>()).add(name);
    }

    /** The operator without what is made explicit: padding before levels, and a factor on a bias that has it already. */
    private Contraction operator(Layer layer, boolean biasIsReady) {
        return switch (layer.op()) {
            case Contraction.Conv conv
            when method(layer).isPresent() -> {
                Window w = conv.window();
                Window bare = new Window(
                        w.rows(),
                        w.columns(),
                        w.rowStride(),
                        w.columnStride(),
                        w.rowDilation(),
                        w.columnDilation(),
                        0,
                        0,
                        0,
                        0);
                yield new Contraction.Conv(bare, conv.groups(), conv.epilogue());
            }
            case Contraction.Conv conv -> conv;
            case Contraction.Gemm gemm ->
                biasIsReady
                        ? new Contraction.Gemm(gemm.alpha(), 1, gemm.transposeA(), gemm.transposeB(), gemm.epilogue())
                        : gemm;
            case Contraction.MatMul matMul -> matMul;
        };
    }
}
