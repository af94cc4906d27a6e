// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.CompileOptions;
import dev.inlay.CompiledModel;
import dev.inlay.Engine;
import dev.inlay.Session;
import dev.inlay.backend.reference.GraphInterpreter;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Node;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.Roofline;
import dev.inlay.plan.Spread;
import dev.inlay.plan.cost.CostModel;
import dev.inlay.plan.partition.Objective;
import dev.inlay.plan.partition.Partition;
import dev.inlay.runtimetests.platform.Network;
import dev.inlay.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One engine over three devices of two drivers: branches run on all of them, and answer as on one. */
@Tag("together")
final class ThreeDevicesTest {
    private static Engine engine;
    private static List<String> devices;

    @BeforeAll
    static void open() {
        engine = Engine.open();
        devices = engine.devices().stream()
                .filter(device -> !device.isReference())
                .map(DeviceDescription::id)
                .toList();
        Set<String> platforms =
                devices.stream().map(id -> id.substring(0, id.indexOf('/'))).collect(Collectors.toSet());
        Assumptions.assumeTrue(
                devices.size() >= 3 && platforms.size() >= 2,
                () -> "got devices " + devices + ", expected three of two drivers: " + engine.notices());
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    @Test
    void branchesInTurnsOnEveryDevice() {
        for (long seed = 0; seed < 3; seed++) {
            Graph graph = RandomGraphs.of(seed);
            Map<String, String> pins = new HashMap<>();
            int next = 0;
            for (Node node : graph.nodes()) {
                pins.put(node.name(), devices.get(next++ % devices.size()));
            }
            Map<String, Tensor> inputs = new Network(graph).inputs(seed);
            CompiledModel model =
                    engine.compile(graph, CompileOptions.on(devices.getFirst()).withPins(pins));
            try (Session session = model.open()) {
                assertEquals(
                        Network.bits(new GraphInterpreter(model.graph()).run(inputs)),
                        Network.bits(session.run(inputs)),
                        "seed " + seed);
            }
        }
    }

    @Test
    void aStreamOverThreeEqualDevicesKeepsItsAnswersApart() {
        Roofline equal = new Roofline(1e8, 1e9, 1e-6);
        CostModel costs = new CostModel(List.of(), devices.stream().collect(Collectors.toMap(id -> id, id -> equal)));
        Graph graph = Network.lenet().graph();
        CompiledModel model = engine.compile(
                graph,
                CompileOptions.on(devices.toArray(String[]::new))
                        .withSlots(4)
                        .withSpread(Spread.over(Objective.THROUGHPUT).withCosts(costs)));
        Set<String> used = model.partitioned().orElseThrow().partition().stages().stream()
                .map(Partition.Stage::device)
                .collect(Collectors.toSet());
        assertTrue(used.size() >= 2, "devices of the stages: " + used);
        GraphInterpreter reference = new GraphInterpreter(model.graph());
        try (Session session = model.open()) {
            List<Map<String, Tensor>> inputs =
                    LongStream.range(0, 8).mapToObj(Network.lenet()::inputs).toList();
            List<CompletableFuture<Map<String, Tensor>>> answers =
                    inputs.stream().map(session::runAsync).toList();
            for (int i = 0; i < inputs.size(); i++) {
                Tensor expected = reference.run(inputs.get(i)).get("logits");
                Tensor actual = answers.get(i).join().get("logits");
                for (long k = 0; k < expected.elements(); k++) {
                    assertEquals(expected.getFloat(k), actual.getFloat(k), 1e-4, "request " + i);
                }
            }
        }
    }
}
