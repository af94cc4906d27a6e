// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

/** Which kernel skeletons and which cost model a device takes. */
public enum DeviceClass {
    CPU,
    GPU,
    FPGA,
    REFERENCE
}
