// SPDX-License-Identifier: Apache-2.0
package dev.inlay.profile;

import java.util.Optional;

/**
 * A quantity and where it comes from.
 *
 * @param value above zero, finite
 * @param unit the unit of {@code value}
 * @param source the data sheet, paper or measurement it was taken from
 * @param derivation how the value follows from the source, where it does not stand there itself
 */
public record Figure(double value, Unit unit, String source, Optional<String> derivation) {
    public Figure {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException("value: got " + value + ", expected a finite number above 0");
        }
    }
}
