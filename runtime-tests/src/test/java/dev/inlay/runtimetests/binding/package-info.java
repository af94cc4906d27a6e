// SPDX-License-Identifier: Apache-2.0
/** What every binding of OpenCL must do, and what the decorators around one do. */
@NullMarked
package dev.inlay.runtimetests.binding;

import org.jspecify.annotations.NullMarked;
