// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.partition;

import dev.inlay.plan.partition.PartitionProblem.Candidate;
import dev.inlay.plan.partition.PartitionProblem.Device;
import dev.inlay.plan.partition.PartitionProblem.Node;
import dev.inlay.plan.partition.PartitionProblem.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/** The oracle: tries every assignment, and counts each by the words of the package's description alone. */
public final class ExhaustiveSearch {
    private final PartitionProblem problem;
    private final Map<String, PartitionProblem.Link> links = new HashMap<>();
    private final Map<String, PartitionProblem.Conversion> conversions = new HashMap<>();
    private final Map<String, Candidate> chosen = new HashMap<>();
    private final Objective objective;
    private double best = Double.POSITIVE_INFINITY;

    private ExhaustiveSearch(PartitionProblem problem, Objective objective) {
        this.problem = problem;
        this.objective = objective;
        problem.links().forEach(link -> links.put(link.from() + ">" + link.to(), link));
        problem.conversions()
                .forEach(each -> conversions.put(each.device() + ":" + each.from() + ">" + each.to(), each));
    }

    /** The least value that meets all limits; empty if there is none. */
    public static OptionalDouble least(PartitionProblem problem, Objective objective) {
        ExhaustiveSearch search = new ExhaustiveSearch(problem, objective);
        search.place(0);
        return search.best < Double.POSITIVE_INFINITY ? OptionalDouble.of(search.best) : OptionalDouble.empty();
    }

    /** The value of one assignment; infinite if it breaks a limit. */
    public static double value(PartitionProblem problem, Objective objective, Map<String, Candidate> choices) {
        ExhaustiveSearch search = new ExhaustiveSearch(problem, objective);
        search.chosen.putAll(choices);
        return search.value();
    }

    private void place(int index) {
        if (index == problem.nodes().size()) {
            best = Math.min(best, value());
            return;
        }
        Node node = problem.nodes().get(index);
        for (Candidate candidate : node.candidates()) {
            boolean pinned = problem.pins().stream()
                    .allMatch(pin ->
                            !pin.node().equals(node.name()) || pin.devices().contains(candidate.device()));
            if (pinned) {
                chosen.put(node.name(), candidate);
                place(index + 1);
            }
        }
    }

    private double value() {
        Map<String, Double> busy = new HashMap<>();
        double latency = 0;
        double joules = 0;
        int cuts = 0;
        for (Device device : problem.devices()) {
            long weights = 0;
            long work = 0;
            List<String> loaded = new ArrayList<>();
            for (Node node : problem.nodes()) {
                Candidate candidate = chosen.get(node.name());
                if (candidate.device().equals(device.id())) {
                    weights += candidate.weightBytes();
                    work = Math.max(work, candidate.workBytes());
                    joules += candidate.joules().orElseThrow();
                    latency += candidate.seconds();
                    busy.merge(device.id(), candidate.seconds(), Double::sum);
                    candidate.bitstream().ifPresent(loaded::add);
                }
            }
            if (device.memoryBytes().isPresent()
                    && weights + work > device.memoryBytes().getAsLong()) {
                return Double.POSITIVE_INFINITY;
            }
            for (int i = 0; i < loaded.size(); i++) {
                if (!loaded.get(i).equals(loaded.get((i + 1) % loaded.size()))) {
                    latency += device.swapSeconds();
                    busy.merge(device.id(), device.swapSeconds(), Double::sum);
                }
            }
        }
        for (Value value : problem.values()) {
            String home =
                    value.producer().map(name -> chosen.get(name).device()).orElse(problem.host());
            String made =
                    value.producer().map(name -> chosen.get(name).writes()).orElse(problem.exchange());
            Map<String, Set<String>> wanted = new HashMap<>();
            for (String reader : value.readers()) {
                Candidate candidate = chosen.get(reader);
                wanted.computeIfAbsent(candidate.device(), key -> new HashSet<>())
                        .add(candidate.reads());
            }
            wanted.computeIfAbsent(home, key -> new HashSet<>());
            if (value.producer().isPresent()) {
                cuts += wanted.size() - 1;
            }
            if (value.output()) {
                wanted.computeIfAbsent(problem.host(), key -> new HashSet<>()).add(problem.exchange());
            }
            if (wanted.size() > 1) {
                wanted.get(home).add(problem.exchange());
            }
            for (String device : wanted.keySet()) {
                String held = made;
                if (!device.equals(home)) {
                    held = problem.exchange();
                    double seconds = links.get(home + ">" + device).seconds(value.bytes());
                    latency += seconds;
                    busy.merge(home, seconds, Double::sum);
                    busy.merge(device, seconds, Double::sum);
                }
                for (String layout : wanted.get(device)) {
                    if (!layout.equals(held)) {
                        double seconds = conversions
                                .get(device + ":" + held + ">" + layout)
                                .seconds(value.bytes());
                        latency += seconds;
                        busy.merge(device, seconds, Double::sum);
                    }
                }
            }
        }
        if (problem.maxCuts().isPresent() && cuts > problem.maxCuts().getAsInt()) {
            return Double.POSITIVE_INFINITY;
        }
        return switch (objective) {
            case LATENCY -> latency;
            case THROUGHPUT ->
                busy.values().stream().mapToDouble(Double::doubleValue).max().orElse(0);
            case ENERGY -> joules;
        };
    }
}
