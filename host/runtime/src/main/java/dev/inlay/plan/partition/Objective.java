// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.partition;

/** What a partition is to have little of. */
public enum Objective {
    /** Seconds from a request to its answer, when it is alone. */
    LATENCY("s"),
    /** Seconds between two answers of a stream of requests: those of the busiest device. */
    THROUGHPUT("s"),
    /** Joules of a request. */
    ENERGY("J");

    private final String unit;

    Objective(String unit) {
        this.unit = unit;
    }

    /** The unit of the objective's value. */
    public String unit() {
        return unit;
    }
}
