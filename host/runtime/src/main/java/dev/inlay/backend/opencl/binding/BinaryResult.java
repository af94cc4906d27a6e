// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

/** What became of a program's binary. */
public sealed interface BinaryResult {
    /** The driver took it; it still has to be built. */
    record Accepted(ClProgram program) implements BinaryResult {}

    /**
     * The driver cannot use it: it is damaged, or of another device or driver.
     *
     * @param status what clCreateProgramWithBinary answered
     * @param binaryStatus the driver's verdict on the binary itself
     */
    record Refused(ClStatus status, ClStatus binaryStatus) implements BinaryResult {}
}
