// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.encoding.OperandPair;
import dev.inlay.tensor.NumberFormat;
import java.util.List;
import java.util.Map;

/**
 * The block of outputs that one work-item of a dense skeleton, or its pipeline at a time, computes, and how blocks fill the
 * index space.
 *
 * @param deviceClass whose skeleton
 * @param lanes VW: f32 lanes of a vector
 * @param vectors NV: channel vectors of a panel
 * @param pixels MR: output pixels of a work-item's block
 * @param unroll UNROLL on class cpu: contracted words of a loop step; RUNS on class fpga: contracted runs of a token
 * @param repeats TILES on class cpu: neighbouring blocks of a work-item; LM on class gpu: work-items along the pixels; 1 on
 *     class fpga
 */
public record Tile(DeviceClass deviceClass, int lanes, int vectors, int pixels, int unroll, int repeats) {
    /** Work-groups that keep all cores of a processor busy to the end. */
    private static final long ENOUGH_GROUPS = 16;

    /**
     * The block for a device and an output row. On class cpu it is the one that measured best for rows of this length:
     * 16 vector registers hold 8 accumulators and what feeds them, 32 hold 28. On the other classes the device's tuning counts.
     *
     * @param pair formats of the operands
     * @param columns pixels of an output row
     * @param outputs output channels of all groups
     * @param rows output rows of all images
     */
    public static Tile of(DeviceDescription device, OperandPair pair, long columns, long outputs, long rows) {
        Map<String, Integer> tuning = device.tuning();
        if (device.deviceClass() == DeviceClass.FPGA) {
            return new Tile(
                    DeviceClass.FPGA,
                    tuning.getOrDefault("VW", 4),
                    tuning.getOrDefault("NV", 2),
                    tuning.getOrDefault("MR", 8),
                    tuning.getOrDefault("RUNS", 2),
                    1);
        }
        if (device.deviceClass() != DeviceClass.CPU) {
            return new Tile(
                    device.deviceClass(),
                    tuning.getOrDefault("VW", 4),
                    tuning.getOrDefault("NV", 8),
                    tuning.getOrDefault("MR", 4),
                    1,
                    tuning.getOrDefault("LM", 8));
        }
        Tile tile = device.vectorWidth() >= 16
                ? wide((int) Math.min(columns, 1 << 20))
                : narrow(device.vectorWidth() >= 8 ? 8 : 4, (int) Math.min(columns, 1 << 20), outputs, pair);
        long groups = Math.ceilDiv(columns, (long) tile.pixels * tile.repeats)
                * rows
                * Math.ceilDiv(outputs, tile.lanes * tile.vectors);
        return groups >= ENOUGH_GROUPS ? tile : tile.withRepeats(1);
    }

    private static Tile narrow(int lanes, int columns, long outputs, OperandPair pair) {
        if (columns == 1 && pair.w().kind() == NumberFormat.Kind.TABLE) {
            // A vector of weights is found four steps at a time: more vectors would not stay in registers.
            return new Tile(DeviceClass.CPU, lanes, 2, 1, 1, 1);
        }
        if (columns == 1) {
            return new Tile(DeviceClass.CPU, lanes, outputs > 2L * lanes ? 8 : 2, 1, 2, 1);
        }
        if (outputs <= lanes) {
            return new Tile(DeviceClass.CPU, lanes, 1, Math.min(columns, 4), 1, 7);
        }
        if (!pair.w().equals(NumberFormat.F32)) {
            // Codes are expanded once for all pixels of a block.
            return new Tile(DeviceClass.CPU, lanes, 2, Math.min(columns, 4), 1, 14);
        }
        return switch (columns) {
            case 7 -> new Tile(DeviceClass.CPU, lanes, 2, 7, 4, 2);
            case 14 -> new Tile(DeviceClass.CPU, lanes, 4, 2, 1, 7);
            default -> new Tile(DeviceClass.CPU, lanes, 2, Math.min(columns, 4), 1, 14);
        };
    }

    private static Tile wide(int columns) {
        int pixels = columns % 14 == 0 ? 14 : columns % 8 == 0 ? 8 : Math.min(columns, 7);
        return new Tile(DeviceClass.CPU, 16, 2, pixels, 1, 14);
    }

    private Tile withRepeats(int changed) {
        return new Tile(deviceClass, lanes, vectors, pixels, unroll, changed);
    }

    /** The block for panels of so many channels. */
    Tile ofPanel(int width) {
        return new Tile(deviceClass, lanes, width / lanes, pixels, unroll, repeats);
    }

    /** A block for an output of this format: planes of bits are stored in whole bytes. */
    public Tile forStoring(NumberFormat format) {
        boolean narrow = format.isPlanes() && lanes < Byte.SIZE;
        return narrow ? new Tile(deviceClass, Byte.SIZE, Math.max(1, vectors / 2), pixels, unroll, repeats) : this;
    }

    /** Output channels of a panel. */
    public int panel() {
        return lanes * vectors;
    }

    /** The kernel that works in such blocks. */
    public String kernel() {
        return switch (deviceClass) {
            case CPU -> "contract.dense.cpu";
            case GPU, REFERENCE -> "contract.dense.gpu";
            case FPGA -> "contract.dense.fpga";
        };
    }

    /** The tunables of the skeleton. */
    public Map<String, Integer> defines() {
        return switch (deviceClass) {
            case CPU -> Map.of("VW", lanes, "NV", vectors, "MR", pixels, "UNROLL", unroll, "TILES", repeats);
            case GPU, REFERENCE -> Map.of("VW", lanes, "NV", vectors, "MR", pixels, "LM", repeats);
            case FPGA -> Map.of("VW", lanes, "NV", vectors, "MR", pixels, "RUNS", unroll);
        };
    }

    /** The work-items of a work-group. */
    public List<Long> local() {
        return switch (deviceClass) {
            case CPU, FPGA -> List.of(1L, 1L, 1L);
            case GPU, REFERENCE -> List.of((long) vectors * repeats, 1L, 1L);
        };
    }

    /**
     * The index space; on class fpga the tiles, which a pipeline computes one after the other.
     *
     * @param columns pixels of an output row
     * @param rows output rows of a block of images
     * @param panels panels of all groups and blocks of images
     */
    public List<Long> global(long columns, long rows, long panels) {
        return List.of(Math.ceilDiv(columns, (long) pixels * repeats) * local().getFirst(), rows, panels);
    }

    /** Sets the launch's defines and index space. */
    void shape(LaunchBuilder launch, long columns, long rows, long panels) {
        defines().forEach(launch::define);
        launch.range(global(columns, rows, panels), local());
    }
}
