// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.shape;

import dev.inlay.encoding.Quantizer;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Move;
import dev.inlay.graph.Node;
import dev.inlay.graph.Normalization;
import dev.inlay.graph.Pool;
import dev.inlay.graph.Reduction;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Where the output channels of layers go. Channels that are added to each other, or are in one group of a convolution,
 * are tied: they are removed together. Those that leave the network, or meet an operator that makes other numbers of
 * several channels, are fixed.
 */
final class ChannelFlow {
    private final Graph graph;
    private final Ties ties = new Ties();
    private final Map<String, Channels> values = new LinkedHashMap<>();
    private final Map<String, int[]> layers = new LinkedHashMap<>();

    ChannelFlow(Graph graph) {
        this.graph = graph;
        for (Node node : graph.nodes()) {
            boolean held = node.quantizer().filter(ChannelFlow::mixes).isPresent();
            Optional<Channels> output = held ? ended(node) : flow(node);
            output.ifPresent(channels -> values.put(node.output(), channels));
        }
        graph.outputs().forEach(output -> fix(output.name()));
    }

    Ties ties() {
        return ties;
    }

    /** The channels of a value; empty where none of them can be removed. */
    Optional<Channels> of(String value) {
        return Optional.ofNullable(values.get(value));
    }

    /** The output channels of the layers, by name, in the order they run. */
    Map<String, int[]> layers() {
        return layers;
    }

    private static boolean mixes(Quantizer quantizer) {
        return !(quantizer instanceof Quantizer.Uniform);
    }

    private Optional<Channels> flow(Node node) {
        return switch (node.op()) {
            case Contraction op -> isLayer(node) ? layer(node, op) : ended(node);
            case Lanewise.Unary unary -> of(node.input(0));
            case Lanewise.Binary binary -> together(node);
            case Lanewise.PRelu pRelu -> together(node);
            case Lanewise.Quantize quantize -> mixes(quantize.to()) ? ended(node) : of(node.input(0));
            case Lanewise.Cast cast -> ended(node);
            case Lanewise.Encode encode -> ended(node);
            case Lanewise.Decode decode -> ended(node);
            case Pool pool ->
                of(node.input(0)).filter(channels -> channels.axis() == 1).or(() -> ended(node));
            case Normalization normalization -> ended(node);
            case Reduction.Reduce reduce -> reduced(node, reduce);
            case Reduction.ArgMax argMax -> ended(node);
            case Move.Reshape reshape -> reshaped(node, reshape.to());
            case Move.Transpose transpose ->
                of(node.input(0)).map(channels -> channels.at(transpose.order().indexOf(channels.axis())));
            case Move.Concat concat -> joined(node, shape(node.output()).normalise(concat.axis()));
            case Move.Pad pad -> padded(node, pad);
        };
    }

    private Shape shape(String value) {
        return graph.value(value).shape();
    }

    /** Nothing is known of the node's output: what it reads stays as it is. */
    private Optional<Channels> ended(Node node) {
        node.inputs().forEach(this::fix);
        return Optional.empty();
    }

    private void fix(String value) {
        of(value).ifPresent(channels -> Arrays.stream(channels.ids()).forEach(ties::fix));
    }

    private void fix(int[] ids) {
        Arrays.stream(ids).forEach(ties::fix);
    }

    private void tie(int[] some, int[] others) {
        for (int i = 0; i < some.length; i++) {
            ties.tie(some[i], others[i]);
        }
    }

    private boolean isLayer(Node node) {
        boolean biased = node.hasInput(2) && !graph.constants().containsKey(node.input(2));
        boolean image = node.op() instanceof Contraction.Conv;
        return node.quantizer().isEmpty()
                && graph.constants().containsKey(node.input(1))
                && graph.value(node.input(1)).type() == ElementType.FLOAT32
                && shape(node.input(1)).rank() == (image ? 4 : 2)
                && !biased
                && !(image && node.hasInput(2) && shape(node.input(2)).rank() != 1)
                && !(node.op() instanceof Contraction.Gemm gemm && gemm.transposeA());
    }

    private Optional<Channels> layer(Node node, Contraction op) {
        Shape weights = shape(node.input(1));
        int outputAxis = LayerAxes.of(op).output();
        int[] outputs = ties.fresh(weights.size(outputAxis));
        int axis = op instanceof Contraction.Conv ? 1 : shape(node.output()).rank() - 1;
        Optional<Channels> inputs = of(node.input(0)).filter(channels -> isContracted(node, op, channels));
        if (inputs.isEmpty()) {
            fix(node.input(0));
        }
        if (op instanceof Contraction.Conv conv && conv.groups() > 1) {
            if (inputs.isPresent()) {
                tieGroups(inputs.get().ids(), conv.groups());
                tieGroups(outputs, conv.groups());
                for (int group = 0; group < conv.groups(); group++) {
                    ties.tie(
                            inputs.get().ids()[group * inputs.get().ids().length / conv.groups()],
                            outputs[group * outputs.length / conv.groups()]);
                }
            } else {
                fix(outputs);
            }
        }
        if (op.epilogue().residual()) {
            Optional<Channels> residual = of(node.input(3))
                    .filter(channels -> channels.axis() == axis && channels.ids().length == outputs.length);
            residual.ifPresentOrElse(channels -> tie(outputs, channels.ids()), () -> {
                fix(node.input(3));
                fix(outputs);
            });
        }
        layers.put(node.name(), outputs);
        return Optional.of(new Channels(axis, outputs));
    }

    /** Whether a layer contracts the axis along which its input has channels. */
    private boolean isContracted(Node node, Contraction op, Channels inputs) {
        return inputs.axis()
                == (op instanceof Contraction.Conv ? 1 : shape(node.input(0)).rank() - 1);
    }

    /** Each part of consecutive channels becomes one. */
    private void tieGroups(int[] ids, int groups) {
        int size = ids.length / groups;
        for (int i = 0; i < ids.length; i++) {
            ties.tie(ids[i], ids[i / size * size]);
        }
    }

    /** Two values element by element: channels meet their like, a constant, or numbers that are the same for all. */
    private Optional<Channels> together(Node node) {
        Shape output = shape(node.output());
        Optional<String> first =
                node.inputs().stream().filter(values::containsKey).findFirst();
        if (first.isEmpty()) {
            return Optional.empty();
        }
        Channels channels = values.get(first.get());
        int fromLast = channels.axis() - shape(first.get()).rank();
        if (output.extent(fromLast) != channels.ids().length) {
            return ended(node);
        }
        for (String input : node.inputs()) {
            Channels other = values.get(input);
            boolean alike = other != null
                    && other.axis() - shape(input).rank() == fromLast
                    && other.ids().length == channels.ids().length;
            boolean same = other == null
                    && (shape(input).rank() < -fromLast || shape(input).extent(fromLast) == 1);
            if (!alike && !same && !graph.constants().containsKey(input)) {
                return ended(node);
            }
            if (alike) {
                tie(channels.ids(), other.ids());
            }
        }
        return Optional.of(channels.at(output.rank() + fromLast));
    }

    private Optional<Channels> reduced(Node node, Reduction.Reduce reduce) {
        Optional<Channels> inputs = of(node.input(0));
        if (inputs.isEmpty()) {
            return inputs;
        }
        int axis = inputs.get().axis();
        int[] folded =
                reduce.axes().stream().mapToInt(shape(node.input(0))::normalise).toArray();
        if (Arrays.stream(folded).anyMatch(other -> other == axis)) {
            return ended(node);
        }
        int before = reduce.keep()
                ? 0
                : Math.toIntExact(
                        Arrays.stream(folded).filter(other -> other < axis).count());
        return inputs.map(channels -> channels.at(axis - before));
    }

    /** Positions before and behind are runs of the same row-major elements; none may hold parts of two channels. */
    private Optional<Channels> reshaped(Node node, Shape to) {
        Optional<Channels> inputs = of(node.input(0));
        if (inputs.isEmpty()) {
            return inputs;
        }
        Shape from = shape(node.input(0));
        int axis = inputs.get().axis();
        int[] roots = ties.roots(inputs.get().ids());
        int[] ids = inputs.get().ids();
        long runBefore = from.elements(axis + 1, from.rank());
        int found = IntStream.range(0, to.rank())
                .filter(other -> to.elements(0, other) == from.elements(0, axis) && to.extent(other) > 1)
                .findFirst()
                .orElse(-1);
        if (found < 0) {
            return ended(node);
        }
        long runBehind = to.elements(found + 1, to.rank());
        int[] moved = new int[to.size(found)];
        for (int position = 0; position < moved.length; position++) {
            int start = Math.toIntExact(position * runBehind / runBefore);
            int end = Math.toIntExact(((position + 1) * runBehind - 1) / runBefore);
            if (Arrays.stream(roots, start, end + 1).anyMatch(root -> root != roots[start])) {
                return ended(node);
            }
            moved[position] = ids[start];
        }
        return Optional.of(new Channels(found, moved));
    }

    private Optional<Channels> joined(Node node, int axis) {
        List<String> inputs = node.inputs();
        Optional<Channels> any =
                inputs.stream().flatMap(input -> of(input).stream()).findFirst();
        if (any.isEmpty()) {
            return any;
        }
        int along = any.get().axis();
        if (inputs.stream().flatMap(input -> of(input).stream()).anyMatch(channels -> channels.axis() != along)) {
            return ended(node);
        }
        if (along != axis) {
            for (String input : inputs) {
                if (of(input).isEmpty()) {
                    return ended(node);
                }
                tie(any.get().ids(), values.get(input).ids());
            }
            return any;
        }
        int[] ids = inputs.stream()
                .map(input -> of(input)
                        .map(Channels::ids)
                        .orElseGet(() -> fixed(shape(input).size(axis))))
                .flatMapToInt(Arrays::stream)
                .toArray();
        return Optional.of(new Channels(axis, ids));
    }

    private Optional<Channels> padded(Node node, Move.Pad pad) {
        return of(node.input(0)).map(channels -> {
            int[] before = fixed(pad.before().get(channels.axis()));
            int[] after = fixed(pad.after().get(channels.axis()));
            int[] ids = Stream.of(before, channels.ids(), after)
                    .flatMapToInt(Arrays::stream)
                    .toArray();
            return new Channels(channels.axis(), ids);
        });
    }

    private int[] fixed(int count) {
        int[] ids = ties.fresh(count);
        fix(ids);
        return ids;
    }
}
