// SPDX-License-Identifier: Apache-2.0
package dev.inlay.encoding;

/**
 * The extents of a contraction's weights, and where each lies in its constant.
 *
 * @param groups groups of a convolution, else 1
 * @param outputs output channels of a group
 * @param channels input channels of a group
 * @param taps taps of the window, side by side in the constant; 1 for a matrix
 * @param outputStride elements from an output channel to the next
 * @param channelStride elements from an input channel to the next
 */
public record WeightsShape(int groups, int outputs, int channels, int taps, long outputStride, long channelStride) {
    /** Convolution weights {@code [groups * outputs, channels, rows, columns]}. */
    public static WeightsShape ofConv(int groups, int outputs, int channels, int taps) {
        return new WeightsShape(groups, outputs, channels, taps, (long) channels * taps, taps);
    }

    /** A matrix {@code [channels, outputs]}. */
    public static WeightsShape ofColumns(int outputs, int channels) {
        return new WeightsShape(1, outputs, channels, 1, 1, outputs);
    }

    /** A matrix {@code [outputs, channels]}. */
    public static WeightsShape ofRows(int outputs, int channels) {
        return ofConv(1, outputs, channels, 1);
    }

    /** The same weights with another number of input channels. */
    WeightsShape withChannels(int changed) {
        return outputStride < channelStride
                ? new WeightsShape(groups, outputs, changed, taps, outputStride, channelStride)
                : ofConv(groups, outputs, changed, taps);
    }

    /** The place of the first weight of an output channel of a group. */
    long first(int group, int output) {
        return ((long) group * outputs + output) * outputStride;
    }
}
