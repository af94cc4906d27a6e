// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler;

import dev.inlay.compiler.calibrate.ActivationMethod;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Move;
import dev.inlay.graph.Node;
import dev.inlay.graph.Pool;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Where the numbers of a value come from: the values behind moves and max-pools, which compute no new numbers. */
final class Sources {
    private Sources() {}

    /** The values whose numbers a value holds. */
    static Set<String> of(Graph graph, String value) {
        return of(graph, value, Sources::passes);
    }

    /** The values whose numbers a layer reads in levels around centres. */
    static Set<String> of(Graph graph, String value, ActivationMethod.Centred method) {
        return of(graph, value, node -> passes(node, method));
    }

    private static Set<String> of(Graph graph, String value, Predicate<Node> passes) {
        Set<String> sources = new LinkedHashSet<>();
        collect(graph, value, passes, sources);
        return sources;
    }

    private static void collect(Graph graph, String value, Predicate<Node> passes, Set<String> sources) {
        Optional<Node> producer = graph.producer(value).filter(passes);
        if (producer.isEmpty()) {
            sources.add(value);
        } else {
            producer.get().inputs().forEach(input -> collect(graph, input, passes, sources));
        }
    }

    /** As {@link #passes(Node)}; the levels of a sum are none that each has a maximum of its own. */
    static boolean passes(Node node, ActivationMethod.Centred method) {
        boolean sum = method instanceof ActivationMethod.Binary binary && binary.levels() > 1;
        return passes(node) && !(sum && node.op() instanceof Pool.MaxPool);
    }

    /** The value behind the max-pools that alone read a value, of the same channels: what its other readers see of it. */
    static String pooled(Graph graph, String source) {
        String value = source;
        while (graph.consumers(value).size() == 1
                && !graph.isOutput(value)
                && graph.consumers(value).getFirst().op() instanceof Pool.MaxPool) {
            value = graph.consumers(value).getFirst().output();
        }
        return value;
    }

    /** Whether a node only hands on numbers, zero beside them. */
    static boolean passes(Node node) {
        return node.op() instanceof Pool.MaxPool
                || (node.op() instanceof Move move && !(move instanceof Move.Pad pad && pad.value() != 0));
    }
}
