// SPDX-License-Identifier: Apache-2.0
/** Tensors in host memory: their shape, their logical element type, and the number formats devices hold them in. */
@NullMarked
package dev.inlay.tensor;

import org.jspecify.annotations.NullMarked;
