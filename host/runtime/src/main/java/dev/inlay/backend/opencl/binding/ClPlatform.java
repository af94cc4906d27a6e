// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

/**
 * One OpenCL platform (a driver).
 *
 * @param peer the binding's own handle, with value equality
 */
public record ClPlatform(Object peer) {}
