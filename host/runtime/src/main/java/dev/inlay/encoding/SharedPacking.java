// SPDX-License-Identifier: Apache-2.0
package dev.inlay.encoding;

import dev.inlay.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** Numbers that weights share, without a place in a dense array of weights. */
public sealed interface SharedPacking extends Packing {
    /**
     * The numbers as they are.
     *
     * @param constant weights that are held so
     * @param elements how many numbers they share
     * @param factor every number is multiplied by it
     */
    record Numbers(String constant, long elements, float factor) implements SharedPacking {
        @Override
        public Source source() {
            return Source.SHARED;
        }

        @Override
        public long bytes() {
            return elements * Float.BYTES;
        }

        @Override
        public void pack(Optional<Tensor> source, MemorySegment target) {
            Tensor numbers = source.orElseThrow();
            for (long i = 0; i < elements; i++) {
                target.setAtIndex(ValueLayout.JAVA_FLOAT, i, numbers.getFloat(i) * factor);
            }
        }
    }
}
