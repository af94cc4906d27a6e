// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.partition;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a partition costs, and its limits.
 *
 * @param devices that may compute, the host among them, whether or not it has candidates; ids differ
 * @param host id of the device where the graph's inputs come from and its outputs go to
 * @param exchange the layout in which values cross between devices, inputs come and outputs go
 * @param nodes in topological order; names differ
 * @param values the graph's inputs that a node reads, and what nodes make; names differ
 * @param links one for every ordered pair of devices
 * @param conversions one for every two layouts that a value may have and be read in on a device
 * @param pins limits on the devices of nodes
 * @param maxCuts most hand-overs between devices, those of inputs and outputs not counted; empty means any number
 */
public record PartitionProblem(
        List<Device> devices,
        String host,
        String exchange,
        List<Node> nodes,
        List<Value> values,
        List<Link> links,
        List<Conversion> conversions,
        List<Pin> pins,
        OptionalInt maxCuts) {
    /**
     * A device.
     *
     * @param id by which others name it
     * @param memoryBytes most bytes of the weights of all its nodes and the work of its largest; empty means no limit
     * @param energyKnown whether its candidates have joules
     * @param swapSeconds of changing its bitstream, at least 0
     */
    public record Device(String id, OptionalLong memoryBytes, boolean energyKnown, double swapSeconds) {
        public Device {
            memoryBytes.ifPresent(bytes -> require(bytes >= 0, "device " + id + ": memory", bytes, ">= 0"));
            requireSeconds("device " + id + ": swap", swapSeconds);
        }
    }

    /**
     * One way to compute a node.
     *
     * @param device where
     * @param kernel with what
     * @param reads the layout it wants its inputs in
     * @param writes the layout it makes its outputs in
     * @param seconds that it keeps the device busy, at least 0
     * @param joules that it takes; empty if nobody knows
     * @param weightBytes that stay on the device
     * @param workBytes beside all weights while it runs: operands, results and scratch
     * @param bitstream that must be loaded; empty if none
     */
    public record Candidate(
            String device,
            String kernel,
            String reads,
            String writes,
            double seconds,
            OptionalDouble joules,
            long weightBytes,
            long workBytes,
            Optional<String> bitstream) {
        public Candidate {
            String where = "kernel " + kernel + " on " + device;
            requireSeconds(where, seconds);
            joules.ifPresent(each -> require(each >= 0 && Double.isFinite(each), where + ": joules", each, ">= 0"));
            require(weightBytes >= 0, where + ": weight bytes", weightBytes, ">= 0");
            require(workBytes >= 0, where + ": work bytes", workBytes, ">= 0");
        }

        /** A kernel of one layout that needs no bitstream. */
        public static Candidate of(
                String device,
                String kernel,
                String layout,
                double seconds,
                OptionalDouble joules,
                long weightBytes,
                long workBytes) {
            return new Candidate(
                    device, kernel, layout, layout, seconds, joules, weightBytes, workBytes, Optional.empty());
        }
    }

    /**
     * A node.
     *
     * @param name by which others name it
     * @param candidates ways to compute it, at least one in all
     * @param refusals device id to the reason why it has no candidate there
     */
    public record Node(String name, List<Candidate> candidates, Map<String, String> refusals) {
        public Node {
            candidates = List.copyOf(candidates);
            refusals = Map.copyOf(refusals);
        }
    }

    /**
     * A value that goes from one place to others.
     *
     * @param name by which others name it
     * @param producer the node that makes it; empty for an input of the graph
     * @param readers the nodes that read it; one that reads it twice counts once
     * @param output whether it is an output of the graph
     * @param bytes when it crosses, at least 0
     */
    public record Value(String name, Optional<String> producer, List<String> readers, boolean output, long bytes) {
        public Value {
            readers = readers.stream().distinct().toList();
            require(bytes >= 0, "value " + name + ": bytes", bytes, ">= 0");
        }
    }

    /**
     * The way from one device to another, through the host where there is no shorter.
     *
     * @param fixedSeconds of a hand-over of no bytes
     * @param bytesPerSecond above 0, or infinite
     */
    public record Link(String from, String to, double fixedSeconds, double bytesPerSecond) {
        public Link {
            requireSeconds("link " + from + " to " + to, fixedSeconds);
            require(bytesPerSecond > 0, "link " + from + " to " + to + ": bytes per second", bytesPerSecond, "> 0");
        }

        public double seconds(long bytes) {
            return fixedSeconds + bytes / bytesPerSecond;
        }
    }

    /**
     * A change of layout on a device.
     *
     * @param fixedSeconds of a conversion of no bytes
     * @param secondsPerByte of the value, at least 0
     */
    public record Conversion(String device, String from, String to, double fixedSeconds, double secondsPerByte) {
        public Conversion {
            String where = "conversion " + from + " to " + to + " on " + device;
            requireSeconds(where, fixedSeconds);
            requireSeconds(where, secondsPerByte);
        }

        public double seconds(long bytes) {
            return fixedSeconds + bytes * secondsPerByte;
        }
    }

    /**
     * A limit on the devices of a node.
     *
     * @param devices ids of those that may compute it
     * @param why who asked for it
     */
    public record Pin(String node, Set<String> devices, String why) {
        public Pin {
            devices = Set.copyOf(devices);
        }
    }

    /** @throws IllegalArgumentException if a name is used twice or not known, or a price is missing */
    public PartitionProblem {
        devices = List.copyOf(devices);
        nodes = List.copyOf(nodes);
        values = List.copyOf(values);
        links = List.copyOf(links);
        conversions = List.copyOf(conversions);
        pins = List.copyOf(pins);
        maxCuts.ifPresent(cuts -> require(cuts >= 0, "most cuts", cuts, ">= 0"));
        Set<String> ids = distinct("device", devices.stream().map(Device::id).toList());
        require(ids.contains(host), "host", host, "one of " + ids);
        requireNodes(nodes, values, ids);
        requireLinks(links, ids);
        requireConversions(nodes, conversions, exchange);
        Set<String> names = new HashSet<>(nodes.stream().map(Node::name).toList());
        for (Pin pin : pins) {
            require(names.contains(pin.node), "pin: node", pin.node, "a node of the graph");
            require(ids.containsAll(pin.devices), "pin of " + pin.node + ": devices", pin.devices, "of " + ids);
        }
    }

    /** The same problem with other pins. */
    public PartitionProblem withPins(List<Pin> changed) {
        return new PartitionProblem(devices, host, exchange, nodes, values, links, conversions, changed, maxCuts);
    }

    /** The same problem with another limit of cuts. */
    public PartitionProblem withMaxCuts(OptionalInt changed) {
        return new PartitionProblem(devices, host, exchange, nodes, values, links, conversions, pins, changed);
    }

    private static void requireNodes(List<Node> nodes, List<Value> values, Set<String> devices) {
        distinct("node", nodes.stream().map(Node::name).toList());
        distinct("value", values.stream().map(Value::name).toList());
        Map<String, Integer> position = new HashMap<>();
        for (Node node : nodes) {
            position.put(node.name, position.size());
            for (Candidate candidate : node.candidates) {
                String where = "node " + node.name + ": device of " + candidate.kernel;
                require(devices.contains(candidate.device), where, candidate.device, "one of " + devices);
            }
        }
        for (Value value : values) {
            int made =
                    value.producer.map(name -> position(position, value, name)).orElse(-1);
            for (String reader : value.readers) {
                boolean later = position(position, value, reader) > made;
                require(later, "value " + value.name + ": reader", reader, "a node after its producer");
            }
        }
    }

    private static int position(Map<String, Integer> position, Value value, String node) {
        require(position.containsKey(node), "value " + value.name + ": node", node, "a node of the graph");
        return position.get(node);
    }

    private static void requireLinks(List<Link> links, Set<String> devices) {
        Set<List<String>> priced = new HashSet<>();
        links.forEach(link -> priced.add(List.of(link.from, link.to)));
        for (String from : devices) {
            for (String to : devices) {
                boolean known = from.equals(to) || priced.contains(List.of(from, to));
                require(known, "link from " + from + " to " + to, "none", "one");
            }
        }
    }

    private static void requireConversions(List<Node> nodes, List<Conversion> conversions, String exchange) {
        Set<List<String>> priced = new HashSet<>();
        conversions.forEach(each -> priced.add(List.of(each.device, each.from, each.to)));
        Map<String, Set<String>> written = new LinkedHashMap<>();
        Map<String, Set<String>> read = new LinkedHashMap<>();
        for (Node node : nodes) {
            for (Candidate each : node.candidates) {
                written.computeIfAbsent(each.device, key -> new LinkedHashSet<>(Set.of(exchange)))
                        .add(each.writes);
                read.computeIfAbsent(each.device, key -> new LinkedHashSet<>(Set.of(exchange)))
                        .add(each.reads);
            }
        }
        written.forEach((device, layouts) ->
                layouts.forEach(from -> read.get(device).forEach(to -> {
                    boolean known = from.equals(to) || priced.contains(List.of(device, from, to));
                    require(known, "conversion " + from + " to " + to + " on " + device, "none", "one");
                })));
    }

    private static Set<String> distinct(String what, List<String> names) {
        Set<String> seen = new LinkedHashSet<>();
        for (String name : names) {
            require(seen.add(name), what, name + " twice", "names that differ");
        }
        return seen;
    }

    private static void requireSeconds(String what, double seconds) {
        require(seconds >= 0 && Double.isFinite(seconds), what + ": seconds", seconds, ">= 0");
    }

    private static void require(boolean holds, String what, Object got, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(what + ": got " + got + ", expected " + expected);
        }
    }
}
