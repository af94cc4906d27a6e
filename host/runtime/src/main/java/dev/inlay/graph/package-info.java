// SPDX-License-Identifier: Apache-2.0
/**
 * What is computed: a {@link dev.inlay.graph.Graph} of {@link dev.inlay.graph.Node}s whose operators are records of the
 * sealed family {@link dev.inlay.graph.Op}. Axes are those of ONNX; where a value lies in memory is no concern of this
 * package.
 *
 * <p>A graph is immutable and its shapes are fixed. Rewrite rules change it by {@link dev.inlay.graph.Patch}es.
 */
@NullMarked
package dev.inlay.graph;

import org.jspecify.annotations.NullMarked;
