// SPDX-License-Identifier: Apache-2.0
/** What steps are expected to take on a device: curves fitted to what was measured there. */
@NullMarked
package dev.inlay.plan.cost;

import org.jspecify.annotations.NullMarked;
