// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.encode;

/** Which weights share a scale. */
public sealed interface Granularity {
    /** All weights of a layer. */
    record PerTensor() implements Granularity {}

    /** The weights of an output channel. */
    record PerChannel() implements Granularity {}

    /**
     * Neighbours along the input channels.
     *
     * @param size how many, 4 to 1024 and a multiple of 4
     */
    record PerGroup(int size) implements Granularity {
        public PerGroup {
            if (size < 4 || size > 1024 || size % 4 != 0) {
                throw new IllegalArgumentException("group: got " + size + ", expected 4 to 1024, a multiple of 4");
            }
        }
    }
}
