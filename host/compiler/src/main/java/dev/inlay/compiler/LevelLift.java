// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler;

import dev.inlay.backend.reference.Reference;
import dev.inlay.compiler.calibrate.ActivationMethod;
import dev.inlay.compiler.calibrate.Centre;
import dev.inlay.compiler.calibrate.ValueStatistics;
import dev.inlay.compiler.shape.FreshNames;
import dev.inlay.encoding.Quantizer;
import dev.inlay.graph.Graph;
import dev.inlay.graph.GraphException;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Node;
import dev.inlay.graph.Value;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Takes the centres off values and holds the rest in levels, moves and pools in between being done once for each level:
 * they commute with taking off what is the same for a whole channel.
 */
final class LevelLift {
    private record Key(String value, ActivationMethod.Centred method) {}

    private final Graph graph;
    private final Decisions decisions;
    private final FreshNames names;
    private final Graph.Builder builder;
    private final UnaryOperator<String> read;
    private final Map<Key, List<String>> lifted = new HashMap<>();
    private final Map<String, float[]> divisors = new HashMap<>();

    /**
     * @param read the name under which a value is read
     */
    LevelLift(Graph graph, Decisions decisions, FreshNames names, Graph.Builder builder, UnaryOperator<String> read) {
        this.graph = graph;
        this.decisions = decisions;
        this.names = names;
        this.builder = builder;
        this.read = read;
    }

    /** How a layer's input is held. */
    InputLevels levels(Layer layer, ActivationMethod.Centred method) {
        Value input = graph.value(layer.input());
        float[] offsets = channels(layer, spread(layer.input(), method, Centre::offsets), input.shape());
        float[] factors = channels(layer, spread(layer.input(), method, Centre::factors), input.shape());
        List<Quantizer.Uniform> quantizers = shared(layer, method);
        return new InputLevels(offsets, factors, quantizers);
    }

    /** Layers that read several sources have the levels of the first for all. */
    private List<Quantizer.Uniform> shared(Layer layer, ActivationMethod.Centred method) {
        List<List<Quantizer.Uniform>> each = Sources.of(graph, layer.input(), method).stream()
                .map(source -> decisions.centre(source, method).quantizers())
                .distinct()
                .toList();
        if (each.size() > 1) {
            throw new GraphException("node \"" + layer.name() + "\": got an input joined of values whose "
                    + method.title() + " levels differ, expected binary levels of one sign for joined values");
        }
        return each.getFirst();
    }

    private Optional<Node> mover(String value, ActivationMethod.Centred method) {
        return graph.producer(value).filter(node -> Sources.passes(node, method));
    }

    /** A number of each channel at the sources, where the moves bring it. */
    private Tensor spread(String value, ActivationMethod.Centred method, Function<Centre, float[]> of) {
        Optional<Node> mover = mover(value, method);
        if (mover.isEmpty()) {
            Shape shape = graph.value(value).shape();
            Tensor tensor = Tensor.allocate(ElementType.FLOAT32, shape);
            float[] numbers = of.apply(decisions.centre(value, method));
            long inner = shape.elements(ValueStatistics.channelAxis(shape) + 1, shape.rank());
            for (long i = 0; i < tensor.elements(); i++) {
                tensor.set(i, numbers[(int) (i / inner % numbers.length)]);
            }
            return tensor;
        }
        List<Optional<Tensor>> inputs = mover.get().inputs().stream()
                .map(input -> Optional.of(spread(input, method, of)))
                .toList();
        return Reference.evaluate(
                        mover.get(), inputs, List.of(graph.value(value).withQuantizer(Optional.empty())))
                .getFirst();
    }

    private static float[] channels(Layer layer, Tensor spread, Shape shape) {
        int axis = ValueStatistics.channelAxis(shape);
        long inner = shape.elements(axis + 1, shape.rank());
        float[] numbers = new float[shape.size(axis)];
        for (int channel = 0; channel < numbers.length; channel++) {
            numbers[channel] = spread.getFloat(channel * inner);
            for (long place = 1; place < inner; place++) {
                if (spread.getFloat(channel * inner + place) != numbers[channel]) {
                    throw new GraphException("node \"" + layer.name()
                            + "\": got an input whose centres differ within a channel, expected one for each");
                }
            }
        }
        return numbers;
    }

    /** What the output of a layer was divided by, channel by channel; its centre is divided by it too. */
    void divide(String source, float[] by) {
        divisors.put(source, by);
    }

    /** The names of a value's levels, whose nodes are added where they are not there yet. */
    List<String> lift(String value, ActivationMethod.Centred method) {
        Key key = new Key(value, method);
        List<String> levels = lifted.get(key);
        if (levels == null) {
            Optional<Node> mover = mover(value, method);
            levels = mover.isPresent() ? moved(mover.get(), method) : taken(value, method);
            lifted.put(key, levels);
        }
        return levels;
    }

    private List<String> moved(Node mover, ActivationMethod.Centred method) {
        List<List<String>> inputs =
                mover.inputs().stream().map(input -> lift(input, method)).toList();
        List<String> outputs = new ArrayList<>();
        for (int level = 0; level < inputs.getFirst().size(); level++) {
            int index = level;
            List<String> from = inputs.stream().map(names -> names.get(index)).toList();
            outputs.add(
                    add(mover.name() + "_levels", (node, output) -> new Node(node, mover.op(), from, List.of(output))));
        }
        return outputs;
    }

    private List<String> taken(String source, ActivationMethod.Centred method) {
        Centre centre = decisions.centre(source, method);
        boolean divided = !ActivationMethod.SIGNS.equals(method);
        float[] offsets = divided ? aboveConstants(centre) : centre.offsets();
        Optional<Quantizer.Uniform> centred = centre.rests().stream().findFirst();
        Optional<Quantizer.Uniform> wide = centre.rests().stream().skip(1).findFirst();
        String rest = combined(source, read.apply(source), Lanewise.Arithmetic.SUB, "_centre", offsets);
        if (divided) {
            String from = held(source, rest, centred);
            rest = combined(source, from, Lanewise.Arithmetic.DIV, "_factor", positive(centre.factors()));
        }
        List<String> outputs = new ArrayList<>();
        for (Quantizer.Uniform quantizer : centre.quantizers()) {
            if (!outputs.isEmpty()) {
                List<String> from = List.of(rest, outputs.getLast());
                rest = add(
                        source + "_rest",
                        (node, output) ->
                                new Node(node, new Lanewise.Binary(Lanewise.Arithmetic.SUB), from, List.of(output)));
            }
            if (outputs.size() < centre.quantizers().size() - 1) {
                rest = held(source, rest, wide);
            }
            outputs.add(quantized(source + "_levels", rest, quantizer));
        }
        return outputs;
    }

    /** What is left of a value, held where more levels are taken off it. */
    private String held(String source, String rest, Optional<Quantizer.Uniform> wide) {
        return wide.map(quantizer -> quantized(source + "_wide", rest, quantizer))
                .orElse(rest);
    }

    private String quantized(String wish, String from, Quantizer.Uniform quantizer) {
        return add(
                wish,
                (node, output) -> new Node(node, new Lanewise.Quantize(quantizer), List.of(from), List.of(output)));
    }

    /**
     * A channel whose numbers are all alike has levels that count nothing. Its centre lies a step above them: they have
     * the least level, as has all that a rectifier cuts off, which then can go.
     */
    private static float[] aboveConstants(Centre centre) {
        float[] offsets = centre.offsets().clone();
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] +=
                    centre.factors()[i] == 0 ? centre.quantizers().getFirst().scale() : 0;
        }
        return offsets;
    }

    /** A channel whose numbers are all alike has the factor 0; it has no rest to be divided. */
    private static float[] positive(float[] factors) {
        float[] positive = factors.clone();
        for (int i = 0; i < positive.length; i++) {
            positive[i] = positive[i] == 0 ? 1 : positive[i];
        }
        return positive;
    }

    private String combined(
            String source, String value, Lanewise.Arithmetic arithmetic, String what, float[] channels) {
        Shape shape = graph.value(source).shape();
        long[] extents = new long[shape.rank()];
        Arrays.fill(extents, 1);
        extents[ValueStatistics.channelAxis(shape)] = channels.length;
        float[] by = divisors.getOrDefault(source, new float[0]);
        float[] numbers = channels.clone();
        for (int i = 0; i < by.length; i++) {
            numbers[i] /= by[i];
        }
        String constant = names.like(source + what);
        builder.constant(constant, Tensor.of(Shape.of(extents), numbers));
        return add(
                source + "_centred",
                (node, output) ->
                        new Node(node, new Lanewise.Binary(arithmetic), List.of(value, constant), List.of(output)));
    }

    private String add(String wish, BiFunction<String, String, Node> make) {
        String name = names.like(wish);
        String output = names.like(name + ".out");
        builder.node(make.apply(name, output));
        return output;
    }
}
