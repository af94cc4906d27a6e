// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler;

import dev.inlay.compiler.calibrate.ValueStatistics;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;

/** Mean and deviation of each channel of a value over a data set. */
final class ChannelMoments {
    private final double[] sums;
    private final double[] squares;
    private long count;

    ChannelMoments(int channels) {
        sums = new double[channels];
        squares = new double[channels];
    }

    void add(Tensor tensor) {
        Shape shape = tensor.shape();
        long inner = shape.elements(ValueStatistics.channelAxis(shape) + 1, shape.rank());
        for (long i = 0; i < tensor.elements(); i++) {
            double value = tensor.getDouble(i);
            int channel = (int) (i / inner % sums.length);
            sums[channel] += value;
            squares[channel] += value * value;
        }
        count += tensor.elements() / sums.length;
    }

    double mean(int channel) {
        return sums[channel] / Math.max(1, count);
    }

    double deviation(int channel) {
        double mean = mean(channel);
        return Math.sqrt(Math.max(0, squares[channel] / Math.max(1, count) - mean * mean));
    }
}
