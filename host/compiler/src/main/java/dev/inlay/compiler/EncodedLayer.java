// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler;

import dev.inlay.compiler.encode.Binary;
import dev.inlay.compiler.encode.EncodingError;
import dev.inlay.compiler.encode.LayerWeights;
import dev.inlay.compiler.encode.WeightMethod;
import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Encoded;
import dev.inlay.graph.Graph;
import dev.inlay.graph.GraphException;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;

/**
 * A layer's weights as codes, with what that does to its bias.
 *
 * @param weights the codes
 * @param bias one for each output channel, as the contraction adds it; absent where it stays what it was
 * @param divisors what each output channel was divided by, which only its sign survives; absent where nothing was
 * @param fitted the codes nearest to the weights, before any correction of outputs
 * @param error of the weights
 */
@SuppressWarnings("ArrayRecordComponent")
record EncodedLayer(
        Encoded weights, Optional<float[]> bias, Optional<float[]> divisors, Encoded fitted, EncodingError error) {
    /**
     * @param method how the weights are held
     * @param levels how the input is held, where that is in levels around centres
     * @param means of the input's channels, where the bias is to take up what the weights lose of them
     * @param signsOnly whether the layer's output is looked at for its sign only
     * @throws GraphException if a weight is not finite, or the bias cannot take up what it must
     */
    static EncodedLayer of(
            Graph graph,
            Layer layer,
            WeightMethod method,
            Optional<InputLevels> levels,
            Optional<double[]> means,
            boolean signsOnly) {
        try {
            Tensor exact = graph.constants().get(layer.node().input(1));
            Optional<float[]> bias = layer.bias(graph);
            if (levels.isPresent() && bias.isEmpty()) {
                throw new IllegalArgumentException(
                        "got a bias that differs within an output channel, expected one number for each");
            }
            Tensor scaled = levels.map(held -> scaled(layer, exact, held)).orElse(exact);
            LayerWeights weights = layer.weights(scaled);
            Encoded codes = method.encode(weights);
            if (method instanceof Binary binary && !binary.scaled()) {
                return signs(layer, weights, codes, bias, levels, exact, signsOnly);
            }
            EncodingError error = EncodingError.of(scaled, codes.decode());
            boolean changed = levels.isPresent() || means.isPresent();
            if (!changed || bias.isEmpty()) {
                return new EncodedLayer(codes, Optional.empty(), Optional.empty(), codes, error);
            }
            float[] sums = bias.get();
            levels.ifPresent(held -> addOffsets(layer, exact, held, sums));
            means.ifPresent(input -> addLosses(layer, scaled, codes.decode(), levels, input, sums));
            return new EncodedLayer(codes, Optional.of(sums), Optional.empty(), codes, error);
        } catch (IllegalArgumentException e) {
            throw new GraphException("node \"" + layer.name() + "\": " + e.getMessage(), e);
        }
    }

    /**
     * Weights of scale 1: where only the sign of the output counts, the bias is divided by each channel's mean
     * magnitude instead, as batch normalisation folds into a threshold; elsewhere codes keep it as their scale.
     */
    private static EncodedLayer signs(
            Layer layer,
            LayerWeights weights,
            Encoded codes,
            Optional<float[]> bias,
            Optional<InputLevels> levels,
            Tensor exact,
            boolean signsOnly) {
        Coded scaled = new Binary(true).encode(weights);
        EncodingError error = EncodingError.of(weights.tensor(), scaled.decode());
        Optional<float[]> sums = bias.map(float[]::clone);
        levels.ifPresent(held -> addOffsets(layer, exact, held, sums.orElseThrow()));
        if (!signsOnly || sums.isEmpty()) {
            return new EncodedLayer(
                    scaled, levels.isPresent() ? sums : Optional.empty(), Optional.empty(), scaled, error);
        }
        float[] divisors = scaled.terms().getFirst().scales().values().toFloats();
        for (int i = 0; i < divisors.length; i++) {
            divisors[i] = divisors[i] == 0 ? 1 : divisors[i];
            sums.get()[i] /= divisors[i];
        }
        return new EncodedLayer(codes, sums, Optional.of(divisors), scaled, error);
    }

    /** The weights with each input channel multiplied by the factor of its levels. */
    private static Tensor scaled(Layer layer, Tensor exact, InputLevels levels) {
        int[] inputs = layer.inputChannels(layer.weights(exact));
        Tensor scaled = Tensor.allocate(ElementType.FLOAT32, exact.shape());
        for (int i = 0; i < inputs.length; i++) {
            scaled.set(i, exact.getDouble(i) * levels.factors()[inputs[i]]);
        }
        return scaled;
    }

    /** What the centres of the input add to each output. */
    private static void addOffsets(Layer layer, Tensor exact, InputLevels levels, float[] bias) {
        double[] sums = new double[bias.length];
        LayerWeights weights = layer.weights(exact);
        int[] inputs = layer.inputChannels(weights);
        int[] outputs = Layer.outputChannels(weights);
        for (int i = 0; i < inputs.length; i++) {
            sums[outputs[i]] += exact.getDouble(i) * levels.offsets()[inputs[i]];
        }
        add(bias, sums, layer.alpha());
    }

    /** What the weights lose of the input's mean; the taps in a padding count like others. */
    private static void addLosses(
            Layer layer, Tensor exact, Tensor held, Optional<InputLevels> levels, double[] means, float[] bias) {
        double[] sums = new double[bias.length];
        LayerWeights weights = layer.weights(exact);
        int[] inputs = layer.inputChannels(weights);
        int[] outputs = Layer.outputChannels(weights);
        for (int i = 0; i < inputs.length; i++) {
            double mean = means[inputs[i]];
            if (levels.isPresent()) {
                float factor = levels.get().factors()[inputs[i]];
                mean = factor == 0 ? 0 : (mean - levels.get().offsets()[inputs[i]]) / factor;
            }
            sums[outputs[i]] += (exact.getDouble(i) - held.getDouble(i)) * mean;
        }
        add(bias, sums, layer.alpha());
    }

    private static void add(float[] bias, double[] sums, float factor) {
        for (int i = 0; i < bias.length; i++) {
            bias[i] = (float) (bias[i] + factor * sums[i]);
        }
    }

    /**
     * The weights that the codes stand for.
     *
     * @param levels how the input is held, where that is in levels around centres
     */
    Tensor floats(Layer layer, Optional<InputLevels> levels) {
        Tensor decoded = fitted.decode();
        if (levels.isEmpty()) {
            return decoded;
        }
        float[] factors = levels.get().factors();
        int[] inputs = layer.inputChannels(layer.weights(decoded));
        Tensor floats = Tensor.allocate(ElementType.FLOAT32, decoded.shape());
        for (int i = 0; i < inputs.length; i++) {
            float factor = factors[inputs[i]];
            floats.set(i, factor == 0 ? 0 : decoded.getDouble(i) / factor);
        }
        return floats;
    }

    /** The same codes with each output channel's scale multiplied, where scales can be, and another bias. */
    EncodedLayer with(Layer layer, double[] gains, float[] changed, Optional<float[]> dividedBy) {
        int axis = layer.weights(Tensor.allocate(ElementType.FLOAT32, weights.shape()))
                .outputAxis();
        boolean same = Arrays.stream(gains).allMatch(gain -> gain == 1);
        Encoded scaled = same ? weights : weights.scaled(axis, gains).orElseThrow();
        return new EncodedLayer(scaled, Optional.of(changed), dividedBy, fitted, error);
    }
}
