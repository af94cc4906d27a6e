// SPDX-License-Identifier: Apache-2.0
package dev.inlay.samples.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class OneCycleTest {
    private final OneCycle cycle = OneCycle.over(100, 0.5f);

    @Test
    void risesToThePeakThenFallsToZero() {
        assertTrue(cycle.getNewValue(0) > 0);
        for (int step = 1; step <= 10; step++) {
            assertTrue(cycle.getNewValue(step) > cycle.getNewValue(step - 1), "step " + step);
        }
        assertEquals(0.5f, cycle.getNewValue(10));
        for (int step = 11; step <= 100; step++) {
            assertTrue(cycle.getNewValue(step) < cycle.getNewValue(step - 1), "step " + step);
        }
        assertEquals(0, cycle.getNewValue(100), 1e-7f);
    }

    @Test
    void staysAtZeroAfterTheEnd() {
        assertEquals(0, cycle.getNewValue(150), 1e-7f);
    }

    @Test
    void aSingleStepIsACycleToo() {
        assertEquals(0, OneCycle.over(1, 0.5f).getNewValue(1));
    }
}
