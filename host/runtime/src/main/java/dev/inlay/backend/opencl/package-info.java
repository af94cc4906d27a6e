// SPDX-License-Identifier: Apache-2.0
/** Devices driven through OpenCL; {@code .binding} is the seam below. */
@NullMarked
package dev.inlay.backend.opencl;

import org.jspecify.annotations.NullMarked;
