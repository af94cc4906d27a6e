// SPDX-License-Identifier: Apache-2.0
/** Tensors on disk. */
@NullMarked
package dev.inlay.tools.npy;

import org.jspecify.annotations.NullMarked;
