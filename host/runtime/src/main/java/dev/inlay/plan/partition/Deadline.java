// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.partition;

import java.time.Duration;

/** A moment after which a search stops. */
record Deadline(long nanoTime) {
    static Deadline in(Duration duration) {
        return new Deadline(System.nanoTime() + duration.toNanos());
    }

    boolean isOver() {
        return System.nanoTime() - nanoTime > 0;
    }
}
