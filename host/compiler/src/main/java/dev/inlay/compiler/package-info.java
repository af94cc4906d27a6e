// SPDX-License-Identifier: Apache-2.0
/**
 * Approximates a network: {@link dev.inlay.compiler.Approximation} takes a graph, a recipe and data, and gives the graph
 * in a new shape, with weights held as codes and quantizers where values are.
 */
@NullMarked
package dev.inlay.compiler;

import org.jspecify.annotations.NullMarked;
