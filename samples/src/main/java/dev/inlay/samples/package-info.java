// SPDX-License-Identifier: Apache-2.0
/**
 * Numbered programs, one lesson each. Each runs from its source file, at the root of the repository, once
 * {@code ./inlay devices} has built the libraries; the command stands at its top.
 */
@NullMarked
package dev.inlay.samples;

import org.jspecify.annotations.NullMarked;
