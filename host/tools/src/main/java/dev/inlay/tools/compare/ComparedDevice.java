// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.compare;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.inlay.plan.Evidence;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A device and its ceilings.
 *
 * @param id of the device, or of the board's profile
 * @param name for people
 * @param deviceClass {@code cpu}, {@code gpu}, {@code fpga} or {@code reference}
 * @param evidence of its ceilings
 * @param watts its draw by a sourced profile; absent where none is known
 * @param compute the most operations a second, for each arithmetic
 * @param memory the most bytes a second
 */
public record ComparedDevice(
        String id,
        String name,
        @JsonProperty("class") String deviceClass,
        Evidence evidence,
        OptionalDouble watts,
        List<Ceiling> compute,
        List<Ceiling> memory) {
    public ComparedDevice {
        compute = List.copyOf(compute);
        memory = List.copyOf(memory);
    }

    /**
     * A most that a device does.
     *
     * @param name the arithmetic, or which memory
     * @param perSecond operations, a multiply-add being 2, or bytes
     * @param source where the figure was taken from; empty where it was measured in this run
     */
    public record Ceiling(String name, double perSecond, String source) {}
}
