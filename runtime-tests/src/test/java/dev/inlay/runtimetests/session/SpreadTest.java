// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.CompileOptions;
import dev.inlay.CompiledModel;
import dev.inlay.Session;
import dev.inlay.backend.reference.GraphInterpreter;
import dev.inlay.graph.Function;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Node;
import dev.inlay.graph.Reduction;
import dev.inlay.graph.Value;
import dev.inlay.plan.Decision;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.Roofline;
import dev.inlay.plan.Spread;
import dev.inlay.plan.cost.CostModel;
import dev.inlay.plan.partition.Objective;
import dev.inlay.plan.partition.Partition;
import dev.inlay.runtimetests.platform.Engines;
import dev.inlay.runtimetests.platform.Network;
import dev.inlay.runtimetests.platform.TestPlatform;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import dev.inlay.tools.zoo.Zoo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Networks spread over all devices of a platform and the reference answer as on one. */
@Tag("opencl")
final class SpreadTest {
    private static final int GRAPHS = 200;

    /** Ids of the devices; a debugger takes a few graphs only. */
    private static List<String> devices() {
        return Stream.concat(
                        Engines.devices().stream().map(DeviceDescription::id), Stream.of(DeviceDescription.REFERENCE))
                .toList();
    }

    private static boolean isQuick() {
        return TestPlatform.current() == TestPlatform.POCL;
    }

    @Test
    void randomGraphsAnswerTheSameWhereverTheirNodesArePinned() {
        List<String> devices = devices();
        for (long seed = 0; seed < (isQuick() ? GRAPHS : 4); seed++) {
            Graph graph = RandomGraphs.of(seed);
            Random random = new Random(seed);
            Map<String, String> pins = new HashMap<>();
            for (Node node : graph.nodes()) {
                if (random.nextInt(4) > 0) {
                    pins.put(node.name(), devices.get(random.nextInt(devices.size())));
                }
            }
            Map<String, Tensor> inputs = new Network(graph).inputs(seed);
            CompiledModel model = Engines.current()
                    .compile(graph, CompileOptions.on(devices.getFirst()).withPins(pins));
            try (Session session = model.open()) {
                assertEquals(
                        Network.bits(new GraphInterpreter(model.graph()).run(inputs)),
                        Network.bits(session.run(inputs)),
                        "seed " + seed + ", pins " + pins);
            }
        }
    }

    @Test
    void aStreamIsSpreadOverAllDevicesAndAnswersAsOne() {
        Assumptions.assumeTrue(Engines.devices().size() > 1, "one device is no choice");
        List<String> devices = devices().subList(0, 2);
        Roofline equal = new Roofline(1e9, 1e9, 1e-6);
        CostModel costs = new CostModel(List.of(), Map.of(devices.get(0), equal, devices.get(1), equal));
        Graph graph = Zoo.RESNET50.graph(1);
        CompiledModel spread = Engines.current()
                .compile(
                        graph,
                        CompileOptions.on(devices.toArray(String[]::new))
                                .withSpread(Spread.over(Objective.THROUGHPUT).withCosts(costs)));
        Partition partition = spread.partitioned().orElseThrow().partition();
        Set<String> used = new HashSet<>();
        List<String> order = new ArrayList<>();
        partition.stages().forEach(stage -> {
            used.add(stage.device());
            order.addAll(stage.nodes());
        });
        assertEquals(Set.copyOf(devices), used);
        assertEquals(spread.graph().nodes().stream().map(Node::name).toList(), order, "nodes in the stages' order");
        Map<String, Tensor> inputs = new Network(graph).inputs(5);
        Tensor whole = answer(Engines.current().compile(graph, CompileOptions.on(devices.getFirst())), inputs);
        Tensor parts = answer(spread, inputs);
        double largest = 0;
        for (long i = 0; i < whole.elements(); i++) {
            largest = Math.max(largest, Math.abs(whole.getFloat(i)));
        }
        assertTrue(largest > 0);
        for (long i = 0; i < whole.elements(); i++) {
            assertEquals(whole.getFloat(i), parts.getFloat(i), 1e-5 * largest, "y[" + i + "]");
        }
    }

    @Test
    void whatNoDeviceHasAKernelForIsNamedWithTheReason() {
        List<String> devices = devices();
        CostModel costs = new CostModel(List.of(), Map.of());
        Graph graph = Graph.builder("best of")
                .input(new Value("x", ElementType.FLOAT32, Shape.of(1, 7)))
                .node("relu", new Lanewise.Unary(Function.RELU), List.of("x"), "r")
                .node("best", new Reduction.ArgMax(1, true), List.of("r"), "y")
                .output("y")
                .build();
        CompiledModel model = Engines.current()
                .compile(
                        graph,
                        CompileOptions.on(devices.getFirst())
                                .withSpread(Spread.over(Objective.LATENCY).withCosts(costs)));
        Decision best = model.placements().getLast();
        assertEquals("best", best.node());
        assertEquals(DeviceDescription.REFERENCE, best.device());
        assertTrue(best.fallback() && best.why().startsWith("no kernel on "), best.toString());
    }

    private static Tensor answer(CompiledModel model, Map<String, Tensor> inputs) {
        try (Session session = model.open()) {
            return session.run(inputs).values().iterator().next();
        }
    }
}
