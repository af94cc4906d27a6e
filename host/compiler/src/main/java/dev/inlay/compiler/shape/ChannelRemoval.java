// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.shape;

import dev.inlay.graph.Contraction;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Move;
import dev.inlay.graph.Node;
import dev.inlay.graph.Normalization;
import dev.inlay.graph.Op;
import dev.inlay.graph.Pool;
import dev.inlay.graph.Reduction;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Writes a graph anew without some channels. */
final class ChannelRemoval {
    private final Graph graph;
    private final ChannelFlow flow;
    private final FilterChoice choice;
    private final FreshNames names;
    private final Graph.Builder builder;

    ChannelRemoval(Graph graph, ChannelFlow flow, FilterChoice choice) {
        this.graph = graph;
        this.flow = flow;
        this.choice = choice;
        this.names = new FreshNames(graph);
        this.builder = Graph.builder(graph.name());
    }

    Graph written() {
        graph.inputs().forEach(builder::input);
        graph.constants().forEach(builder::constant);
        graph.encoded().forEach(builder::encoded);
        graph.nodes().forEach(node -> builder.node(written(node)));
        graph.outputs().forEach(output -> builder.output(output.name()));
        return builder.build();
    }

    /** What is left of a value; empty where all is. */
    Optional<Kept> kept(String value) {
        return flow.of(value)
                .map(channels -> kept(channels.axis(), channels.ids()))
                .filter(kept -> !kept.isAll());
    }

    /** What is left of a layer's weights, axis by axis; none where all is. */
    List<Kept> keptWeights(Node node) {
        int[] outputs = flow.layers().get(node.name());
        if (outputs == null) {
            return List.of();
        }
        List<Kept> axes = new ArrayList<>();
        LayerAxes of = LayerAxes.of((Contraction) node.op());
        axes.add(kept(of.output(), outputs));
        if (groups(node) == 1) {
            flow.of(node.input(0)).ifPresent(channels -> axes.add(kept(of.input(), channels.ids())));
        }
        axes.removeIf(Kept::isAll);
        return axes;
    }

    private static int groups(Node node) {
        return node.op() instanceof Contraction.Conv conv ? conv.groups() : 1;
    }

    private Kept kept(int axis, int[] ids) {
        int[] positions = IntStream.range(0, ids.length)
                .filter(position -> !choice.isRemoved(ids[position]))
                .toArray();
        return new Kept(axis, positions, ids.length);
    }

    private Node written(Node node) {
        return switch (node.op()) {
            case Contraction op -> layer(node, op);
            case Lanewise.Binary binary -> together(node);
            case Lanewise.PRelu pRelu -> together(node);
            case Lanewise op -> node;
            case Pool op -> node;
            case Normalization op -> node;
            case Reduction op -> node;
            case Move.Reshape reshape ->
                kept(node.output())
                        .map(kept -> with(
                                node,
                                new Move.Reshape(reshape.to().with(kept.axis(), kept.positions().length)),
                                node.inputs()))
                        .orElse(node);
            case Move op -> node;
        };
    }

    private static Node with(Node node, Op op, List<String> inputs) {
        return new Node(node.name(), op, inputs, node.outputs(), node.quantizer());
    }

    private Node layer(Node node, Contraction op) {
        List<Kept> axes = keptWeights(node);
        Optional<Kept> output = kept(node.output());
        if (axes.isEmpty() && output.isEmpty()) {
            return node;
        }
        List<String> inputs = new ArrayList<>(node.inputs());
        Tensor weights = graph.constants().get(node.input(1));
        for (Kept kept : axes) {
            weights = kept.cut(weights);
        }
        inputs.set(1, constant(node.input(1), weights));
        if (node.hasInput(2) && output.isPresent()) {
            Tensor bias = graph.constants().get(node.input(2));
            inputs.set(2, constant(node.input(2), cut(bias, output.get(), -1)));
        }
        return with(node, grouped(op, output), inputs);
    }

    /** The operator with as many groups as are left. */
    private static Contraction grouped(Contraction op, Optional<Kept> output) {
        return op instanceof Contraction.Conv conv && conv.groups() > 1 && output.isPresent()
                ? new Contraction.Conv(
                        conv.window(),
                        conv.groups()
                                * output.get().positions().length
                                / output.get().extent(),
                        conv.epilogue())
                : op;
    }

    /** A constant that meets a value, cut where it differs along the value's channels. */
    private static Tensor cut(Tensor constant, Kept kept, int fromLast) {
        Shape shape = constant.shape();
        boolean same = shape.rank() < -fromLast || shape.extent(fromLast) == 1;
        return same ? constant : new Kept(shape.rank() + fromLast, kept.positions(), kept.extent()).cut(constant);
    }

    private String constant(String like, Tensor tensor) {
        if (tensor.shape().equals(graph.value(like).shape())) {
            return like;
        }
        String name = names.like(like + "_kept");
        builder.constant(name, tensor);
        return name;
    }

    private Node together(Node node) {
        Optional<Kept> kept = kept(node.output());
        if (kept.isEmpty()) {
            return node;
        }
        int fromLast = kept.get().axis() - graph.value(node.output()).shape().rank();
        List<String> inputs = new ArrayList<>();
        for (String input : node.inputs()) {
            Tensor constant = graph.constants().get(input);
            inputs.add(constant == null ? input : constant(input, cut(constant, kept.get(), fromLast)));
        }
        return node.withInputs(inputs);
    }
}
