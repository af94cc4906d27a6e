// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.partition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.plan.partition.PartitionProblem.Candidate;
import dev.inlay.plan.partition.PartitionProblem.Node;
import dev.inlay.plan.partition.PartitionProblem.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Stages of random graphs under random pins: no stage waits for a later one, and no two could be one. */
final class StageOrderTest {
    @Test
    void noStageWaitsForALaterOne() {
        for (int seed = 0; seed < 200; seed++) {
            PartitionProblem problem = RandomProblems.large(seed, new RandomProblems.Size(20, 3, 1, 1, 1.0));
            Partition partition = pinned(problem, new Random(seed));
            Map<String, Integer> stageOf = new HashMap<>();
            Set<String> placed = new HashSet<>();
            String before = "";
            for (Partition.Stage stage : partition.stages()) {
                assertNotEquals(before, stage.device());
                before = stage.device();
                for (String node : stage.nodes()) {
                    assertTrue(placed.add(node), node + " twice");
                    assertEquals(partition.device(node), stage.device());
                    stageOf.put(node, partition.stages().indexOf(stage));
                    for (Value value : problem.values()) {
                        boolean read = value.readers().contains(node);
                        assertTrue(
                                !read
                                        || placed.containsAll(
                                                value.producer().stream().toList()),
                                node);
                    }
                }
            }
            assertEquals(problem.nodes().size(), placed.size());
            for (Value value : problem.values()) {
                value.producer()
                        .ifPresent(producer -> value.readers()
                                .forEach(reader -> assertTrue(stageOf.get(producer) <= stageOf.get(reader))));
            }
        }
    }

    /** Of two chains side by side on two devices, each device gets one stage. */
    @Test
    void nodesOfADeviceStayTogether() {
        PartitionProblem chain = RandomProblems.large(1, new RandomProblems.Size(8, 2, 1, 1, 1.0));
        List<Value> values = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            List<String> readers = i + 2 < 8 ? List.of("node-" + (i + 2)) : List.of();
            values.add(new Value("v" + i, java.util.Optional.of("node-" + i), readers, readers.isEmpty(), 1));
        }
        PartitionProblem two = new PartitionProblem(
                chain.devices(),
                chain.host(),
                chain.exchange(),
                chain.nodes(),
                values,
                chain.links(),
                chain.conversions(),
                List.of(),
                chain.maxCuts());
        Instance instance = Instance.of(two, Objective.LATENCY);
        int[] choice = new int[8];
        for (int node = 0; node < 8; node++) {
            for (int option = 0; option < instance.options(node).size(); option++) {
                choice[node] = instance.options(node).get(option).device() == 1 + node % 2 ? option : choice[node];
            }
        }
        Partition partition = Partition.of(new Assignment(instance, choice), 0, false);
        assertEquals(
                List.of(
                        new Partition.Stage("device-0", List.of("node-0", "node-2", "node-4", "node-6")),
                        new Partition.Stage("device-1", List.of("node-1", "node-3", "node-5", "node-7"))),
                partition.stages());
    }

    /** The partition in which every node's device was drawn. */
    private static Partition pinned(PartitionProblem problem, Random random) {
        List<PartitionProblem.Pin> pins = new ArrayList<>();
        for (Node node : problem.nodes()) {
            Set<String> able = new TreeSet<>();
            node.candidates().stream().map(Candidate::device).forEach(able::add);
            String device = List.copyOf(able).get(random.nextInt(able.size()));
            pins.add(new PartitionProblem.Pin(node.name(), Set.of(device), "drawn"));
        }
        Instance instance = Instance.of(problem.withPins(pins), Objective.LATENCY);
        return Partition.of(new Assignment(instance, new int[instance.nodes()]), 0, false);
    }
}
