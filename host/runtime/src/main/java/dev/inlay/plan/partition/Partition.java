// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.partition;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Where every node is computed, and what that costs.
 *
 * @param choices name of a node to its candidate, in the problem's order of nodes
 * @param stages in the order in which a request passes them; no stage waits for a later one
 * @param handOvers of values between devices, inputs and outputs included, in the order of values
 * @param conversions of layouts, in the order of values
 * @param swaps of bitstreams a request
 * @param predicted what it takes
 * @param objective what was to be little
 * @param value of the objective, in its unit
 * @param lowerBound that no partition is below, in the objective's unit
 * @param optimal whether it was proven that none is better, up to the relative error of {@link #PRECISION}
 */
public record Partition(
        Map<String, PartitionProblem.Candidate> choices,
        List<Stage> stages,
        List<HandOver> handOvers,
        List<Converted> conversions,
        int swaps,
        Prediction predicted,
        Objective objective,
        double value,
        double lowerBound,
        boolean optimal) {
    /** Relative difference of two objective values up to which neither is called better. */
    public static final double PRECISION = 1e-6;

    /** Nodes that a request runs on one device without a break, in their order. */
    public record Stage(String device, List<String> nodes) {
        public Stage {
            nodes = List.copyOf(nodes);
        }
    }

    /**
     * A value that crosses.
     *
     * @param cut whether it counts as a cut: a node made it and a node reads it there
     */
    public record HandOver(String value, String from, String to, long bytes, double seconds, boolean cut) {}

    /** A value that a device brings into another layout. */
    public record Converted(String value, String device, String from, String to, double seconds) {}

    /**
     * What a partition takes.
     *
     * @param latencySeconds of one request alone
     * @param periodSeconds between two answers of a stream of requests
     * @param joules of a request; empty where a chosen candidate's are not known
     * @param busySeconds device id to the seconds that a request keeps it busy
     */
    public record Prediction(
            double latencySeconds, double periodSeconds, OptionalDouble joules, Map<String, Double> busySeconds) {
        public Prediction {
            busySeconds = Collections.unmodifiableMap(new LinkedHashMap<>(busySeconds));
        }
    }

    public Partition {
        choices = Collections.unmodifiableMap(new LinkedHashMap<>(choices));
        stages = List.copyOf(stages);
        handOvers = List.copyOf(handOvers);
        conversions = List.copyOf(conversions);
    }

    /**
     * What an assignment comes to.
     *
     * @param lowerBound that no partition is below
     * @param optimal whether it was proven that none is better
     */
    public static Partition of(Assignment assignment, double lowerBound, boolean optimal) {
        return new PartitionReport(assignment).partition(lowerBound, optimal);
    }

    /** How much better another partition could be at most, as a share of this one's value, from 0 to 1. */
    public double gap() {
        return value <= lowerBound ? 0 : (value - lowerBound) / value;
    }

    /** Hand-overs that count as cuts. */
    public int cuts() {
        return Math.toIntExact(handOvers.stream().filter(HandOver::cut).count());
    }

    /** Id of the device that computes a node. */
    public String device(String node) {
        return choices.get(node).device();
    }
}
