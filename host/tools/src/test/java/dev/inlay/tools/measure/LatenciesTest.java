// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class LatenciesTest {
    @Test
    void percentilesAreByNearestRank() {
        Latencies latencies = new Latencies(10);
        for (int ms = 1000; ms >= 1; ms--) {
            latencies.add(ms * 1_000_000L);
        }
        assertEquals(500, latencies.percentileMs(0.5));
        assertEquals(990, latencies.percentileMs(0.99));
        assertEquals(1000, latencies.percentileMs(1));
        assertEquals(10_000, latencies.samples());
        assertEquals(10_000 / 500.5, latencies.samplesPerSecond(), 1e-9);
    }

    @Test
    void bothSidesOfADuelAreMeasuredEnough() {
        Latencies quick = new Latencies(1);
        Latencies slow = new Latencies(1);
        new Duel(0.02, 300).run(done -> {}, new Duel.Side(() -> {}, quick), new Duel.Side(LatenciesTest::pause, slow));
        assertTrue(quick.queries() >= 300 && slow.queries() >= 300);
        assertTrue(quick.seconds() >= 0.02 && slow.seconds() >= 0.02);
    }

    private static void pause() {
        long until = System.nanoTime() + 100_000;
        while (System.nanoTime() < until) {
            Thread.onSpinWait();
        }
    }

    @Test
    void overlappingQueriesCountTheirCommonTime() {
        Latencies latencies = new Latencies(3);
        latencies.add(4_000_000_000L);
        latencies.add(4_000_000_000L);
        latencies.spanned(5_000_000_000L);
        assertEquals(5, latencies.seconds(), 1e-12);
        assertEquals(6 / 5.0, latencies.samplesPerSecond(), 1e-12);
        assertEquals(4_000, latencies.percentileMs(0.5), 1e-9);
    }
}
