// SPDX-License-Identifier: Apache-2.0
/** The partitioner that proves how good its answer is; it needs a solver, and the runtime does without. */
@NullMarked
package dev.inlay.compiler.partition;

import org.jspecify.annotations.NullMarked;
