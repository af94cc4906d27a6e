// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.encoding.Quantizer;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Node;
import dev.inlay.graph.Pool;
import dev.inlay.graph.Value;
import dev.inlay.tensor.NumberFormat;
import dev.inlay.tensor.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * How devices hold values, from the graph and the devices of its nodes alone: in what their consumers read where the
 * producer can write it, otherwise in codes or floats that have addresses of their own.
 */
final class Holdings {
    private final Graph graph;
    private final Map<String, String> deviceOfNode;
    private final Map<String, Pairing> pairings = new HashMap<>();
    private final Map<String, Held> held = new HashMap<>();

    Holdings(Graph graph, Map<String, String> deviceOfNode) {
        this.graph = graph;
        this.deviceOfNode = deviceOfNode;
    }

    /** The pairing of a contraction whose weights are constant. */
    Pairing pairing(Node node) {
        return pairings.computeIfAbsent(node.name(), name -> Pairing.of(graph, node, (Contraction) node.op()));
    }

    /**
     * What a contraction asks of the memory of its activations.
     *
     * @param groups groups of channels that are padded apart
     * @param lanes numbers that the channels of a group are padded to
     * @param cleared whether the padding must be zero
     * @param halo around an image
     */
    record Need(int groups, int lanes, boolean cleared, Layout.Halo halo) {
        /** Whether a home padded to {@code lanes} is all it needs. */
        boolean suitsHome() {
            return groups == 1 && !cleared;
        }
    }

    Need need(Node node) {
        Contraction op = (Contraction) node.op();
        Pairing pairing = pairing(node);
        Shape x = graph.value(node.input(0)).shape();
        int groups = op instanceof Contraction.Conv conv && !pairing.depthwise() ? conv.groups() : 1;
        int channels = x.size(op instanceof Contraction.Conv ? 1 : -1) / groups;
        boolean whole = channels % pairing.lanes() == 0;
        Layout.Halo halo = op instanceof Contraction.Conv conv
                ? new Layout.Halo(
                        conv.window().top(),
                        conv.window().left(),
                        conv.window().bottom(),
                        conv.window().right())
                : Layout.Halo.NONE;
        return new Need(whole ? 1 : groups, pairing.lanes(), pairing.readsPadding() && !whole, halo);
    }

    /** How a device holds a value. */
    Held held(String value, String device) {
        Value logical = graph.value(value);
        if (device.equals(DeviceDescription.REFERENCE)) {
            return Held.as(logical.type());
        }
        return held.computeIfAbsent(
                device + '\n' + value,
                key -> logical.quantizer()
                        .flatMap(quantizer -> packed(value, device).or(() -> Held.of(quantizer)))
                        .orElse(Held.REAL));
    }

    /** The planes of bits that all consumers of a value read and its producer writes. */
    private Optional<Held> packed(String value, String device) {
        return wanted(value, device).filter(planes -> isWritten(value, device, planes));
    }

    private boolean isOn(Node node, String device) {
        return device.equals(deviceOfNode.get(node.name()));
    }

    /** The planes of bits that all consumers of a value read, those behind a pool of signs too. */
    private Optional<Held> wanted(String value, String device) {
        Optional<Held> common = Optional.empty();
        List<Node> consumers = graph.consumers(value);
        for (Node consumer : consumers) {
            Optional<Held> one = isOn(consumer, device) ? wanted(consumer, value, device) : Optional.empty();
            if (one.isEmpty() || (common.isPresent() && !common.equals(one))) {
                return Optional.empty();
            }
            common = one;
        }
        return graph.isOutput(value) ? Optional.empty() : common;
    }

    private Optional<Held> wanted(Node consumer, String value, String device) {
        boolean once = consumer.inputs().stream().filter(value::equals).count() == 1;
        if (consumer.op() instanceof Pool.MaxPool) {
            return wanted(consumer.output(), device).filter(x -> x.format().equals(NumberFormat.B1));
        }
        return consumer.op() instanceof Contraction && once && consumer.input(0).equals(value)
                ? Optional.of(pairing(consumer).x())
                        .filter(x -> x.format().isPlanes() && need(consumer).suitsHome())
                : Optional.empty();
    }

    private boolean isWritten(String value, String device, Held planes) {
        Optional<Node> producer = graph.producer(value).filter(node -> isOn(node, device));
        if (producer.isEmpty()) {
            return false;
        }
        Node node = producer.get();
        return node.op() instanceof Contraction op
                ? isWritten(node, op, planes)
                : node.op() instanceof Pool.MaxPool
                        && packed(node.input(0), device).isPresent();
    }

    /** Whether the epilogue of a contraction stores its output in planes of bits. */
    private boolean isWritten(Node node, Contraction op, Held planes) {
        Pairing pairing = pairing(node);
        boolean direct =
                pairing.form().filter(form -> form.coding().y().isPresent()).isPresent()
                        && !pairing.depthwise()
                        && !(op instanceof Contraction.Conv conv && conv.groups() > 1);
        // The ternary store rounds to zero what a sign never is.
        boolean rounded = planes.format().equals(NumberFormat.B1) || !planes.odd();
        return direct && rounded;
    }

    /** The value whose numbers become the operand: the one that block floating point is made of where it is made. */
    String source(String value) {
        Optional<Node> producer = graph.producer(value).filter(Holdings::isDeferred);
        return producer.isPresent() ? producer.get().input(0) : value;
    }

    /** Whether a node does nothing because its consumers' operands are made of its own input. */
    static boolean isDeferred(Node node) {
        return node.op() instanceof Lanewise.Quantize quantize && quantize.to() instanceof Quantizer.BlockFloat;
    }

    /** Whether a value may be held unrounded, because whoever reads it makes blocks of it alike. */
    boolean isRoundedByConsumers(String value, Quantizer.BlockFloat quantizer) {
        return !graph.isOutput(value)
                && graph.consumers(value).stream()
                        .allMatch(node -> node.op() instanceof Contraction
                                && node.input(0).equals(value)
                                && node.inputs().stream().filter(value::equals).count() == 1
                                && graph.isConstant(node.input(1))
                                && pairing(node).x().equals(Held.blocks(quantizer)));
    }

    /** The layout in which a device keeps a value: images channels-last with the halo its convolutions read. */
    Layout layout(String value, String device, Held as) {
        Shape shape = graph.value(value).shape();
        return device.equals(DeviceDescription.REFERENCE) || (shape.rank() != 4 && as.isReal())
                ? Layout.PLAIN
                : layout(
                        value,
                        device,
                        new Need(1, 1, false, Layout.Halo.NONE),
                        reader -> pairing(reader).x().equals(as) && need(reader).suitsHome());
    }

    /** The layout of what is made for all consumers of a value that have a need. */
    Layout layout(String value, String device, Need need) {
        return layout(
                value,
                device,
                need,
                reader -> need(reader).groups() == need.groups() && need(reader).lanes() == need.lanes());
    }

    /** The layout that meets a need and those of the contractions on a device that read a value and are chosen. */
    private Layout layout(String value, String device, Need least, Predicate<Node> chosen) {
        Need all = least;
        for (Node reader : graph.consumers(value)) {
            if (reader.op() instanceof Contraction
                    && reader.input(0).equals(value)
                    && isOn(reader, device)
                    && graph.isConstant(reader.input(1))
                    && chosen.test(reader)) {
                all = union(all, need(reader));
            }
        }
        Layout layout = graph.value(value).shape().rank() == 4
                ? Layout.channelsLast(all.halo, all.lanes)
                : Layout.rows(all.lanes);
        return layout.withGroups(all.groups);
    }

    private static Need union(Need a, Need b) {
        return new Need(a.groups, Math.max(a.lanes, b.lanes), a.cleared || b.cleared, a.halo.union(b.halo));
    }
}
