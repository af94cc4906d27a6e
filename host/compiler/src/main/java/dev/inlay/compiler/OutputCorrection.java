// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler;

import dev.inlay.compiler.calibrate.Calibration;
import dev.inlay.compiler.calibrate.CalibrationData;
import dev.inlay.compiler.calibrate.Runner;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Function;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Node;
import dev.inlay.graph.Patch;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Gives each output channel of a layer, before its activation, the mean it had before anything was approximated, and
 * where scales are free the deviation too: what re-estimating the statistics of a batch normalisation does.
 *
 * @param exact the network before
 * @param data inputs
 * @param runners runs either network
 */
record OutputCorrection(Graph exact, CalibrationData data, Runner.Factory runners) {
    /**
     * @param approximated the network with the layer and all before it approximated, the layer without its activation
     * @param layer the layer
     * @param held its codes
     * @param deviation whether its weights may be given another scale for each output channel
     */
    EncodedLayer corrected(Graph approximated, Layer layer, EncodedLayer held, boolean deviation) {
        Optional<float[]> before = held.bias().or(() -> layer.bias(exact));
        if (before.isEmpty()) {
            return held;
        }
        float[] bias = before.get().clone();
        ChannelMoments wanted = moments(withoutActivation(exact, layer), layer.output(), bias.length);
        ChannelMoments found = moments(approximated, layer.output(), bias.length);
        Optional<float[]> divisors = held.divisors().map(float[]::clone);
        double[] gains = new double[bias.length];
        for (int channel = 0; channel < bias.length; channel++) {
            double actual = found.deviation(channel);
            double gain = deviation && actual > 0 ? wanted.deviation(channel) / actual : 1;
            bias[channel] = (float) (bias[channel] - found.mean(channel));
            if (divisors.isEmpty()) {
                gains[channel] = gain;
                bias[channel] = (float) (gain * bias[channel] + wanted.mean(channel));
            } else {
                // Signs keep no scale: what reads them is divided instead.
                float divisor = gain > 0 ? (float) gain : divisors.get()[channel];
                divisors.get()[channel] = divisor;
                gains[channel] = 1;
                bias[channel] += (float) (wanted.mean(channel) / divisor);
            }
        }
        return held.with(layer, gains, bias, divisors);
    }

    private ChannelMoments moments(Graph graph, String value, int channels) {
        ChannelMoments moments = new ChannelMoments(channels);
        try (Runner runner = runners.open(Calibration.showing(graph, Set.of(value)))) {
            for (Map<String, Tensor> inputs : data) {
                moments.add(runner.run(inputs).get(value));
            }
        }
        return moments;
    }

    private static Graph withoutActivation(Graph graph, Layer layer) {
        Contraction op = layer.op();
        Node node = layer.node();
        Node bare = new Node(
                node.name(),
                op.withEpilogue(op.epilogue().withActivation(Function.IDENTITY)),
                node.inputs(),
                node.outputs());
        return graph.apply(new Patch(Set.of(node.name()), List.of(bare), Map.of()))
                .withOutputs(List.of(node.output()));
    }
}
