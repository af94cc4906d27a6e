// SPDX-License-Identifier: Apache-2.0
/** Sessions as a whole: many threads, the modes of memory, and the plans and calls that a model becomes. */
@NullMarked
package dev.inlay.runtimetests.session;

import org.jspecify.annotations.NullMarked;
