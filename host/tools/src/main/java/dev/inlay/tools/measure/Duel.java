// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.measure;

import java.util.function.LongConsumer;

/** Times one or two programs in one process, in turns, so that both meet the same machine. */
public final class Duel {
    /** A turn is long enough for caches to settle and short enough for both to meet the same load. */
    private static final long TURN_NANOS = 200_000_000L;

    private final double leastSeconds;
    private final int leastQueries;

    /**
     * @param leastSeconds time that each program is measured for at least
     * @param leastQueries queries that each program is measured over at least
     */
    public Duel(double leastSeconds, int leastQueries) {
        this.leastSeconds = leastSeconds;
        this.leastQueries = leastQueries;
    }

    /** One program: what it does for a query, and where the times go. */
    public record Side(Runnable query, Latencies latencies) {}

    /**
     * Warms both up for a tenth of the measured time, then measures them in turns.
     *
     * @param done told of each measured query
     */
    public void run(LongConsumer done, Side... sides) {
        for (Side side : sides) {
            long start = System.nanoTime();
            do {
                side.query().run();
            } while (System.nanoTime() - start < leastSeconds * 1e8);
        }
        boolean unfinished = true;
        while (unfinished) {
            unfinished = false;
            for (Side side : sides) {
                turn(side, done);
                unfinished |= side.latencies().seconds() < leastSeconds
                        || side.latencies().queries() < leastQueries;
            }
        }
    }

    private static void turn(Side side, LongConsumer done) {
        long start = System.nanoTime();
        do {
            side.latencies().time(side.query());
            done.accept(1);
        } while (System.nanoTime() - start < TURN_NANOS);
    }
}
