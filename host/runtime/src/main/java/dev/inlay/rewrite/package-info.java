// SPDX-License-Identifier: Apache-2.0
/**
 * Rules that make a graph simpler without changing what it computes beyond rounding. A {@link dev.inlay.rewrite.Rule}
 * looks at one node and returns a patch; {@link dev.inlay.rewrite.Rewriter} applies rules until none matches.
 */
@NullMarked
package dev.inlay.rewrite;

import org.jspecify.annotations.NullMarked;
