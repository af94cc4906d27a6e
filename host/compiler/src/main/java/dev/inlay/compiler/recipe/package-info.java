// SPDX-License-Identifier: Apache-2.0
/** Recipes: which layers of a network are approximated, by which methods, in YAML. */
@NullMarked
package dev.inlay.compiler.recipe;

import org.jspecify.annotations.NullMarked;
