// SPDX-License-Identifier: Apache-2.0
package dev.inlay.profile;

/** The unit of a {@link Figure}. Each field of a profile allows exactly one. */
public enum Unit implements Labelled {
    /** A number of things. */
    COUNT("1"),
    MEGAHERTZ("MHz"),
    /** 10⁹ operations a second, an operation being one add or one multiply. */
    GIGA_OPERATIONS_PER_SECOND("Gop/s"),
    /** 10⁹ bytes a second. */
    GIGABYTES_PER_SECOND("GB/s"),
    BYTES("B"),
    MICROSECONDS("us"),
    WATTS("W");

    private final String label;

    Unit(String label) {
        this.label = label;
    }

    @Override
    public String label() {
        return label;
    }
}
