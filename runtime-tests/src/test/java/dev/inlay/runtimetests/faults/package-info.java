// SPDX-License-Identifier: Apache-2.0
/**
 * What happens when a call fails, an answer is late or a file is damaged: every failure ends in an exception of ours, in
 * bounded time, with nothing leaked and with the engine still usable.
 */
@NullMarked
package dev.inlay.runtimetests.faults;

import org.jspecify.annotations.NullMarked;
