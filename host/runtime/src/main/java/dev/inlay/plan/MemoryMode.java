// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

/** How the values of one slot share a device's memory. */
public enum MemoryMode {
    /** One buffer whose regions are reused when a value's life ends. */
    ARENA,
    /** One buffer a value, so that a checker sees every overrun. */
    SEPARATE,
    /** One buffer without reuse and with a guarded gap after every value; a damaged gap is an error. */
    GUARDED
}
