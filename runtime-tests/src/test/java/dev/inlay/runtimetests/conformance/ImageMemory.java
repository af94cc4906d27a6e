// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;

/**
 * Where a channels-last image lies in a buffer, in elements.
 *
 * @param start elements before the region
 * @param images how many
 * @param rows of an image, halo included
 * @param columns of an image, halo included
 * @param top rows of halo above
 * @param left columns of halo before
 * @param pixel elements from a pixel to the next, at least its channels
 */
record ImageMemory(long start, long images, long rows, long columns, long top, long left, long pixel) {
    /** Elements after the region that belong to nobody. */
    private static final long GUARD = 64;

    long line() {
        return columns * pixel;
    }

    long image() {
        return rows * line();
    }

    /** Elements from the region's start to channel 0 of a pixel; the halo has negative rows and columns. */
    long at(long image, long row, long column) {
        return image * image() + (top + row) * line() + (left + column) * pixel;
    }

    /** The whole buffer, filled with noise that shows where a kernel reads or writes what it should not. */
    MemorySegment poisoned(int elementBytes, long seed) {
        byte[] noise = new byte[Math.toIntExact((start + images * image() + GUARD) * elementBytes)];
        new Random(seed).nextBytes(noise);
        return Arena.ofAuto().allocate(noise.length, 64).copyFrom(MemorySegment.ofArray(noise));
    }
}
