// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.recipe;

/** Kinds of layers that a rule tells apart. */
public enum LayerType {
    /** A convolution that is not depthwise. */
    CONV,
    /** A convolution whose groups have one input channel each. */
    DEPTHWISE,
    /** A product of matrices. */
    GEMM
}
