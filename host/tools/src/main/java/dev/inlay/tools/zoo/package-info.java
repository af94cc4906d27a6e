// SPDX-License-Identifier: Apache-2.0
/**
 * Well-known networks with seeded weights, so that speed and numbers can be compared without downloading a trained
 * model. Weights are normal and scaled by the fan-in (He et al. 2015), so activations stay in range.
 */
@NullMarked
package dev.inlay.tools.zoo;

import org.jspecify.annotations.NullMarked;
