// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.recipe;

/** Where a layer stands among the others. */
public enum LayerPosition {
    /** No layer lies between it and an input of the network. */
    FIRST,
    /** No layer lies between it and an output of the network; a layer that is first as well is first. */
    LAST,
    /** Neither first nor last. */
    INNER
}
