// SPDX-License-Identifier: Apache-2.0
package dev.inlay.rewrite;

import dev.inlay.graph.Graph;
import dev.inlay.graph.Node;
import dev.inlay.graph.Normalization;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a batch normalisation with constant statistics does: {@code scale[c] x + shift[c]}. */
final class ChannelAffine {
    private final double[] scale;
    private final double[] shift;

    private ChannelAffine(double[] scale, double[] shift) {
        this.scale = scale;
        this.shift = shift;
    }

    double[] scale() {
        return scale;
    }

    double[] shift() {
        return shift;
    }

    /** Empty if a statistic is computed at run time or a channel's numbers are not finite. */
    static Optional<ChannelAffine> of(Graph graph, Node node, Normalization.BatchNormalization batch) {
        List<Tensor> parameters = new ArrayList<>();
        for (int input = 1; input <= 4; input++) {
            Optional<Tensor> constant = graph.constant(node.input(input));
            if (constant.isEmpty() || constant.get().type() != ElementType.FLOAT32) {
                return Optional.empty();
            }
            parameters.add(constant.get());
        }
        int channels = Math.toIntExact(parameters.getFirst().elements());
        double[] scale = new double[channels];
        double[] shift = new double[channels];
        for (int channel = 0; channel < channels; channel++) {
            double mean = parameters.get(2).getFloat(channel);
            double variance = parameters.get(3).getFloat(channel);
            scale[channel] = parameters.get(0).getFloat(channel) / Math.sqrt(variance + batch.epsilon());
            shift[channel] = parameters.get(1).getFloat(channel) - mean * scale[channel];
            if (!Double.isFinite(scale[channel]) || !Double.isFinite(shift[channel])) {
                return Optional.empty();
            }
        }
        return Optional.of(new ChannelAffine(scale, shift));
    }
}
