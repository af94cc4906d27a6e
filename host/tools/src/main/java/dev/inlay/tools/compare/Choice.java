// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.compare;

/**
 * The row to take of a model for a goal.
 *
 * @param row its position among the rows of the comparison
 */
public record Choice(String model, Goal goal, int row) {
    /** What to look for among the rows whose top1 is good enough. */
    public enum Goal {
        /** The most images a second that were measured. */
        FASTEST,
        /** The fewest bytes of weights. */
        SMALLEST,
        /** The least energy for an image that is measured or modelled. */
        FRUGAL
    }
}
