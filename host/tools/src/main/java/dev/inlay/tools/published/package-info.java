// SPDX-License-Identifier: Apache-2.0
/**
 * Results that others published, beside what the board models say. {@code results.json} holds every row with its source
 * and what of it the model is given; a row is used to fit a model, or to test it, or is context.
 */
@NullMarked
package dev.inlay.tools.published;

import org.jspecify.annotations.NullMarked;
