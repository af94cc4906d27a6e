// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Function;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Reduction;
import dev.inlay.graph.Value;
import dev.inlay.graph.Window;
import dev.inlay.plan.cost.Calibration;
import dev.inlay.plan.cost.CostCurve;
import dev.inlay.plan.cost.CostModel;
import dev.inlay.plan.cost.Workload;
import dev.inlay.plan.partition.Objective;
import dev.inlay.plan.partition.Partition;
import dev.inlay.plan.partition.PartitionException;
import dev.inlay.plan.partition.PartitionProblem;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Prices of nodes from plans; no device is touched. */
final class PartitioningTest {
    private static final Roofline FAST = new Roofline(1e12, 1e11, 1e-6);
    private static final Roofline SLOW = new Roofline(1e9, 1e9, 1e-6);

    private static DeviceDescription device(String id) {
        return new DeviceDescription(
                id,
                "platform",
                id,
                DeviceClass.CPU,
                "CPU",
                "1",
                "none",
                Evidence.MODELLED,
                1L << 30,
                1L << 30,
                64,
                2,
                8,
                Set.of("FMA"),
                Map.of(),
                false,
                Optional.empty());
    }

    /** Four convolutions in a row, and the index of the largest number, which no kernel finds. */
    private static Graph chain() {
        Graph.Builder builder =
                Graph.builder("chain").input(new Value("x", ElementType.FLOAT32, Shape.of(1, 16, 20, 20)));
        String value = "x";
        for (int i = 0; i < 4; i++) {
            Tensor weights = Tensor.allocate(ElementType.FLOAT32, Shape.of(16, 16, 3, 3));
            for (long k = 0; k < weights.elements(); k++) {
                weights.set(k, 0.01 * (k % 7 + 1));
            }
            builder.constant("w" + i, weights);
            Window window = new Window(3, 3, 1, 1, 1, 1, 1, 1, 1, 1);
            builder.node("c" + i, new Contraction.Conv(window, 1, Epilogue.NONE), List.of(value, "w" + i), "v" + i);
            value = "v" + i;
        }
        builder.node("relu", new Lanewise.Unary(Function.RELU), List.of(value), "r");
        builder.node("best", new Reduction.ArgMax(1, true), List.of("r"), "y");
        return builder.output("y").build();
    }

    private static Partition spread(
            Map<String, Roofline> ceilings, Objective objective, Map<String, String> pins, Map<String, Double> watts) {
        Graph graph = chain();
        List<DeviceDescription> devices = List.of(device("a"), device("b"));
        Partitioning prices =
                Partitioning.of(graph, devices, SparseUse.BREAK_EVEN, new CostModel(List.of(), ceilings), watts);
        PartitionProblem problem = prices.problem(devices, pins, OptionalInt.empty());
        return Spread.over(objective).partitioner().partition(problem, objective);
    }

    @Test
    void aFasterDeviceGetsAllThatItHasKernelsFor() {
        Partition partition = spread(Map.of("a", SLOW, "b", FAST), Objective.LATENCY, Map.of(), Map.of());
        for (String node : List.of("c0", "c1", "c2", "c3", "relu")) {
            assertEquals("b", partition.device(node), node);
        }
        assertEquals(DeviceDescription.REFERENCE, partition.device("best"));
        assertEquals("java", partition.choices().get("best").kernel());
        assertTrue(partition.choices().get("c0").kernel().startsWith("contract.dense.cpu"));
        long bytes = partition.choices().get("c0").weightBytes();
        assertTrue(bytes >= 16 * 16 * 9 * 4 && bytes < 16 * 16 * 10 * 4, "bytes of weights and bias: " + bytes);
    }

    @Test
    void aStreamOfRequestsKeepsBothOfTwoEqualDevicesBusy() {
        Partition partition = spread(Map.of("a", SLOW, "b", SLOW), Objective.THROUGHPUT, Map.of(), Map.of());
        assertEquals(
                Set.of("a", "b", DeviceDescription.REFERENCE),
                Set.copyOf(
                        partition.stages().stream().map(Partition.Stage::device).toList()));
        double busiest = partition.predicted().busySeconds().values().stream()
                .mapToDouble(Double::doubleValue)
                .max()
                .orElseThrow();
        assertEquals(busiest, partition.predicted().periodSeconds(), 1e-12);
        assertTrue(
                busiest < 0.7 * partition.predicted().latencySeconds(),
                partition.predicted().toString());
    }

    @Test
    void pinsHoldAgainstThePrice() {
        Partition partition = spread(Map.of("a", SLOW, "b", FAST), Objective.LATENCY, Map.of("c1", "a"), Map.of());
        assertEquals("a", partition.device("c1"));
        assertEquals("b", partition.device("c3"));
    }

    @Test
    void energyIsRefusedWhereNobodyKnowsIt() {
        PartitionException refused = assertThrows(
                PartitionException.class,
                () -> spread(Map.of("a", SLOW, "b", SLOW), Objective.ENERGY, Map.of(), Map.of("a", 5.0)));
        assertTrue(refused.getMessage().contains("b") || refused.getMessage().contains("reference"));
        assertFalse(refused.getMessage().contains("\n"));
    }

    /** One device, two kernels: what was measured of them decides, and the plan that follows takes that one. */
    @Test
    void theKernelThatMeasuredFasterIsChosenAndPlanned() {
        for (String fast : List.of("contract.sparse", "contract.dense.cpu")) {
            Graph graph = pruned();
            DeviceDescription device = device("a");
            List<CostCurve.Sample> samples = new ArrayList<>();
            for (SparseUse use : List.of(SparseUse.NEVER, SparseUse.ROWS)) {
                Plan plan = Planner.plan(graph, List.of(device), Map.of(), true, MemoryMode.ARENA, use);
                for (Step step : plan.steps()) {
                    boolean isFast = step instanceof Step.Launch launch
                            && launch.kernel().spec().equals(fast);
                    Workload workload = CostModel.workload(graph, plan, step);
                    samples.add(new CostCurve.Sample(workload, isFast ? 1e-6 : 1e-3));
                    samples.add(new CostCurve.Sample(workload, isFast ? 1e-6 : 1e-3));
                }
            }
            Calibration measured = new Calibration(Calibration.SCHEMA_VERSION, "a", "1", 0, samples);
            Partitioning prices = Partitioning.of(
                    graph, List.of(device), SparseUse.BREAK_EVEN, new CostModel(List.of(measured), Map.of()), Map.of());
            PartitionProblem problem = prices.problem(List.of(device), Map.of(), OptionalInt.empty());
            Partition partition = Spread.over(Objective.LATENCY).partitioner().partition(problem, Objective.LATENCY);
            assertTrue(
                    partition.choices().get("c").kernel().startsWith(fast),
                    partition.choices().toString());
            Plan plan = Planner.plan(
                    graph,
                    List.of(device),
                    Map.of("c", "a"),
                    true,
                    MemoryMode.ARENA,
                    node -> prices.use(partition, node));
            assertEquals(
                    partition.choices().get("c").kernel(),
                    plan.decisions().getFirst().kernel());
        }
    }

    /** A convolution half of whose weights are zero. */
    private static Graph pruned() {
        Tensor weights = Tensor.allocate(ElementType.FLOAT32, Shape.of(16, 16, 3, 3));
        for (long i = 0; i < weights.elements(); i++) {
            weights.set(i, i * 7919 % 13 < 6 ? 0 : 0.01 * (i % 5 + 1));
        }
        return Graph.builder("pruned")
                .input(new Value("x", ElementType.FLOAT32, Shape.of(1, 16, 20, 20)))
                .constant("w", weights)
                .node(
                        "c",
                        new Contraction.Conv(new Window(3, 3, 1, 1, 1, 1, 1, 1, 1, 1), 1, Epilogue.NONE),
                        List.of("x", "w"),
                        "y")
                .output("y")
                .build();
    }
}
