// SPDX-License-Identifier: Apache-2.0
/**
 * The public entry: an {@link dev.inlay.Engine} finds devices, compiles a graph to a {@link dev.inlay.CompiledModel},
 * and a {@link dev.inlay.Session} runs it.
 */
@NullMarked
package dev.inlay;

import org.jspecify.annotations.NullMarked;
