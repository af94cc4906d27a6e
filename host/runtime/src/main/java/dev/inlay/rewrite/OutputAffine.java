// SPDX-License-Identifier: Apache-2.0
package dev.inlay.rewrite;

import dev.inlay.encoding.Encoded;
import dev.inlay.encoding.Floats;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Node;
import dev.inlay.graph.Patch;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Multiplies each output channel of a contraction by a number and adds one, in its weights and bias. Computed in double
 * precision and rounded once.
 */
final class OutputAffine {
    private final Graph graph;
    private final Node node;
    private final Contraction contraction;
    private final int channels;

    private OutputAffine(Graph graph, Node node, Contraction contraction, int channels) {
        this.graph = graph;
        this.node = node;
        this.contraction = contraction;
        this.channels = channels;
    }

    /**
     * The contraction that makes a value and whose channels can be changed: nothing else reads the value, and no
     * residual and no activation comes between.
     */
    static Optional<OutputAffine> of(Graph graph, String value) {
        Optional<Node> node = graph.producer(value);
        if (node.isEmpty()
                || !(node.get().op() instanceof Contraction contraction)
                || contraction.epilogue().residual()
                || !contraction.epilogue().activation().isIdentity()
                || node.get().quantizer().isPresent()
                || graph.isOutput(value)
                || graph.consumers(value).size() != 1) {
            return Optional.empty();
        }
        Shape output = graph.value(value).shape();
        boolean channelled = switch (contraction) {
            case Contraction.Conv conv -> true;
            case Contraction.Gemm gemm -> true;
            case Contraction.MatMul matMul ->
                graph.value(node.get().input(0)).shape().rank() >= 2
                        && graph.value(node.get().input(1)).shape().rank() >= 2;
        };
        return channelled && graph.value(value).type() == ElementType.FLOAT32
                ? Optional.of(new OutputAffine(graph, node.get(), contraction, output.size(axis(contraction))))
                : Optional.empty();
    }

    private static int axis(Contraction contraction) {
        return contraction instanceof Contraction.Conv ? 1 : -1;
    }

    /** The axis of the output that holds the channels, counted from the first. */
    int channelAxis() {
        return graph.value(node.output()).shape().normalise(axis(contraction));
    }

    int channels() {
        return channels;
    }

    /**
     * The contraction with {@code scale[c] y + shift[c]} for its output y, defining what {@code follower} defined.
     * Empty if weights or bias that would change are no constants.
     */
    Optional<Patch> followedBy(Node follower, double[] scale, double[] shift) {
        Map<String, Tensor> constants = new HashMap<>();
        Map<String, Encoded> encoded = new HashMap<>();
        List<String> inputs = new ArrayList<>(node.inputs().subList(0, 2));
        if (Arrays.stream(scale).anyMatch(factor -> factor != 1)) {
            Optional<Tensor> weights = graph.constant(node.input(1))
                    .filter(old -> old.type() == ElementType.FLOAT32)
                    .filter(old -> contraction instanceof Contraction.Conv
                            || old.shape().rank() == 2);
            if (weights.isEmpty()) {
                return Optional.empty();
            }
            String name = Names.fresh(graph, node.name() + "/weights");
            Optional<Encoded> codes = graph.encoded(node.input(1));
            if (codes.isPresent()) {
                Optional<Encoded> changed = codes.get().scaled(outputAxis(), scale);
                if (changed.isEmpty()) {
                    return Optional.empty();
                }
                encoded.put(name, changed.get());
            } else {
                constants.put(name, new Floats(weights.get()).multiplied(outputAxis(), scale));
            }
            inputs.set(1, name);
        }
        Optional<double[]> bias = bias();
        if (bias.isEmpty()) {
            return Optional.empty();
        }
        Tensor changed = Tensor.allocate(ElementType.FLOAT32, Shape.of(channels));
        for (int channel = 0; channel < channels; channel++) {
            changed.set(channel, bias.get()[channel] * scale[channel] + shift[channel]);
        }
        String name = Names.fresh(graph, node.name() + "/bias");
        constants.put(name, changed);
        inputs.add(name);
        Contraction op = contraction instanceof Contraction.Gemm gemm
                ? new Contraction.Gemm(gemm.alpha(), 1, gemm.transposeA(), gemm.transposeB(), gemm.epilogue())
                : contraction;
        return Optional.of(new Patch(
                Set.of(node.name(), follower.name()),
                List.of(new Node(node.name(), op, inputs, follower.outputs())),
                constants,
                encoded));
    }

    /** The axis of the weights along which the output channels lie. */
    private int outputAxis() {
        return switch (contraction) {
            case Contraction.Conv conv -> 0;
            case Contraction.Gemm gemm -> gemm.transposeB() ? 0 : 1;
            case Contraction.MatMul matMul -> 1;
        };
    }

    /** What is added to each channel now; empty if that is no constant or differs within a channel. */
    private Optional<double[]> bias() {
        double[] values = new double[channels];
        if (!node.hasInput(2)) {
            return Optional.of(values);
        }
        Optional<Tensor> bias = graph.constant(node.input(2)).filter(old -> old.type() == ElementType.FLOAT32);
        if (bias.isEmpty()) {
            return Optional.empty();
        }
        Tensor tensor = bias.get();
        boolean perChannel = tensor.elements() == channels
                && tensor.shape().rank() > 0
                && tensor.shape().extent(-1) == channels;
        if (tensor.elements() != 1 && !perChannel) {
            return Optional.empty();
        }
        double beta = contraction instanceof Contraction.Gemm gemm ? gemm.beta() : 1;
        for (int channel = 0; channel < channels; channel++) {
            values[channel] = beta * tensor.getFloat(perChannel ? channel : 0);
        }
        return Optional.of(values);
    }
}
