// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.calibrate;

import dev.inlay.graph.Graph;
import dev.inlay.graph.GraphException;
import dev.inlay.graph.Value;
import dev.inlay.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** What the values of a network were over a data set. */
public final class Calibration {
    private final Map<String, ValueStatistics> statistics;

    private Calibration(Map<String, ValueStatistics> statistics) {
        this.statistics = statistics;
    }

    /**
     * Runs a network over data.
     *
     * @param values the names of the values to look at
     * @param runners runs the network
     * @param done called after each batch
     * @throws GraphException if a value is not FLOAT32 or holds a number that is not finite
     */
    public static Calibration of(
            Graph graph, Set<String> values, CalibrationData data, Runner.Factory runners, Runnable done) {
        Map<String, ValueStatistics> statistics = new LinkedHashMap<>();
        values.forEach(name ->
                statistics.put(name, new ValueStatistics(graph.value(name).shape())));
        try (Runner runner = runners.open(showing(graph, values))) {
            for (Map<String, Tensor> inputs : data) {
                Map<String, Tensor> results = runner.run(inputs);
                statistics.forEach((name, seen) -> add(name, seen, results.getOrDefault(name, inputs.get(name))));
                done.run();
            }
        }
        return new Calibration(statistics);
    }

    private static void add(String name, ValueStatistics seen, Tensor tensor) {
        try {
            seen.add(tensor);
        } catch (IllegalArgumentException e) {
            throw new GraphException("calibration: value \"" + name + "\": " + e.getMessage(), e);
        }
    }

    /** The graph with further values among its outputs. */
    public static Graph showing(Graph graph, Set<String> values) {
        Set<String> outputs = new LinkedHashSet<>();
        graph.outputs().forEach(output -> outputs.add(output.name()));
        Set<String> inputs = new LinkedHashSet<>();
        graph.inputs().stream().map(Value::name).forEach(inputs::add);
        values.stream().filter(name -> !inputs.contains(name)).forEach(outputs::add);
        return graph.withOutputs(outputs);
    }

    /** What one of the values looked at was. */
    public ValueStatistics of(String value) {
        ValueStatistics seen = statistics.get(value);
        if (seen == null) {
            throw new IllegalStateException(
                    "calibration: got value \"" + value + "\", expected one of " + statistics.keySet());
        }
        return seen;
    }
}
