// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.partition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.plan.partition.Explanation.Reason;
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

/** A chain of three nodes whose middle one might run on another device, in every case there is. */
final class ExplanationTest {
    private static final Heuristic HEURISTIC = new Heuristic(Duration.ofSeconds(5), 1);

    private static Node node(String name, Candidate... candidates) {
        return new Node(name, List.of(candidates), Map.of("gpu", "no kernel stores s3"));
    }

    private static Candidate on(String device, double seconds) {
        return Candidate.of(device, "dense", "plain", seconds, OptionalDouble.of(1), 100, 0);
    }

    /** On the cpu each node takes 1 s; a hand-over takes {@code link} s. */
    private static PartitionProblem problem(Node middle, double link, OptionalLong gpuBytes) {
        List<Device> devices = List.of(
                new Device("host", OptionalLong.empty(), true, 0),
                new Device("cpu", OptionalLong.empty(), true, 0),
                new Device("gpu", gpuBytes, true, 0));
        List<Link> links = List.of("host", "cpu", "gpu").stream()
                .flatMap(from -> List.of("host", "cpu", "gpu").stream()
                        .filter(to -> !to.equals(from))
                        .map(to -> new Link(from, to, link, Double.POSITIVE_INFINITY)))
                .toList();
        List<Value> values = List.of(
                new Value("x", Optional.empty(), List.of("a"), false, 4),
                new Value("h", Optional.of("a"), List.of("b"), false, 4),
                new Value("i", Optional.of("b"), List.of("c"), false, 4),
                new Value("y", Optional.of("c"), List.of(), true, 4));
        List<Node> nodes = List.of(node("a", on("cpu", 1)), middle, node("c", on("cpu", 1)));
        return new PartitionProblem(
                devices, "host", "plain", nodes, values, links, List.of(), List.of(), OptionalInt.empty());
    }

    private static PartitionProblem withGpu(double seconds, double link) {
        return problem(node("b", on("cpu", 1), on("gpu", seconds)), link, OptionalLong.empty());
    }

    private static Explanation explain(PartitionProblem problem) {
        return Explanation.of(problem, HEURISTIC.partition(problem, Objective.LATENCY))
                .get(1);
    }

    private static void assertWords(Reason reason, String words, Explanation explanation) {
        assertEquals(words, explanation.words());
        assertEquals(reason, explanation.reason());
    }

    @Test
    void handOversKeepAFasterDeviceFromWinning() {
        Explanation explanation = explain(withGpu(0.5, 1));
        assertWords(
                Reason.HAND_OVER,
                "b: dense on cpu; runner-up dense on gpu is 1.50 s (30.0 %) worse at most; decided by hand-overs: "
                        + "it takes 500 ms on gpu, which wins if the links were 4.00 × faster",
                explanation);
        assertEquals(1.5, explanation.runnerUp().orElseThrow().loss(), 1e-9);
        assertEquals("cpu", explain(withGpu(0.5, 1 / 3.9)).chosen().device());
        assertEquals("gpu", explain(withGpu(0.5, 1 / 4.1)).chosen().device());
    }

    @Test
    void aSlowerDeviceWouldHaveToBeFaster() {
        assertWords(
                Reason.COST,
                "b: dense on cpu; runner-up dense on gpu is 2.20 s (68.8 %) worse at most; decided by its own cost: "
                        + "gpu wins if 3.75 × faster here",
                explain(withGpu(3, 0.1)));
        assertEquals("cpu", explain(withGpu(3 / 3.7, 0.1)).chosen().device());
        assertEquals("gpu", explain(withGpu(3 / 3.8, 0.1)).chosen().device());
        assertTrue(explain(withGpu(3, 1)).words().endsWith("gpu does not win at any speed: the way there costs more"));
    }

    @Test
    void aPinLeavesNoOther() {
        PartitionProblem pinned = withGpu(0.5, 0.01).withPins(List.of(new Pin("b", Set.of("cpu"), "--pin b=cpu")));
        assertWords(
                Reason.PIN,
                "b: dense on cpu; no runner-up; decided by a pin: --pin b=cpu, without which gpu would save 480 ms",
                explain(pinned));
    }

    @Test
    void noOtherHasAKernel() {
        assertWords(
                Reason.FORMAT,
                "b: dense on cpu; no runner-up; decided by formats: gpu: no kernel stores s3",
                explain(problem(node("b", on("cpu", 1)), 1, OptionalLong.empty())));
    }

    @Test
    void memoryOfABetterOneIsFull() {
        Node heavy = node("b", on("cpu", 1), on("gpu", 0.5));
        assertWords(
                Reason.MEMORY,
                "b: dense on cpu; no runner-up; decided by memory: dense does not fit gpu",
                explain(problem(heavy, 0.01, OptionalLong.of(99))));
    }

    @Test
    void moreCutsWouldBeNeeded() {
        assertWords(
                Reason.CUTS,
                "b: dense on cpu; no runner-up; decided by the limit of cuts: gpu wins if 2 cuts were allowed",
                explain(withGpu(0.5, 0.01).withMaxCuts(OptionalInt.of(1))));
    }

    @Test
    void everyNodeOfRandomProblemsIsExplained() {
        for (int seed = 0; seed < 60; seed++) {
            PartitionProblem problem = RandomProblems.small(seed);
            for (Objective objective : Objective.values()) {
                if (ExhaustiveSearch.least(problem, objective).isPresent()) {
                    Partition partition = HEURISTIC.partition(problem, objective);
                    List<Explanation> all = Explanation.of(problem, partition);
                    assertEquals(problem.nodes().size(), all.size());
                    // What was chosen is the best, and so every other partition is worse.
                    for (Explanation each : all) {
                        assertTrue(
                                each.runnerUp()
                                        .map(other -> other.loss() > -1e-9)
                                        .orElse(true),
                                each.words());
                        assertTrue(each.words().startsWith(each.node() + ": "), each.words());
                    }
                }
            }
        }
    }
}
