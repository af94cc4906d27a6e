// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.partition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a problem may not be. */
final class PartitionProblemTest {
    private static final PartitionProblem GOOD = RandomProblems.large(1, new RandomProblems.Size(4, 2, 1, 2, 1.0));

    private static void assertRefused(String message, Runnable made) {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, made::run);
        assertEquals(message, refused.getMessage());
    }

    private static PartitionProblem with(
            List<PartitionProblem.Value> values,
            List<PartitionProblem.Link> links,
            List<PartitionProblem.Conversion> conversions) {
        return new PartitionProblem(
                GOOD.devices(),
                GOOD.host(),
                GOOD.exchange(),
                GOOD.nodes(),
                values,
                links,
                conversions,
                GOOD.pins(),
                GOOD.maxCuts());
    }

    @Test
    void everyPairOfDevicesHasALink() {
        assertRefused(
                "link from host to device-0: got none, expected one",
                () -> with(GOOD.values(), List.of(), GOOD.conversions()));
    }

    @Test
    void everyConversionThatMayBeNeededHasAPrice() {
        List<PartitionProblem.Conversion> others = GOOD.conversions().stream()
                .filter(each -> !each.device().equals("device-1"))
                .toList();
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> with(GOOD.values(), GOOD.links(), others));
        assertEquals("conversion plain to last on device-1: got none, expected one", refused.getMessage());
    }

    @Test
    void readersComeAfterTheirProducer() {
        List<PartitionProblem.Value> back =
                List.of(new PartitionProblem.Value("v", Optional.of("node-2"), List.of("node-1"), false, 1));
        assertRefused(
                "value v: reader: got node-1, expected a node after its producer",
                () -> with(back, GOOD.links(), GOOD.conversions()));
    }

    @Test
    void pinsNameNodesThatAreThere() {
        assertRefused(
                "pin: node: got nothing, expected a node of the graph",
                () -> GOOD.withPins(List.of(new PartitionProblem.Pin("nothing", Set.of("host"), ""))));
        assertRefused("most cuts: got -1, expected >= 0", () -> GOOD.withMaxCuts(OptionalInt.of(-1)));
    }

    @Test
    void pricesAreNotNegative() {
        assertRefused(
                "kernel k on d: seconds: got -1.0, expected >= 0",
                () -> PartitionProblem.Candidate.of("d", "k", "l", -1, OptionalDouble.empty(), 0, 0));
        assertRefused(
                "link a to b: bytes per second: got 0.0, expected > 0",
                () -> new PartitionProblem.Link("a", "b", 0, 0));
    }
}
