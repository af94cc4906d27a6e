// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

/**
 * One OpenCL device; the driver owns it.
 *
 * @param peer the binding's own handle, with value equality
 */
public record ClDevice(Object peer) {}
