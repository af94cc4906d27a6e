// SPDX-License-Identifier: Apache-2.0
/**
 * The kernels: OpenCL C texts, a specification beside each, and how a source is put together for a
 * {@link dev.inlay.kernels.KernelId}. Nothing here calls OpenCL.
 */
@NullMarked
package dev.inlay.kernels;

import org.jspecify.annotations.NullMarked;
