// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.calibrate;

/**
 * Numbers from {@code low} to {@code high}; zero is among them.
 *
 * @param low at most 0
 * @param high at least 0
 */
public record Range(double low, double high) {
    /** The least range that holds zero and two numbers. */
    static Range of(double low, double high) {
        return new Range(Math.min(0, low), Math.max(0, high));
    }

    /** What of this range lies within {@code -limit} to {@code limit}. */
    Range within(double limit) {
        return new Range(Math.max(low, -limit), Math.min(high, limit));
    }

    /** The larger of the magnitudes of its ends. */
    double magnitude() {
        return Math.max(-low, high);
    }
}
