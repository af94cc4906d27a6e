// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

/**
 * The register block of the cpu class's dense skeleton.
 *
 * @param lanes VW: f32 lanes of a vector register
 * @param vectors NV: channel vectors of a panel
 * @param pixels MR: output pixels of a work-item
 */
record Tile(int lanes, int vectors, int pixels) {
    /** Output channels of a panel. */
    int panel() {
        return lanes * vectors;
    }

    /**
     * The block for a device and an output row: as many accumulators as its registers hold, and among the row lengths
     * that use them well the one that wastes the fewest pixels.
     *
     * @param vectorWidth f32 lanes of the device's registers
     * @param columns pixels of an output row
     */
    static Tile of(int vectorWidth, long columns) {
        int lanes = vectorWidth >= 16 ? 16 : vectorWidth >= 8 ? 8 : 4;
        int most = lanes == 16 ? 9 : 6;
        int least = lanes == 16 ? 7 : 4;
        if (columns <= least) {
            return new Tile(lanes, 2, (int) columns);
        }
        int best = most;
        for (int pixels = most; pixels >= least; pixels--) {
            if (Math.ceilDiv(columns, pixels) * pixels < Math.ceilDiv(columns, best) * best) {
                best = pixels;
            }
        }
        return new Tile(lanes, 2, best);
    }
}
