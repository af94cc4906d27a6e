// SPDX-License-Identifier: Apache-2.0
package dev.inlay;

import dev.inlay.graph.Graph;
import dev.inlay.graph.Node;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Carries pins over a rewriting: who pins a node that was fused into a neighbour pins what it was fused into. */
final class Pins {
    private final Graph original;
    private final Graph rewritten;

    private Pins(Graph original, Graph rewritten) {
        this.original = original;
        this.rewritten = rewritten;
    }

    /**
     * The pins by the names that nodes have after rewriting.
     *
     * @param pins name of a node of {@code original} to device id
     * @throws UsageException if there is no such node, nothing is left of it, or two nodes that became one are pinned to
     *     two devices
     */
    static Map<String, String> follow(Map<String, String> pins, Graph original, Graph rewritten) {
        Pins rewriting = new Pins(original, rewritten);
        Map<String, String> renamed = new LinkedHashMap<>();
        Map<String, String> firsts = new LinkedHashMap<>();
        new TreeMap<>(pins).forEach((pinned, device) -> {
            String pin = pinned + "=" + device;
            Node node = rewriting.node(pin, pinned);
            String name = rewriting
                    .whatBecameOf(node)
                    .orElseThrow(() -> new UsageException("pin " + pin
                            + ": got a node of which nothing is left to run, expected one of " + names(rewritten)));
            String before = renamed.putIfAbsent(name, device);
            if (before != null && !before.equals(device)) {
                throw new UsageException("pins " + firsts.get(name) + " and " + pin
                        + ": got two devices for nodes that are fused into " + name + ", expected one");
            }
            firsts.putIfAbsent(name, pin);
        });
        return renamed;
    }

    private Node node(String pin, String name) {
        return original.nodes().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new UsageException("pin " + pin + ": got no such node, expected one of " + names(original)));
    }

    /**
     * The node that computes what {@code node} did: itself, the one that makes its output, or, where its output is made
     * no more, what became of the only node that read it.
     */
    private Optional<String> whatBecameOf(Node node) {
        if (rewritten.nodes().stream().anyMatch(each -> each.name().equals(node.name()))) {
            return Optional.of(node.name());
        }
        Optional<Node> maker = rewritten.producer(node.output());
        if (maker.isPresent()) {
            return maker.map(Node::name);
        }
        List<Node> readers = original.consumers(node.output());
        return readers.size() == 1 && !rewritten.defines(node.output())
                ? whatBecameOf(readers.getFirst())
                : Optional.empty();
    }

    private static List<String> names(Graph graph) {
        return graph.nodes().stream().map(Node::name).toList();
    }
}
