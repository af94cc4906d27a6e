// SPDX-License-Identifier: Apache-2.0
/** Tensors that stay on a device between two models. */
@NullMarked
package dev.inlay.runtimetests.residence;

import org.jspecify.annotations.NullMarked;
