// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.verify;

import dev.inlay.CompileOptions;
import dev.inlay.CompiledModel;
import dev.inlay.Engine;
import dev.inlay.Session;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Node;
import dev.inlay.onnx.OnnxWriter;
import dev.inlay.plan.Decision;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.tensor.Tensor;
import dev.inlay.tools.measure.Difference;
import dev.inlay.tools.npy.NpyFile;
import dev.inlay.tools.oracle.Oracle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;

/** Runs each layer of a compiled model alone on a device, fed with the oracle's own input to that layer. */
public final class Bisection {
    private final Engine engine;
    private final Oracle oracle;
    private final double tolerance;

    public Bisection(Engine engine, Oracle oracle, double tolerance) {
        this.engine = engine;
        this.oracle = oracle;
        this.tolerance = tolerance;
    }

    /**
     * The first layer that parts from the oracle.
     *
     * @param node its name
     * @param op its operator
     * @param device the device that computed it
     * @param kernel the kernel that did
     * @param output the output that is wrong
     * @param maxAbs largest difference
     * @param nmse as in {@link Difference}
     * @param reproducer folder with the layer as {@code model.onnx}, its {@code input-<name>.npy} and the right
     *     {@code expected-<name>.npy}
     */
    public record Parting(
            String node,
            String op,
            String device,
            String kernel,
            String output,
            double maxAbs,
            double nmse,
            String reproducer) {}

    /**
     * Finds the first layer whose answer is not within tolerance.
     *
     * @param graph the model as the engine rewrote it
     * @param inputs a tensor for each of its inputs
     * @param folder takes the reproducer
     * @param done told of each layer done
     */
    public Optional<Parting> first(
            Graph graph, DeviceDescription device, Map<String, Tensor> inputs, Path folder, LongConsumer done)
            throws IOException {
        Set<String> wanted = new LinkedHashSet<>();
        graph.nodes().forEach(node -> wanted.addAll(node.outputs()));
        Map<String, Tensor> right = new LinkedHashMap<>(graph.constants());
        right.putAll(inputs);
        right.putAll(oracle.values(graph, inputs, wanted));
        for (Node node : graph.nodes()) {
            Graph alone = alone(graph, node);
            Map<String, Tensor> fed = new LinkedHashMap<>();
            alone.inputs().forEach(input -> fed.put(input.name(), right.get(input.name())));
            CompiledModel compiled = engine.compile(alone, CompileOptions.on(device.id()));
            Map<String, Tensor> got;
            try (Session session = compiled.open()) {
                got = session.run(fed);
            }
            for (String output : node.outputs()) {
                Difference difference =
                        Difference.between(graph.value(output), got.get(output), right.get(output), tolerance);
                if (!difference.within()) {
                    Decision at = compiled.placements().getFirst();
                    write(alone, fed, right, folder);
                    return Optional.of(new Parting(
                            node.name(),
                            node.op().title(),
                            at.device(),
                            at.kernel(),
                            output,
                            difference.maxAbs(),
                            difference.nmse(),
                            folder.toString()));
                }
            }
            done.accept(1);
        }
        return Optional.empty();
    }

    /** The graph of one node: constants stay, what other nodes computed becomes an input. */
    static Graph alone(Graph graph, Node node) {
        Graph.Builder builder = Graph.builder(node.name());
        for (String name : new LinkedHashSet<>(node.inputs())) {
            if (graph.encoded(name).isPresent()) {
                builder.encoded(name, graph.encoded(name).get());
            } else if (!name.isEmpty()) {
                graph.constant(name)
                        .ifPresentOrElse(
                                constant -> builder.constant(name, constant), () -> builder.input(graph.value(name)));
            }
        }
        builder.node(node);
        node.outputs().forEach(builder::output);
        return builder.build();
    }

    private static void write(Graph alone, Map<String, Tensor> fed, Map<String, Tensor> right, Path folder)
            throws IOException {
        Files.createDirectories(folder);
        OnnxWriter.write(alone, folder.resolve("model.onnx"));
        for (var input : fed.entrySet()) {
            NpyFile.write(folder.resolve("input-" + NpyFile.nameOf(input.getKey())), input.getValue());
        }
        for (var output : alone.outputs()) {
            NpyFile.write(folder.resolve("expected-" + NpyFile.nameOf(output.name())), right.get(output.name()));
        }
    }
}
