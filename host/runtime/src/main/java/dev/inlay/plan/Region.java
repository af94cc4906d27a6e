// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

/**
 * A piece of a slot's memory on one device.
 *
 * @param device id of the device
 * @param buffer which of the slot's buffers there
 * @param offset in bytes, a multiple of 64
 * @param bytes size
 */
public record Region(String device, int buffer, long offset, long bytes) {}
