// SPDX-License-Identifier: Apache-2.0
/** What the activations of a network are on real data, and how they are best held as codes. */
@NullMarked
package dev.inlay.compiler.calibrate;

import org.jspecify.annotations.NullMarked;
