// SPDX-License-Identifier: Apache-2.0
package dev.inlay.graph;

import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.Optional;

/**
 * The additions and multiplications a network needs, whatever computes them; {@link #dense} is what a kernel does that
 * does not look for zeros.
 *
 * <ul>
 *   <li>A <em>connection</em> of a contraction is a multiplication and an addition: 2 operations. As LeCun et al. 1998
 *       count, the bias is one more connection of each output, a tap in the padding counts, and a weight that is
 *       constantly zero is no connection. A residual is 1 operation for each output.
 *   <li>An average over t taps is t operations: t - 1 additions and one multiplication. A maximum is none.
 *   <li>Addition, subtraction, multiplication and division of elements are 1 for each output, as is a parametric ReLU; a
 *       sum, mean or product along axes is 1 for each input.
 *   <li>Batch normalisation is 2 for each element, a softmax 2 (its sum and its division), a local response
 *       normalisation 2 for each element and neighbour.
 *   <li>Activations, comparisons, powers, conversions and moves are none.
 * </ul>
 */
public final class OperationCount {
    private OperationCount() {}

    /** Operations of one run of the whole graph. */
    public static long of(Graph graph) {
        return graph.nodes().stream().mapToLong(node -> of(graph, node)).sum();
    }

    /** Operations of one node. */
    public static long of(Graph graph, Node node) {
        return of(graph, node, true);
    }

    /** Operations of one node when weights that are zero are multiplied like others. */
    public static long dense(Graph graph, Node node) {
        return of(graph, node, false);
    }

    private static long of(Graph graph, Node node, boolean skipZeros) {
        Shape y = graph.value(node.output()).shape();
        long outputs = y.elements();
        return switch (node.op()) {
            case Contraction contraction -> {
                long connections = products(graph, node, contraction, skipZeros) + (node.hasInput(2) ? outputs : 0);
                yield 2 * connections + (contraction.epilogue().residual() ? outputs : 0);
            }
            case Pool.AveragePool pool -> outputs * pool.window().taps();
            case Pool.MaxPool pool -> 0;
            case Lanewise.Binary binary ->
                switch (binary.arithmetic()) {
                    case ADD, SUB, MUL, DIV -> outputs;
                    case POW, MIN, MAX -> 0;
                };
            case Lanewise.PRelu pRelu -> outputs;
            case Lanewise.Unary unary -> 0;
            case Lanewise.Cast cast -> 0;
            case Lanewise.Quantize quantize -> 0;
            case Lanewise.Encode encode -> 0;
            case Lanewise.Decode decode -> 0;
            case Normalization.BatchNormalization batch -> 2 * outputs;
            case Normalization.Softmax softmax -> 2 * outputs;
            case Normalization.Lrn lrn -> 2 * outputs * lrn.size();
            case Reduction.Reduce reduce ->
                switch (reduce.kind()) {
                    case SUM, MEAN, PROD -> graph.value(node.input(0)).shape().elements();
                    case MAX, MIN -> 0;
                };
            case Reduction.ArgMax argMax -> 0;
            case Move move -> 0;
        };
    }

    private static long products(Graph graph, Node node, Contraction contraction, boolean skipZeros) {
        Shape a = graph.value(node.input(0)).shape();
        Shape b = graph.value(node.input(1)).shape();
        Shape y = graph.value(node.output()).shape();
        Optional<Tensor> constant = graph.constant(node.input(1)).filter(tensor -> skipZeros);
        long weights = constant.map(OperationCount::nonZeros).orElse(b.elements());
        return switch (contraction) {
            // Each weight of a convolution serves every output position of every image once.
            case Contraction.Conv conv -> y.extent(0) * y.elements(2, 4) * weights;
            case Contraction.Gemm gemm -> y.extent(0) * weights;
            case Contraction.MatMul matMul ->
                b.rank() <= 2 ? a.elements() / Math.max(1, a.extent(-1)) * weights : y.elements() * a.extent(-1);
        };
    }

    private static long nonZeros(Tensor tensor) {
        long count = 0;
        for (long i = 0; i < tensor.elements(); i++) {
            count += tensor.getDouble(i) != 0 ? 1 : 0;
        }
        return count;
    }
}
