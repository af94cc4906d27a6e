// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.graph.Graph;
import dev.inlay.graph.Node;
import dev.inlay.graph.Value;
import dev.inlay.kernels.KernelId;
import dev.inlay.plan.cost.CostModel;
import dev.inlay.plan.cost.Workload;
import dev.inlay.plan.partition.Partition;
import dev.inlay.plan.partition.PartitionProblem;
import dev.inlay.plan.partition.PartitionProblem.Candidate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What it costs to compute each node of a graph on each device, from plans of the whole graph on every device alone. A
 * candidate of a node is a kernel that one of these plans gives it; its seconds are those of all its launches there.
 */
public final class Partitioning {
    /** The layout of the host, and of values that cross. */
    private static final String PLAIN = "plain";

    /** The layouts in which devices keep values, as {@link Holdings} says. */
    private static final String HOME = "home";

    private static final long LITTLE = 1 << 10;
    private static final long MUCH = 1 << 24;

    private final Graph graph;
    private final CostModel costs;
    private final Map<String, Double> watts;
    private final Map<String, List<Candidate>> candidates = new LinkedHashMap<>();
    private final Map<String, Map<String, String>> refusals = new HashMap<>();
    private final Map<Candidate, SparseUse> uses = new HashMap<>();

    private Partitioning(Graph graph, CostModel costs, Map<String, Double> watts) {
        this.graph = graph;
        this.costs = costs;
        this.watts = watts;
        graph.nodes().forEach(node -> {
            candidates.put(node.name(), new ArrayList<>());
            refusals.put(node.name(), new LinkedHashMap<>());
        });
    }

    /**
     * The problem of spreading a graph.
     *
     * @param devices that may compute, the reference among them where it may
     * @param sparse when weights that are zero are left out; where the device decides the cost model does
     * @param costs what steps take
     * @param watts device id to its draw at work; energy is not known of devices that are absent
     */
    public static Partitioning of(
            Graph graph,
            List<DeviceDescription> devices,
            SparseUse sparse,
            CostModel costs,
            Map<String, Double> watts) {
        Partitioning partitioning = new Partitioning(graph, costs, watts);
        for (DeviceDescription device : devices) {
            if (!device.isReference()) {
                partitioning.addAll(device, sparse);
            }
        }
        partitioning.addReference(devices.stream().anyMatch(DeviceDescription::isReference));
        return partitioning;
    }

    /** The problem as partitioners take it. */
    public PartitionProblem problem(List<DeviceDescription> devices, Map<String, String> pins, OptionalInt maxCuts) {
        List<PartitionProblem.Device> all = new ArrayList<>();
        boolean host = false;
        for (DeviceDescription device : devices) {
            host |= device.isReference();
            all.add(device(device));
        }
        if (!host) {
            all.add(device(DeviceDescription.reference()));
        }
        return new PartitionProblem(
                all,
                DeviceDescription.REFERENCE,
                PLAIN,
                graph.nodes().stream().map(this::node).toList(),
                values(),
                links(all),
                conversions(all),
                pins.entrySet().stream()
                        .map(pin -> new PartitionProblem.Pin(pin.getKey(), Set.of(pin.getValue()), "--pin"))
                        .toList(),
                maxCuts);
    }

    /** When a partition leaves out the weights of a node that are zero. */
    public SparseUse use(Partition partition, Node node) {
        return uses.getOrDefault(partition.choices().get(node.name()), SparseUse.BREAK_EVEN);
    }

    private PartitionProblem.Device device(DeviceDescription device) {
        return new PartitionProblem.Device(
                device.id(),
                device.isReference() ? OptionalLong.empty() : OptionalLong.of(device.memoryBytes()),
                watts.containsKey(device.id()),
                0);
    }

    private PartitionProblem.Node node(Node node) {
        return new PartitionProblem.Node(node.name(), candidates.get(node.name()), refusals.get(node.name()));
    }

    private void addAll(DeviceDescription device, SparseUse sparse) {
        add(device, sparse, true);
        if (sparse == SparseUse.BREAK_EVEN) {
            for (SparseUse other : SparseUse.values()) {
                if (other != SparseUse.BREAK_EVEN) {
                    add(device, other, false);
                }
            }
        }
    }

    /**
     * Adds what a plan of the whole graph on one device gives.
     *
     * @param first whether all nodes are added, otherwise only those with a kernel that was measured and is not there yet
     */
    private void add(DeviceDescription device, SparseUse sparse, boolean first) {
        Plan plan = Planner.plan(graph, List.of(device), Map.of(), false, MemoryMode.ARENA, sparse);
        Map<String, Takes> takes = takes(plan, device);
        for (Decision decision : plan.decisions()) {
            if (!decision.device().equals(device.id())) {
                refusals.get(decision.node()).put(device.id(), decision.why());
                continue;
            }
            Takes total = takes.getOrDefault(decision.node(), new Takes());
            List<Candidate> known = candidates.get(decision.node());
            boolean there = known.stream()
                    .anyMatch(each ->
                            each.device().equals(device.id()) && each.kernel().equals(decision.kernel()));
            if (first || (!there && total.measured)) {
                Candidate candidate = total.candidate(device.id(), decision.kernel(), joules(device.id(), total));
                known.add(candidate);
                uses.put(candidate, sparse);
            }
        }
    }

    private OptionalDouble joules(String device, Takes takes) {
        Double draw = watts.get(device);
        return draw == null ? OptionalDouble.empty() : OptionalDouble.of(draw * takes.seconds);
    }

    /** What all launches of a node take together. */
    private static final class Takes {
        private final Set<Integer> packed = new HashSet<>();
        private double seconds;
        private long weightBytes;
        private long workBytes;
        private boolean measured = true;

        Candidate candidate(String device, String kernel, OptionalDouble joules) {
            return Candidate.of(device, kernel, HOME, seconds, joules, weightBytes, workBytes);
        }
    }

    private Map<String, Takes> takes(Plan plan, DeviceDescription device) {
        Map<String, Takes> all = new HashMap<>();
        for (Step step : plan.steps()) {
            if (step instanceof Step.Launch launch) {
                Optional<String> node = owner(launch.node());
                if (node.isPresent()) {
                    Workload workload = CostModel.workload(graph, plan, launch);
                    Takes takes = all.computeIfAbsent(node.get(), key -> new Takes());
                    takes.seconds += costs.seconds(device.id(), workload);
                    takes.measured &= costs.isMeasured(device.id(), workload);
                    addBytes(plan, launch, takes);
                }
            }
        }
        return all;
    }

    private static void addBytes(Plan plan, Step.Launch launch, Takes takes) {
        for (Step.Argument argument : Set.copyOf(launch.arguments().values())) {
            switch (argument) {
                case Step.Argument.OfPacked packed -> {
                    if (takes.packed.add(packed.id())) {
                        takes.weightBytes +=
                                plan.packed().get(packed.id()).packing().bytes();
                    }
                }
                case Step.Argument.OfStored stored ->
                    takes.workBytes += plan.stored().get(stored.id()).bytes();
                case Step.Argument.OfInt number -> {}
                case Step.Argument.OfFloat number -> {}
            }
        }
    }

    /** The node a launch belongs to: its own, or that which makes the value it converts; empty for the graph's inputs. */
    private Optional<String> owner(String name) {
        return candidates.containsKey(name)
                ? Optional.of(name)
                : graph.producer(name).map(Node::name);
    }

    private void addReference(boolean wanted) {
        DeviceDescription reference = DeviceDescription.reference();
        Plan plan = Planner.plan(graph, List.of(reference), Map.of(), false, MemoryMode.ARENA, SparseUse.BREAK_EVEN);
        for (Step step : plan.steps()) {
            if (step instanceof Step.Evaluate evaluate) {
                List<Candidate> known = candidates.get(evaluate.node());
                if (wanted || known.isEmpty()) {
                    double seconds = costs.seconds(reference.id(), CostModel.workload(graph, plan, step));
                    Double draw = watts.get(reference.id());
                    known.add(Candidate.of(
                            reference.id(),
                            "java",
                            PLAIN,
                            seconds,
                            draw == null ? OptionalDouble.empty() : OptionalDouble.of(draw * seconds),
                            0,
                            0));
                }
            }
        }
    }

    private List<PartitionProblem.Value> values() {
        List<PartitionProblem.Value> values = new ArrayList<>();
        graph.inputs().forEach(input -> add(values, input, Optional.empty()));
        for (Node node : graph.nodes()) {
            for (String output : node.outputs()) {
                if (!output.isEmpty()) {
                    add(values, graph.value(output), Optional.of(node.name()));
                }
            }
        }
        return values;
    }

    private void add(List<PartitionProblem.Value> values, Value value, Optional<String> producer) {
        List<String> readers =
                graph.consumers(value.name()).stream().map(Node::name).toList();
        boolean output = graph.isOutput(value.name());
        if (!readers.isEmpty() || output) {
            long bytes = value.shape().elements() * value.type().bytes();
            values.add(new PartitionProblem.Value(value.name(), producer, readers, output, bytes));
        }
    }

    /** Hand-overs by way of the host, a visit of every device on the way included. */
    private List<PartitionProblem.Link> links(List<PartitionProblem.Device> devices) {
        List<PartitionProblem.Link> links = new ArrayList<>();
        for (PartitionProblem.Device from : devices) {
            for (PartitionProblem.Device to : devices) {
                if (!from.equals(to)) {
                    links.add(link(from.id(), to.id()));
                }
            }
        }
        return links;
    }

    private PartitionProblem.Link link(String from, String to) {
        double fixed = 0;
        double perByte = 0;
        if (!from.equals(DeviceDescription.REFERENCE)) {
            fixed += costs.seconds(from, Workload.download(LITTLE));
            perByte += slope(from, Workload.download(MUCH), Workload.download(LITTLE));
        }
        if (!to.equals(DeviceDescription.REFERENCE)) {
            fixed += costs.visitSeconds(to) + costs.seconds(to, Workload.upload(LITTLE));
            perByte += slope(to, Workload.upload(MUCH), Workload.upload(LITTLE));
        }
        return new PartitionProblem.Link(from, to, fixed, perByte > 0 ? 1 / perByte : Double.POSITIVE_INFINITY);
    }

    private double slope(String device, Workload much, Workload little) {
        return Math.max(0, costs.seconds(device, much) - costs.seconds(device, little)) / (MUCH - LITTLE);
    }

    private List<PartitionProblem.Conversion> conversions(List<PartitionProblem.Device> devices) {
        List<PartitionProblem.Conversion> conversions = new ArrayList<>();
        for (PartitionProblem.Device device : devices) {
            double little = costs.seconds(device.id(), copy(LITTLE));
            double perByte = slope(device.id(), copy(MUCH), copy(LITTLE));
            for (String[] way : new String[][] {{PLAIN, HOME}, {HOME, PLAIN}}) {
                conversions.add(new PartitionProblem.Conversion(device.id(), way[0], way[1], little, perByte));
            }
        }
        return conversions;
    }

    private static Workload copy(long bytes) {
        return Workload.of(KernelId.of("move.copy", Map.of()), new Work("f32", 0, 2 * bytes));
    }
}
