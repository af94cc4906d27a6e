// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

import java.util.Optional;

/**
 * What a built kernel needs and allows on a device.
 *
 * @param maxWorkGroupSize work-items
 * @param requiredWorkGroup the kernel's {@code reqd_work_group_size}, when it has one
 * @param preferredMultiple work-items; 1 where an OpenCL 1.0 driver does not tell
 * @param localBytes local memory of one work-group
 * @param privateBytes private memory of one work-item; 0 where an OpenCL 1.0 driver does not tell
 */
public record WorkGroupInfo(
        long maxWorkGroupSize,
        Optional<Extent> requiredWorkGroup,
        long preferredMultiple,
        long localBytes,
        long privateBytes) {}
