// SPDX-License-Identifier: Apache-2.0
/**
 * Where and how a graph is computed. A {@link dev.inlay.plan.Plan} is pure data made from a graph and
 * {@link dev.inlay.plan.DeviceDescription}s; nothing here calls a device, so a plan can be made on one machine for
 * another.
 */
@NullMarked
package dev.inlay.plan;

import org.jspecify.annotations.NullMarked;
