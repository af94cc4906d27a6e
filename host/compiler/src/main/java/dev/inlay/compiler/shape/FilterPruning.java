// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.shape;

/**
 * Whole output channels of a layer are removed, those of the least norm first (Li et al. 2017).
 *
 * @param keep the share that stays, above 0, at most 1; of each layer at least one channel stays
 * @param norm what is compared
 */
public record FilterPruning(double keep, Norm norm) {
    /** The norm of the weights of an output channel. */
    public enum Norm {
        /** The sum of magnitudes. */
        L1,
        /** The root of the sum of squares. */
        L2
    }

    /** The method's name in reports. */
    static final String TITLE = "filters";

    public FilterPruning {
        if (!(keep > 0 && keep <= 1)) {
            throw new IllegalArgumentException("keep: got " + keep + ", expected above 0, at most 1");
        }
    }
}
