// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.calibrate;

import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;

/**
 * What one value of a network was over a data set: as a whole, and by channel (axis 1 of an image, the last axis of
 * anything else).
 */
public final class ValueStatistics {
    private static final int BINS = 8192;
    private static final int CHANNEL_BINS = 512;

    private final Histogram whole = new Histogram(BINS);
    private final Histogram[] channels;

    ValueStatistics(Shape shape) {
        channels = new Histogram[shape.rank() == 0 ? 1 : shape.size(channelAxis(shape))];
        for (int channel = 0; channel < channels.length; channel++) {
            channels[channel] = new Histogram(CHANNEL_BINS);
        }
    }

    /** The axis of the channels. */
    public static int channelAxis(Shape shape) {
        return shape.rank() == 4 ? 1 : shape.rank() - 1;
    }

    void add(Tensor tensor) {
        Shape shape = tensor.shape();
        long inner = shape.rank() == 0 ? 1 : shape.elements(channelAxis(shape) + 1, shape.rank());
        for (long i = 0; i < tensor.elements(); i++) {
            float value = tensor.getFloat(i);
            whole.add(value);
            channels[(int) (i / inner % channels.length)].add(value);
        }
    }

    /** All numbers. */
    public Histogram whole() {
        return whole;
    }

    /** The numbers of one channel. */
    public Histogram channel(int channel) {
        return channels[channel];
    }

    public int channels() {
        return channels.length;
    }
}
