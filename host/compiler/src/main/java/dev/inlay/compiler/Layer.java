// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler;

import dev.inlay.compiler.encode.LayerWeights;
import dev.inlay.compiler.recipe.LayerPosition;
import dev.inlay.compiler.recipe.LayerType;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Node;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A contraction with constant float weights and no quantizer of its own yet.
 *
 * @param node the contraction
 * @param op its operator
 * @param type its kind
 * @param position where it stands among the layers
 */
record Layer(Node node, Contraction op, LayerType type, LayerPosition position) {
    /** The layers of a graph, in the order they run. */
    static List<Layer> of(Graph graph) {
        List<Node> nodes =
                graph.nodes().stream().filter(node -> isLayer(graph, node)).toList();
        Set<String> behind = behind(graph, nodes);
        Set<String> before = before(graph, nodes);
        List<Layer> layers = new ArrayList<>();
        for (Node node : nodes) {
            LayerPosition position = !behind.contains(node.input(0))
                    ? LayerPosition.FIRST
                    : !before.contains(node.output()) ? LayerPosition.LAST : LayerPosition.INNER;
            layers.add(new Layer(node, (Contraction) node.op(), type(graph, node), position));
        }
        return layers;
    }

    private static boolean isLayer(Graph graph, Node node) {
        return node.op() instanceof Contraction op
                && node.quantizer().isEmpty()
                && graph.constants().containsKey(node.input(1))
                && graph.value(node.input(1)).type() == ElementType.FLOAT32
                && graph.value(node.input(1)).shape().rank() == (op instanceof Contraction.Conv ? 4 : 2)
                && !(op instanceof Contraction.Gemm gemm && gemm.transposeA());
    }

    private static LayerType type(Graph graph, Node node) {
        return switch ((Contraction) node.op()) {
            case Contraction.Conv conv ->
                conv.groups() > 1 && graph.value(node.input(1)).shape().extent(1) == 1
                        ? LayerType.DEPTHWISE
                        : LayerType.CONV;
            case Contraction.Gemm gemm -> LayerType.GEMM;
            case Contraction.MatMul matMul -> LayerType.GEMM;
        };
    }

    /** Values that a layer leads to. */
    private static Set<String> behind(Graph graph, List<Node> layers) {
        Set<String> behind = new HashSet<>();
        for (Node node : graph.nodes()) {
            if (layers.contains(node) || node.inputs().stream().anyMatch(behind::contains)) {
                behind.addAll(node.outputs());
            }
        }
        return behind;
    }

    /** Values that lead to a layer. */
    private static Set<String> before(Graph graph, List<Node> layers) {
        Set<String> before = new HashSet<>();
        for (Node node : graph.nodes().reversed()) {
            if (layers.contains(node)) {
                before.add(node.input(0));
            }
            if (node.outputs().stream().anyMatch(before::contains)) {
                before.addAll(node.inputs());
            }
        }
        return before;
    }

    String name() {
        return node.name();
    }

    /** The value it reads. */
    String input() {
        return node.input(0);
    }

    /** The value it defines. */
    String output() {
        return node.output();
    }

    LayerWeights weights(Tensor tensor) {
        return switch (op) {
            case Contraction.Conv conv -> new LayerWeights(tensor, 0, 1);
            case Contraction.Gemm gemm ->
                new LayerWeights(tensor, gemm.transposeB() ? 0 : 1, gemm.transposeB() ? 1 : 0);
            case Contraction.MatMul matMul -> new LayerWeights(tensor, 1, 0);
        };
    }

    /**
     * The bias as one number for each output channel, as the contraction adds it.
     *
     * @return empty where the bias is not of that form
     */
    Optional<float[]> bias(Graph graph) {
        LayerWeights weights = weights(graph.constants().get(node.input(1)));
        if (!node.hasInput(2)) {
            return Optional.of(new float[weights.outputs()]);
        }
        Tensor tensor = graph.constants().get(node.input(2));
        if (tensor == null || tensor.elements() != weights.outputs()) {
            return Optional.empty();
        }
        float[] bias = tensor.toFloats();
        if (op instanceof Contraction.Gemm gemm) {
            for (int i = 0; i < bias.length; i++) {
                bias[i] *= gemm.beta();
            }
        }
        return Optional.of(bias);
    }

    /** The factor on the products. */
    float alpha() {
        return op instanceof Contraction.Gemm gemm ? gemm.alpha() : 1;
    }

    /** For every weight, which of the input's channels it is multiplied with. */
    int[] inputChannels(LayerWeights weights) {
        Shape shape = weights.tensor().shape();
        int inner = Math.toIntExact(shape.elements(weights.inputAxis() + 1, shape.rank()));
        int extent = shape.size(weights.inputAxis());
        int groups = op instanceof Contraction.Conv conv ? conv.groups() : 1;
        int[] outputs = outputChannels(weights);
        int[] channels = new int[outputs.length];
        for (int i = 0; i < channels.length; i++) {
            int group = outputs[i] / (weights.outputs() / groups);
            channels[i] = group * extent + i / inner % extent;
        }
        return channels;
    }

    /** For every weight, its output channel. */
    static int[] outputChannels(LayerWeights weights) {
        Shape shape = weights.tensor().shape();
        int inner = Math.toIntExact(shape.elements(weights.outputAxis() + 1, shape.rank()));
        int[] channels = new int[Math.toIntExact(shape.elements())];
        for (int i = 0; i < channels.length; i++) {
            channels[i] = i / inner % weights.outputs();
        }
        return channels;
    }
}
