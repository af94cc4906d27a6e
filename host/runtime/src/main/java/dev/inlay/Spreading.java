// SPDX-License-Identifier: Apache-2.0
package dev.inlay;

import dev.inlay.graph.Graph;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.Partitioning;
import dev.inlay.plan.Plan;
import dev.inlay.plan.Planner;
import dev.inlay.plan.Spread;
import dev.inlay.plan.cost.CostModel;
import dev.inlay.plan.partition.Partition;
import dev.inlay.plan.partition.PartitionProblem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A graph spread over devices.
 *
 * @param graph its nodes in the order in which a request passes them
 */
record Spreading(Graph graph, Plan plan, Partitioned partitioned) {
    static Spreading of(
            Graph graph,
            List<DeviceDescription> devices,
            Map<String, String> pins,
            CompileOptions options,
            Spread spread,
            CostModel costs,
            Map<String, Double> watts) {
        Partitioning prices = Partitioning.of(graph, devices, options.sparse(), costs, watts);
        PartitionProblem problem = prices.problem(devices, pins, spread.maxCuts());
        Partition partition = spread.partitioner().partition(problem, spread.objective());
        Graph ordered = graph.ordered(partition.stages().stream()
                .flatMap(stage -> stage.nodes().stream())
                .toList());
        Map<String, String> placed = new LinkedHashMap<>();
        for (PartitionProblem.Node node : problem.nodes()) {
            // A node that is the host's because nobody else has a kernel is left to the planner, which says so.
            boolean choice = pins.containsKey(node.name())
                    || node.candidates().stream()
                            .anyMatch(each -> !each.device().equals(DeviceDescription.REFERENCE));
            if (choice) {
                placed.put(node.name(), partition.device(node.name()));
            }
        }
        Plan plan = Planner.plan(
                ordered, devices, placed, options.strict(), options.memory(), node -> prices.use(partition, node));
        return new Spreading(ordered, plan, new Partitioned(problem, partition));
    }
}
