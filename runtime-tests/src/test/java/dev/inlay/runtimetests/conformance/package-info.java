// SPDX-License-Identifier: Apache-2.0
/** Every operator against the reference: the cases know no device, the runner does. */
@NullMarked
package dev.inlay.runtimetests.conformance;

import org.jspecify.annotations.NullMarked;
