// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class BreakEvenTest {
    private static BreakEven.Row row(double density, double overDense) {
        return new BreakEven.Row("layer", "pattern", density, "kernel", overDense, 1);
    }

    @Test
    void liesBetweenTheDensitiesOnBothSidesOfOne() {
        assertEquals(
                0.4,
                BreakEven.crossover(List.of(row(0.5, 0.8), row(0.1, 4), row(0.3, 1.2)))
                        .orElseThrow(),
                1e-9);
    }

    @Test
    void isAbsentBeyondTheDensitiesMeasured() {
        assertTrue(BreakEven.crossover(List.of(row(0.1, 4), row(0.9, 1.1))).isEmpty());
        assertTrue(BreakEven.crossover(List.of(row(0.1, 0.9), row(0.9, 0.1))).isEmpty());
    }
}
