// SPDX-License-Identifier: Apache-2.0
/** OpenCL through LWJGL. Nothing outside this package sees LWJGL. */
@NullMarked
package dev.inlay.backend.opencl.binding.lwjgl;

import org.jspecify.annotations.NullMarked;
