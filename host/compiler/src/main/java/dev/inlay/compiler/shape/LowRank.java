// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.shape;

import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Graph;
import dev.inlay.graph.GraphException;
import dev.inlay.graph.Node;
import dev.inlay.graph.Patch;
import dev.inlay.graph.Window;
import dev.inlay.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A layer and the two that it may become: the first computes as many channels as the rank is, the second all of them,
 * with the bias, the residual and the activation. The second keeps the layer's name and output.
 *
 * @param graph the network
 * @param node a contraction with constant float weights
 * @param matrix its weights as a matrix
 */
record LowRank(Graph graph, Node node, WeightMatrix matrix) {
    /** Empty for a convolution in groups. */
    static Optional<LowRank> of(Graph graph, Node node, Factorisation.Form form) {
        Shape weights = graph.value(node.input(1)).shape();
        return switch ((Contraction) node.op()) {
            case Contraction.Conv conv when conv.groups() > 1 -> Optional.empty();
            case Contraction.Conv conv ->
                Optional.of(new LowRank(
                        graph,
                        node,
                        switch (form) {
                            case CHANNELS -> new WeightMatrix.Channels(weights);
                            case SEPARABLE -> new WeightMatrix.Separable(weights);
                        }));
            case Contraction.Gemm gemm ->
                Optional.of(new LowRank(graph, node, new WeightMatrix.Product(weights, gemm.transposeB())));
            case Contraction.MatMul matMul ->
                Optional.of(new LowRank(graph, node, new WeightMatrix.Product(weights, false)));
        };
    }

    /** Multiplications of the layer as it is, for one image or row. */
    long dense() {
        return matrix.weights().elements() * outputs(3) * outputs(2);
    }

    /** Multiplications that each singular value costs, for one image or row. */
    long ofEach() {
        long first = matrix.rows() * outputs(2);
        long second = matrix.columns() * outputs(2) * outputs(3);
        return switch (matrix) {
            case WeightMatrix.Product product -> first + second;
            case WeightMatrix.Channels channels -> first * outputs(3) + second;
            // The columns of the image are all there until the second has gone over them.
            case WeightMatrix.Separable separable ->
                first * graph.value(node.input(0)).shape().extent(3) + second;
        };
    }

    /** The extent of an image's axis; 1 for a row. */
    private long outputs(int axis) {
        return node.op() instanceof Contraction.Conv
                ? graph.value(node.output()).shape().extent(axis)
                : 1;
    }

    /** The largest rank that needs fewer multiplications than the layer as it is; 0 where none does. */
    int most() {
        return Math.toIntExact(
                Math.min(Math.min(matrix.rows(), matrix.columns()), (dense() - 1) / Math.max(1, ofEach())));
    }

    /**
     * @throws GraphException if a weight is not finite
     */
    SingularValues singularValues() {
        try {
            return matrix.singularValues(graph.constants().get(node.input(1)));
        } catch (IllegalArgumentException e) {
            throw new GraphException("node \"" + node.name() + "\": " + e.getMessage(), e);
        }
    }

    /**
     * The graph with two layers in place of the one.
     *
     * @param name of the first of them
     */
    Graph split(Factors factors, String name, FreshNames names) {
        String first = names.like(node.input(1) + "_first");
        String second = names.like(node.input(1) + "_second");
        String between = names.like(name + ".out");
        List<String> inputs = new ArrayList<>(node.inputs());
        inputs.set(0, between);
        inputs.set(1, second);
        List<Node> parts = List.of(
                new Node(name, firstOp(), List.of(node.input(0), first), List.of(between)),
                new Node(node.name(), secondOp(), inputs, node.outputs()));
        return graph.apply(
                new Patch(Set.of(node.name()), parts, Map.of(first, factors.first(), second, factors.second())));
    }

    private Contraction firstOp() {
        return switch ((Contraction) node.op()) {
            case Contraction.Conv conv -> new Contraction.Conv(firstWindow(conv.window()), 1, Epilogue.NONE);
            case Contraction.Gemm gemm -> new Contraction.Gemm(1, 1, false, gemm.transposeB(), Epilogue.NONE);
            case Contraction.MatMul matMul -> new Contraction.MatMul(Epilogue.NONE);
        };
    }

    private Contraction secondOp() {
        return node.op() instanceof Contraction.Conv conv
                ? new Contraction.Conv(secondWindow(conv.window()), 1, conv.epilogue())
                : (Contraction) node.op();
    }

    private Window firstWindow(Window w) {
        return matrix instanceof WeightMatrix.Separable
                ? new Window(w.rows(), 1, w.rowStride(), 1, w.rowDilation(), 1, w.top(), 0, w.bottom(), 0)
                : w;
    }

    private Window secondWindow(Window w) {
        return matrix instanceof WeightMatrix.Separable
                ? new Window(1, w.columns(), 1, w.columnStride(), 1, w.columnDilation(), 0, w.left(), 0, w.right())
                : Window.of(1, 1);
    }
}
