// SPDX-License-Identifier: Apache-2.0
/**
 * Rewrites that change the shape of a network before its weights are encoded and its activations calibrated:
 * {@link dev.inlay.compiler.shape.Shaping} removes output channels and splits layers in two of low rank. What comes out
 * is an ordinary dense network.
 */
@NullMarked
package dev.inlay.compiler.shape;

import org.jspecify.annotations.NullMarked;
