// SPDX-License-Identifier: Apache-2.0
/**
 * From float weights to codes: each {@link dev.inlay.compiler.encode.WeightMethod} holds a method's parameters and
 * knows its equation.
 */
@NullMarked
package dev.inlay.compiler.encode;

import org.jspecify.annotations.NullMarked;
