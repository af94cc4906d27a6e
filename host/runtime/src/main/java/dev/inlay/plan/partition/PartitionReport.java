// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.partition;

import dev.inlay.plan.partition.Instance.Option;
import dev.inlay.plan.partition.PartitionProblem.Candidate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** Puts names back for an assignment's numbers. */
final class PartitionReport implements Deliveries.Visitor {
    private final Assignment assignment;
    private final Instance instance;
    private final Option[] chosen;
    private final List<Partition.HandOver> handOvers = new ArrayList<>();
    private final List<Partition.Converted> conversions = new ArrayList<>();
    private final Map<Integer, String> layouts = new HashMap<>();

    PartitionReport(Assignment assignment) {
        this.assignment = new Assignment(assignment.instance(), assignment.choice());
        instance = assignment.instance();
        chosen = assignment.chosen();
        layouts.put(instance.exchange(), instance.problem().exchange());
        for (Option option : chosen) {
            layouts.put(option.reads(), option.candidate().reads());
            layouts.put(option.writes(), option.candidate().writes());
        }
    }

    Partition partition(double lowerBound, boolean optimal) {
        Deliveries deliveries = new Deliveries(instance);
        for (int value = 0; value < instance.values(); value++) {
            deliveries.visit(value, chosen, this);
        }
        Map<String, Candidate> choices = new LinkedHashMap<>();
        for (int node = 0; node < chosen.length; node++) {
            choices.put(node(node), chosen[node].candidate());
        }
        return new Partition(
                choices,
                stages(),
                handOvers,
                conversions,
                assignment.swaps(),
                prediction(),
                instance.objective(),
                assignment.value(),
                Math.min(lowerBound, assignment.value()),
                optimal);
    }

    private List<Partition.Stage> stages() {
        List<Partition.Stage> stages = new ArrayList<>();
        for (List<Integer> nodes : StageOrder.of(instance, chosen)) {
            stages.add(new Partition.Stage(
                    device(chosen[nodes.getFirst()].device()),
                    nodes.stream().map(this::node).toList()));
        }
        return stages;
    }

    private Partition.Prediction prediction() {
        Map<String, Double> busy = new LinkedHashMap<>();
        for (int device = 0; device < instance.devices(); device++) {
            busy.put(device(device), assignment.busy(device));
        }
        boolean known = Arrays.stream(chosen)
                .allMatch(option -> option.candidate().joules().isPresent());
        OptionalDouble joules = known ? OptionalDouble.of(assignment.joules()) : OptionalDouble.empty();
        return new Partition.Prediction(assignment.latency(), assignment.period(), joules, busy);
    }

    @Override
    public void handOver(int value, int from, int to, boolean cut) {
        PartitionProblem.Value crossing = instance.problem().values().get(value);
        double seconds = instance.handOver(value, from, to);
        handOvers.add(
                new Partition.HandOver(crossing.name(), device(from), device(to), crossing.bytes(), seconds, cut));
    }

    @Override
    public void convert(int value, int device, int from, int to) {
        String name = instance.problem().values().get(value).name();
        double seconds = instance.convert(value, device, from, to);
        conversions.add(new Partition.Converted(name, device(device), layouts.get(from), layouts.get(to), seconds));
    }

    private String node(int node) {
        return instance.problem().nodes().get(node).name();
    }

    private String device(int device) {
        return instance.problem().devices().get(device).id();
    }
}
