// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.partition;

import dev.inlay.plan.partition.PartitionProblem.Candidate;
import dev.inlay.plan.partition.PartitionProblem.Node;
import dev.inlay.plan.partition.PartitionProblem.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * A problem for one objective, with numbers for names: nodes, values and devices by their positions in the problem,
 * layouts and bitstreams by the order in which they occur. Of each node the options are left that meet its pins, fit the
 * memory of their device alone and are not beaten by another in every respect.
 */
public final class Instance {
    /**
     * A candidate.
     *
     * @param bitstream -1 if it needs none
     * @param joules 0 where nobody knows
     */
    public record Option(
            Candidate candidate,
            int device,
            int reads,
            int writes,
            int bitstream,
            double seconds,
            double joules,
            long weightBytes,
            long workBytes) {
        boolean beats(Option other, Objective objective) {
            return device == other.device
                    && reads == other.reads
                    && writes == other.writes
                    && bitstream == other.bitstream
                    && seconds <= other.seconds
                    && (objective != Objective.ENERGY || joules <= other.joules)
                    && weightBytes <= other.weightBytes
                    && workBytes <= other.workBytes;
        }
    }

    private final PartitionProblem problem;
    private final Objective objective;
    private final Map<String, Integer> layouts = new HashMap<>();
    private final Map<String, Integer> bitstreams = new HashMap<>();
    private final Map<String, Integer> devices = new HashMap<>();
    private final int host;
    private final List<List<Option>> options = new ArrayList<>();
    private final int[] producers;
    private final int[][] readers;
    private final int[][] inputs;
    private final int[][] outputs;
    private final PartitionProblem.Link[][] links;
    private final PartitionProblem.Conversion[][][] conversions;
    private final long[] bytes;
    private final long[] memory;

    private Instance(PartitionProblem problem, Objective objective) {
        this.problem = problem;
        this.objective = objective;
        problem.devices().forEach(device -> devices.put(device.id(), devices.size()));
        host = devices.get(problem.host());
        layouts.put(problem.exchange(), 0);
        memory = problem.devices().stream()
                .mapToLong(device -> device.memoryBytes().orElse(Long.MAX_VALUE))
                .toArray();
        links = new PartitionProblem.Link[devices.size()][devices.size()];
        problem.links().forEach(link -> links[devices.get(link.from())][devices.get(link.to())] = link);
        problem.conversions().forEach(each -> List.of(each.from(), each.to()).forEach(this::layout));
        problem.nodes()
                .forEach(node -> node.candidates()
                        .forEach(each -> List.of(each.reads(), each.writes()).forEach(this::layout)));
        conversions = new PartitionProblem.Conversion[devices.size()][layouts.size()][layouts.size()];
        problem.conversions()
                .forEach(
                        each -> conversions[devices.get(each.device())][layout(each.from())][layout(each.to())] = each);
        bytes = problem.values().stream().mapToLong(Value::bytes).toArray();
        Map<String, Integer> nodes = new HashMap<>();
        problem.nodes().forEach(node -> nodes.put(node.name(), nodes.size()));
        List<Value> values = problem.values();
        producers = values.stream()
                .mapToInt(value -> value.producer().map(nodes::get).orElse(-1))
                .toArray();
        readers = values.stream()
                .map(value ->
                        value.readers().stream().mapToInt(nodes::get).sorted().toArray())
                .toArray(int[][]::new);
        inputs = new int[nodes.size()][];
        outputs = new int[nodes.size()][];
        for (int node = 0; node < nodes.size(); node++) {
            int each = node;
            inputs[node] = indices(value -> Arrays.binarySearch(readers[value], each) >= 0);
            outputs[node] = indices(value -> producers[value] == each);
        }
    }

    private int[] indices(IntPredicate chosen) {
        return IntStream.range(0, producers.length).filter(chosen).toArray();
    }

    /**
     * The instance of a problem.
     *
     * @throws PartitionException if no candidate of a node meets its pins and fits a device's memory, or the objective is
     *     energy and that of a device which may compute is not known
     */
    public static Instance of(PartitionProblem problem, Objective objective) {
        Instance instance = new Instance(problem, objective);
        Candidates candidates = new Candidates(problem);
        for (Node node : problem.nodes()) {
            List<Option> allowed =
                    candidates.allowed(node).stream().map(instance::option).toList();
            instance.options.add(instance.unbeaten(allowed));
        }
        if (objective == Objective.ENERGY) {
            instance.requireJoules();
        }
        return instance;
    }

    private Option option(Candidate candidate) {
        return new Option(
                candidate,
                devices.get(candidate.device()),
                layout(candidate.reads()),
                layout(candidate.writes()),
                candidate
                        .bitstream()
                        .map(name -> bitstreams.computeIfAbsent(name, key -> bitstreams.size()))
                        .orElse(-1),
                candidate.seconds(),
                candidate.joules().orElse(0),
                candidate.weightBytes(),
                candidate.workBytes());
    }

    private List<Option> unbeaten(List<Option> all) {
        List<Option> kept = new ArrayList<>();
        for (Option option : all) {
            if (kept.stream().noneMatch(other -> other.beats(option, objective))) {
                kept.removeIf(other -> option.beats(other, objective));
                kept.add(option);
            }
        }
        return List.copyOf(kept);
    }

    private void requireJoules() {
        Set<String> unknown = new LinkedHashSet<>();
        for (List<Option> each : options) {
            for (Option option : each) {
                boolean known = problem.devices().get(option.device).energyKnown()
                        && option.candidate.joules().isPresent();
                if (!known) {
                    unknown.add(option.candidate.device());
                }
            }
        }
        if (!unknown.isEmpty()) {
            throw new PartitionException("objective energy: got device " + String.join(", ", unknown)
                    + " whose energy nobody knows, expected devices with a sensor or a profile that gives it");
        }
    }

    private int layout(String name) {
        return layouts.computeIfAbsent(name, key -> layouts.size());
    }

    public PartitionProblem problem() {
        return problem;
    }

    public Objective objective() {
        return objective;
    }

    public int nodes() {
        return inputs.length;
    }

    public int values() {
        return producers.length;
    }

    public int devices() {
        return devices.size();
    }

    public int layouts() {
        return layouts.size();
    }

    public int host() {
        return host;
    }

    /** The layout in which values cross between devices. */
    public int exchange() {
        return 0;
    }

    public List<Option> options(int node) {
        return options.get(node);
    }

    /** The node that makes a value; -1 for an input of the graph. */
    public int producer(int value) {
        return producers[value];
    }

    /** The nodes that read a value, in order. */
    public int[] readers(int value) {
        return readers[value];
    }

    /** The values that a node reads. */
    public int[] inputs(int node) {
        return inputs[node];
    }

    /** The values that a node makes. */
    public int[] outputs(int node) {
        return outputs[node];
    }

    public boolean isOutput(int value) {
        return problem.values().get(value).output();
    }

    /** Most bytes of a device; {@link Long#MAX_VALUE} if it has no limit. */
    public long memory(int device) {
        return memory[device];
    }

    /** Most cuts; {@link Integer#MAX_VALUE} if any number will do. */
    public int maxCuts() {
        return problem.maxCuts().orElse(Integer.MAX_VALUE);
    }

    /** Whether a limit holds for several nodes together. */
    public boolean isLimited() {
        return problem.maxCuts().isPresent() || Arrays.stream(memory).anyMatch(bytes -> bytes < Long.MAX_VALUE);
    }

    /** Whether any option needs a bitstream. */
    public boolean hasBitstreams() {
        return !bitstreams.isEmpty();
    }

    /** Seconds of a change of bitstream. */
    public double swapSeconds(int device) {
        return problem.devices().get(device).swapSeconds();
    }

    /** Seconds that a value takes between two devices. */
    public double handOver(int value, int from, int to) {
        return links[from][to].seconds(bytes[value]);
    }

    /** Seconds that a device takes to bring a value into another layout. */
    public double convert(int value, int device, int from, int to) {
        return from == to ? 0 : conversions[device][from][to].seconds(bytes[value]);
    }
}
