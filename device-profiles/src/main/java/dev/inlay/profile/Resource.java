// SPDX-License-Identifier: Apache-2.0
package dev.inlay.profile;

/** What an FPGA is made of, or the cores of a GPU. */
public enum Resource implements Labelled {
    /** Intel's adaptive logic modules. */
    ALM("ALM"),
    /** Intel's memory blocks of 20 kbit. */
    M20K("M20K"),
    /** Intel's memory blocks of 10 kbit. */
    M10K("M10K"),
    /** DSP blocks; on Intel's, two 18×19 multiplies, one 27×27 or one fused f32 multiply-add a cycle. */
    DSP("DSP"),
    /** AMD's look-up tables. */
    LUT("LUT"),
    /** AMD's memory blocks of 36 kbit. */
    BRAM36("BRAM36"),
    /** AMD's memory blocks of 288 kbit. */
    URAM("URAM"),
    /** Lanes of a GPU that finish one fused f32 multiply-add a cycle. */
    FMA_LANES("fmaLanes");

    private final String label;

    Resource(String label) {
        this.label = label;
    }

    @Override
    public String label() {
        return label;
    }
}
