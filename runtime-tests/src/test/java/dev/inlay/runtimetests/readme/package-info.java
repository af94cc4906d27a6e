// SPDX-License-Identifier: Apache-2.0
/** The front page says only what was run. */
@NullMarked
package dev.inlay.runtimetests.readme;

import org.jspecify.annotations.NullMarked;
