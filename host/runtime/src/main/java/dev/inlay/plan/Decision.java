// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

/**
 * Where a node runs and why.
 *
 * @param node name of the node
 * @param device id of the chosen device
 * @param kernel name of the chosen kernel, {@code java} on the host, {@code -} where nothing runs
 * @param why the reason
 * @param fallback whether it left the device that was asked for
 */
public record Decision(String node, String device, String kernel, String why, boolean fallback) {}
