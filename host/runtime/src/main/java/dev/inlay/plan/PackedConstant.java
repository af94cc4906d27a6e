// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.encoding.Packing;

/**
 * A constant in the form a device's kernels read.
 *
 * @param id position in {@link Plan#packed()}
 * @param device id of the device it is uploaded to
 * @param packing its form
 */
public record PackedConstant(int id, String device, Packing packing) {}
