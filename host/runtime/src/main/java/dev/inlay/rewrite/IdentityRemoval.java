// SPDX-License-Identifier: Apache-2.0
package dev.inlay.rewrite;

import dev.inlay.graph.Graph;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Move;
import dev.inlay.graph.Node;
import dev.inlay.graph.Patch;
import dev.inlay.graph.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A node that gives its input back goes. */
record IdentityRemoval() implements Rule {
    @Override
    public Optional<Patch> apply(Graph graph, Node node) {
        if (!isIdentity(graph, node)) {
            return Optional.empty();
        }
        String from = node.input(0);
        String to = node.output();
        if (!graph.isOutput(to)) {
            return Optional.of(renamed(node, graph.consumers(to), List.of(), to, from));
        }
        // The output's name must stay, so what makes the input takes it over, unless its own name must stay as well.
        Optional<Node> producer = graph.producer(from);
        if (producer.isEmpty() || graph.isOutput(from)) {
            return Optional.empty();
        }
        return Optional.of(renamed(node, graph.consumers(from), List.of(producer.get()), from, to));
    }

    private static boolean isIdentity(Graph graph, Node node) {
        if (node.inputs().isEmpty()) {
            return false;
        }
        Value from = graph.value(node.input(0));
        if (!from.shape().equals(graph.value(node.output()).shape())
                || from.type() != graph.value(node.output()).type()) {
            return false;
        }
        return node.op() instanceof Move.Reshape
                || node.op() instanceof Lanewise.Cast
                || (node.op() instanceof Lanewise.Unary unary
                        && unary.function().isIdentity())
                || (node.op() instanceof Move.Transpose transpose && isAscending(transpose.order()))
                || node.op() instanceof Move.Pad
                || (node.op() instanceof Move.Concat && node.inputs().size() == 1);
    }

    private static boolean isAscending(List<Integer> order) {
        for (int axis = 0; axis < order.size(); axis++) {
            if (order.get(axis) != axis) {
                return false;
            }
        }
        return true;
    }

    private static Patch renamed(Node gone, List<Node> readers, List<Node> makers, String before, String after) {
        Set<String> removed = new HashSet<>();
        removed.add(gone.name());
        List<Node> added = new ArrayList<>();
        List<Node> touched = new ArrayList<>(makers);
        touched.addAll(readers);
        for (Node node : touched) {
            if (removed.add(node.name())) {
                added.add(new Node(
                        node.name(),
                        node.op(),
                        swap(node.inputs(), before, after),
                        swap(node.outputs(), before, after)));
            }
        }
        return new Patch(removed, added, Map.of());
    }

    private static List<String> swap(List<String> names, String before, String after) {
        return names.stream().map(name -> name.equals(before) ? after : name).toList();
    }
}
