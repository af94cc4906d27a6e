// SPDX-License-Identifier: Apache-2.0
/** Programs compiled beforehand. */
@NullMarked
package dev.inlay.runtimetests.bitstream;

import org.jspecify.annotations.NullMarked;
