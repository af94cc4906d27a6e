// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.partition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.inlay.plan.partition.PartitionProblem.Candidate;
import dev.inlay.plan.partition.PartitionProblem.Device;
import dev.inlay.plan.partition.PartitionProblem.Link;
import dev.inlay.plan.partition.PartitionProblem.Node;
import dev.inlay.plan.partition.PartitionProblem.Pin;
import dev.inlay.plan.partition.PartitionProblem.Value;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is said where there is no partition. */
final class InfeasibilityTest {
    private static final Device HOST = new Device("host", OptionalLong.empty(), true, 0);

    private static Candidate on(String device, long weightBytes, OptionalDouble joules) {
        return Candidate.of(device, "dense", "plain", 1, joules, weightBytes, 10);
    }

    private static Node node(String name, Candidate... candidates) {
        return new Node(name, List.of(candidates), Map.of("gpu", "no kernel stores s3"));
    }

    /** Two nodes, one behind the other. */
    private static PartitionProblem problem(
            Node first, Node second, OptionalLong memory, List<Pin> pins, OptionalInt cuts) {
        List<Device> devices =
                List.of(HOST, new Device("cpu", memory, true, 0), new Device("gpu", OptionalLong.empty(), false, 0));
        List<Link> links = List.of("host", "cpu", "gpu").stream()
                .flatMap(from -> List.of("host", "cpu", "gpu").stream()
                        .filter(to -> !to.equals(from))
                        .map(to -> new Link(from, to, 1e-5, 1e9)))
                .toList();
        List<Value> values = List.of(
                new Value("x", Optional.empty(), List.of("a"), false, 4),
                new Value("h", Optional.of("a"), List.of("b"), false, 4),
                new Value("y", Optional.of("b"), List.of(), true, 4));
        return new PartitionProblem(
                devices, "host", "plain", List.of(first, second), values, links, List.of(), pins, cuts);
    }

    private static void assertRefused(String message, PartitionProblem problem, Objective objective) {
        Heuristic heuristic = new Heuristic(Duration.ofSeconds(5), 1);
        PartitionException refused =
                assertThrows(PartitionException.class, () -> heuristic.partition(problem, objective));
        assertEquals(message, refused.getMessage());
    }

    private static final Node A = node("a", on("cpu", 100, OptionalDouble.of(1)));
    private static final Node B = node("b", on("cpu", 50, OptionalDouble.of(1)));

    @Test
    void aNodeWithoutAnyKernel() {
        assertRefused(
                "node b: got no kernel on any device (gpu: no kernel stores s3), expected one at least",
                problem(A, node("b"), OptionalLong.empty(), List.of(), OptionalInt.empty()),
                Objective.LATENCY);
    }

    @Test
    void aPinToADeviceThatHasNoKernel() {
        assertRefused(
                "node a: got a pin to [gpu] (--pin a=gpu), where no kernel computes it (gpu: no kernel stores s3), "
                        + "expected one of [cpu]",
                problem(
                        A,
                        B,
                        OptionalLong.empty(),
                        List.of(new Pin("a", Set.of("gpu"), "--pin a=gpu")),
                        OptionalInt.empty()),
                Objective.LATENCY);
    }

    @Test
    void aNodeThatFitsNoDevice() {
        assertRefused(
                "node a: got dense on cpu with 110 bytes, expected 109 at most",
                problem(A, B, OptionalLong.of(109), List.of(), OptionalInt.empty()),
                Objective.LATENCY);
    }

    @Test
    void nodesThatDoNotFitTogether() {
        assertRefused(
                "memory of cpu: got 160 bytes in the nearest partition, the most for node a (100 bytes), "
                        + "expected 159 at most",
                problem(A, B, OptionalLong.of(159), List.of(), OptionalInt.empty()),
                Objective.LATENCY);
    }

    @Test
    void moreCutsThanAllowed() {
        Node onGpu = node("b", on("gpu", 50, OptionalDouble.empty()));
        assertRefused(
                "cuts: got 1, among them value h of node a from cpu to gpu, expected 0 at most",
                problem(A, onGpu, OptionalLong.empty(), List.of(), OptionalInt.of(0)),
                Objective.LATENCY);
    }

    @Test
    void energyThatNobodyKnows() {
        Node onBoth = node("b", on("cpu", 50, OptionalDouble.of(1)), on("gpu", 50, OptionalDouble.empty()));
        PartitionProblem both = problem(A, onBoth, OptionalLong.empty(), List.of(), OptionalInt.empty());
        assertRefused(
                "objective energy: got device gpu whose energy nobody knows, expected devices with a sensor or a "
                        + "profile that gives it",
                both,
                Objective.ENERGY);
        PartitionProblem pinned = both.withPins(List.of(new Pin("b", Set.of("cpu"), "asked for")));
        assertEquals(
                2,
                new Heuristic(Duration.ofSeconds(5), 1)
                        .partition(pinned, Objective.ENERGY)
                        .value());
    }
}
