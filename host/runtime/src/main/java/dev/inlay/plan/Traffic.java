// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.encoding.OperandPair;
import dev.inlay.tensor.NumberFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * What passes the channels of a pipeline. Where there are no channels, a buffer holds all tokens of a launch, so that tiles
 * may have to be computed in several.
 *
 * @param tiles blocks of outputs, computed one after the other
 * @param channels by their names in {@code dev.inlay.kernels.KernelSpec.Stage}
 */
public record Traffic(long tiles, Map<String, Channel> channels) {
    /**
     * One channel.
     *
     * @param tokens the most that pass it for one tile
     * @param bytes of a token
     */
    public record Channel(long tokens, long bytes) {}

    public Traffic {
        channels = Map.copyOf(channels);
    }

    /** How many tiles a launch computes at most, so that no channel's buffer has more bytes than this; at least one. */
    public long tilesWithin(long bytes) {
        long most = channels.values().stream()
                .mapToLong(channel -> bytes / Math.max(1, channel.tokens() * channel.bytes()))
                .min()
                .orElse(tiles);
        return Math.clamp(most, 1, Math.max(1, tiles));
    }

    /**
     * The traffic of {@code contract.dense.fpga}.
     *
     * @param tile the block of outputs
     * @param pair formats of the operands
     * @param tiles how many blocks
     * @param runs contracted runs of a tap
     * @param taps of the window
     * @param folds whether blocks of weights have scales
     * @param biasBytes of the bias of one channel: 4 or 8
     * @param residual whether one is added
     */
    public static Traffic ofContraction(
            Tile tile,
            OperandPair pair,
            long tiles,
            long runs,
            long taps,
            boolean folds,
            int biasBytes,
            boolean residual) {
        long tokens = Math.max(1, Math.ceilDiv(runs, (long) tile.unroll())) * taps;
        long panel = tile.panel();
        int pixels = tile.pixels();
        long held = pair.w().kind() == NumberFormat.Kind.TABLE ? pair.run() : pair.wordsOfW();
        long weights = tile.unroll() * panel * (held + (folds ? 1 : 0)) + 1;
        Map<String, Channel> channels = new TreeMap<>();
        channels.put("x_runs", new Channel(tokens * pixels, (long) tile.unroll() * pair.wordsOfX() * Integer.BYTES));
        channels.put("w_runs", new Channel(tokens, weights * Integer.BYTES));
        channels.put("biases", new Channel(1, panel * biasBytes));
        channels.put("scales", new Channel(1, (panel + 2) * Float.BYTES));
        channels.put("sums", new Channel(pixels, (panel + 2) * Float.BYTES));
        channels.put("residuals", new Channel(residual ? pixels : 0, panel * Float.BYTES));
        channels.put("values", new Channel(pixels, panel * Float.BYTES));
        return new Traffic(tiles, channels);
    }
}
