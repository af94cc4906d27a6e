// SPDX-License-Identifier: Apache-2.0
package dev.inlay.graph;

/** An operator: its kind and its attributes. One record an operator, one sealed sub-interface a family. */
public sealed interface Op permits Contraction, Lanewise, Pool, Normalization, Reduction, Move {
    /** The operator's name in ONNX's vocabulary. */
    default String title() {
        return getClass().getSimpleName();
    }
}
