// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

/**
 * The memory bank that a buffer asks for.
 *
 * @param bits vendor's flags, or-ed to those of clCreateBuffer; other vendors answer CL_INVALID_VALUE to them
 */
public record Placement(long bits) {
    /** The driver chooses. */
    public static final Placement ANY = new Placement(0);

    /** Where the kernel argument's own attribute says (CL_MEM_HETEROGENEOUS_INTELFPGA). */
    public static final Placement INTEL_HETEROGENEOUS = new Placement(1L << 19);

    /**
     * A bank of an Intel FPGA board (CL_CHANNEL_n_INTELFPGA) built without interleaving.
     *
     * @param bank 1 to 7
     * @throws IllegalArgumentException for any other bank
     */
    public static Placement intelBank(int bank) {
        if (bank < 1 || bank > 7) {
            throw new IllegalArgumentException("got memory bank " + bank + ", expected 1 to 7");
        }
        return new Placement((long) bank << 16);
    }
}
