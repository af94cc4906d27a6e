// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.recipe;

/** How what approximation does to the outputs of layers is mended. */
public enum Correction {
    /** Not at all. */
    NONE,
    /** Biases take up what the weights lose of their inputs' means: one run over the data. */
    BIAS,
    /**
     * Each layer's output channels get back their means, and where their scales are free their deviations: a run over
     * the data for each layer.
     */
    OUTPUTS
}
