// SPDX-License-Identifier: Apache-2.0
/** The launcher, run as a user runs it. */
@NullMarked
package dev.inlay.launcher;

import org.jspecify.annotations.NullMarked;
