// SPDX-License-Identifier: Apache-2.0
package dev.inlay.graph;

/** Operators that scale elements by statistics of their neighbours or of the training set. */
public sealed interface Normalization extends Op {
    /** Inputs: 0 {@code [N, C, ...]}, 1 scale, 2 bias, 3 mean, 4 variance, each {@code [C]}. */
    record BatchNormalization(float epsilon) implements Normalization {}

    /**
     * Local response normalisation over {@code size} neighbouring channels (Krizhevsky et al. 2012, section 3.3):
     * {@code x / (bias + alpha / size * sum of squares) ^ beta}, alpha divided by the size as ONNX does.
     */
    record Lrn(int size, float alpha, float beta, float bias) implements Normalization {}

    /**
     * Exponentials that sum to one over the axes {@code axis .. last} taken together where {@code flattened} (opset
     * below 13), over {@code axis} alone otherwise; their logarithm if asked.
     */
    record Softmax(int axis, boolean flattened, boolean logarithm) implements Normalization {}
}
