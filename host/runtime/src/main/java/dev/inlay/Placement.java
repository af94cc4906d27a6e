// SPDX-License-Identifier: Apache-2.0
package dev.inlay;

/**
 * Where a node runs and why.
 *
 * @param node the node's name
 * @param device id of the device
 * @param kernel name of the kernel, or {@code java} on the reference
 * @param why the reason for this device and kernel
 * @param fallback whether the node left the device that was asked for
 */
public record Placement(String node, String device, String kernel, String why, boolean fallback) {}
