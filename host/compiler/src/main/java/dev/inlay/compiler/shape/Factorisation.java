// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.shape;

/**
 * A layer as two of low rank: its weights as a matrix are nearly the product of two, by the singular values that are
 * largest.
 *
 * @param form how a convolution is seen as a matrix
 * @param rank how many singular values are kept
 */
public record Factorisation(Form form, Rank rank) {
    /** The two convolutions that one becomes. */
    public enum Form {
        /** The window over all channels to few, then 1x1 to all (Zhang et al. 2016, section 3.1). */
        CHANNELS,
        /** A column of the window over all channels to few, then a row to all (Jaderberg et al. 2014, scheme 2). */
        SEPARABLE
    }

    /** The method's name in reports. */
    public String title() {
        return switch (form) {
            case CHANNELS -> "low-rank";
            case SEPARABLE -> "separable";
        };
    }
}
