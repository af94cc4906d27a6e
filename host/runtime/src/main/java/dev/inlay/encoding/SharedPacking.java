// SPDX-License-Identifier: Apache-2.0
package dev.inlay.encoding;

import dev.inlay.tensor.Shape;
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

    /**
     * Centroids {@code [block][element][entry]}, the entries being the centroids of a block padded with zeros.
     *
     * @param constant weights that are held so
     * @param centroids {@code [blocks, centroids, length]}
     * @param entries at least as many as a block's centroids
     * @param factor every number is multiplied by it
     */
    record Centroids(String constant, Shape centroids, int entries, float factor) implements SharedPacking {
        @Override
        public Source source() {
            return Source.SHARED;
        }

        @Override
        public long bytes() {
            return centroids.extent(0) * centroids.extent(2) * entries * Float.BYTES;
        }

        @Override
        public void pack(Optional<Tensor> source, MemorySegment target) {
            Tensor numbers = source.orElseThrow();
            int length = centroids.size(2);
            for (long i = 0; i < centroids.elements(); i++) {
                long block = i / length / centroids.extent(1);
                long centroid = i / length % centroids.extent(1);
                long to = (block * length + i % length) * entries + centroid;
                target.setAtIndex(ValueLayout.JAVA_FLOAT, to, numbers.getFloat(i) * factor);
            }
        }
    }

    /**
     * Which centroid each output channel has of each block: bytes {@code [tap][block][output]}, outputs padded with 0 to
     * whole panels.
     *
     * @param constant weights that are held so
     * @param codes {@code [blocks, taps, outputs]}
     * @param width output channels of a panel
     */
    record Places(String constant, Shape codes, int width) implements SharedPacking {
        @Override
        public Source source() {
            return Source.PLACES;
        }

        @Override
        public long bytes() {
            return codes.elements(0, 2) * Packing.wholePanels(codes.size(2), width);
        }

        @Override
        public void pack(Optional<Tensor> source, MemorySegment target) {
            Tensor places = source.orElseThrow();
            long outputs = codes.extent(2);
            for (long i = 0; i < codes.elements(); i++) {
                long block = i / outputs / codes.extent(1);
                long tap = i / outputs % codes.extent(1);
                long to = (tap * codes.extent(0) + block) * Packing.wholePanels(codes.size(2), width) + i % outputs;
                target.set(ValueLayout.JAVA_BYTE, to, (byte) places.getLong(i));
            }
        }
    }
}
