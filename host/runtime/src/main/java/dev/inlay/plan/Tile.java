// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import java.util.List;

/**
 * The block of outputs that one work-item of a dense skeleton computes, and how blocks fill the index space.
 *
 * @param deviceClass whose skeleton
 * @param lanes VW: f32 lanes of a vector
 * @param vectors NV: channel vectors of a panel
 * @param pixels MR: output pixels of a work-item's block
 * @param repeats TILES on class cpu: neighbouring blocks of a work-item; LM on class gpu: work-items along the pixels
 */
record Tile(DeviceClass deviceClass, int lanes, int vectors, int pixels, int repeats) {
    /** Work-groups that keep all cores of a processor busy to the end. */
    private static final long ENOUGH_GROUPS = 16;

    private static final int LONG_ROW = 14;

    /**
     * The block for a device and an output row. On class cpu: as many accumulators as its registers hold, among the row
     * lengths that use them well the one that wastes the fewest pixels.
     *
     * @param columns pixels of an output row
     * @param outputs output channels of all groups
     * @param rows output rows of all images
     */
    static Tile of(DeviceDescription device, long columns, long outputs, long rows) {
        if (device.deviceClass() != DeviceClass.CPU) {
            return new Tile(device.deviceClass(), 4, 8, 4, 8);
        }
        int lanes = device.vectorWidth() >= 16 ? 16 : device.vectorWidth() >= 8 ? 8 : 4;
        int vectors = 2;
        int most = lanes == 16 ? 9 : 6;
        int least = lanes == 16 ? 7 : 4;
        int best = (int) Math.min(columns, most);
        for (int pixels = best; pixels >= least; pixels--) {
            if (Math.ceilDiv(columns, pixels) * pixels < Math.ceilDiv(columns, best) * best) {
                best = pixels;
            }
        }
        long groups = Math.ceilDiv(columns, (long) best * LONG_ROW) * rows * Math.ceilDiv(outputs, lanes * vectors);
        return new Tile(device.deviceClass(), lanes, vectors, best, groups >= ENOUGH_GROUPS ? LONG_ROW : 1);
    }

    /** Output channels of a panel. */
    int panel() {
        return lanes * vectors;
    }

    /** The kernel that works in such blocks. */
    String kernel() {
        return deviceClass == DeviceClass.CPU ? "contract.dense.cpu" : "contract.dense.gpu";
    }

    /** Sets the launch's defines and index space. */
    void shape(LaunchBuilder launch, long columns, long rows, long panels) {
        launch.define("VW", lanes).define("NV", vectors).define("MR", pixels);
        long groups = Math.ceilDiv(columns, (long) pixels * repeats);
        if (deviceClass == DeviceClass.CPU) {
            launch.define("TILES", repeats).range(List.of(groups, rows, panels), List.of(1L, 1L, 1L));
        } else {
            long items = (long) vectors * repeats;
            launch.define("LM", repeats).range(List.of(groups * items, rows, panels), List.of(items, 1L, 1L));
        }
    }
}
