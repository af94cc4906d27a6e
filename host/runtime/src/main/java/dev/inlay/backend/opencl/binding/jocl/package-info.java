// SPDX-License-Identifier: Apache-2.0
/** OpenCL through JOCL. Nothing outside this package sees JOCL. */
@NullMarked
package dev.inlay.backend.opencl.binding.jocl;

import org.jspecify.annotations.NullMarked;
