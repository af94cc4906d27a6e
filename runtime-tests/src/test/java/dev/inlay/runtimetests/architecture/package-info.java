// SPDX-License-Identifier: Apache-2.0
/** Which package may know which. */
@NullMarked
package dev.inlay.runtimetests.architecture;

import org.jspecify.annotations.NullMarked;
