// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.reference;

import dev.inlay.graph.Contraction;
import dev.inlay.graph.Graph;
import dev.inlay.graph.GraphException;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Move;
import dev.inlay.graph.Node;
import dev.inlay.graph.Normalization;
import dev.inlay.graph.Pool;
import dev.inlay.graph.Reduction;
import dev.inlay.graph.Value;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/** Evaluates one node at a time. */
public final class Reference {
    private Reference() {}

    /**
     * What a node of a graph defines. Where its operands are held as codes that is what a device computes from the
     * codes, bit for bit.
     *
     * @throws GraphException as {@link #evaluate(Node, List, List)}
     */
    public static List<Tensor> evaluate(Graph graph, Node node, List<Optional<Tensor>> inputs) {
        return IntegerReference.evaluate(graph, node, inputs)
                .map(List::of)
                .orElseGet(() -> evaluate(
                        node, inputs, node.outputs().stream().map(graph::value).toList()));
    }

    /**
     * What a node defines, in memory of its own.
     *
     * @param node the operator and its name
     * @param inputs the node's inputs in order; an absent optional one is empty or left off the end
     * @param outputs types and shapes of the node's outputs, as the graph inferred them
     * @throws GraphException if an input is missing, of a type the operator does not take, or of a shape that does not
     *     give the output's
     */
    public static List<Tensor> evaluate(Node node, List<Optional<Tensor>> inputs, List<Value> outputs) {
        try {
            Value expected = outputs.getFirst();
            Tensor sums = evaluate(node, new Operands(inputs), expected);
            Tensor result =
                    node.quantizer().map(quantizer -> quantizer.project(sums)).orElse(sums);
            if (result.type() != expected.type() || !result.shape().equals(expected.shape())) {
                throw new IllegalArgumentException("got a result " + result.type() + " " + result.shape()
                        + ", expected " + expected.type() + " " + expected.shape());
            }
            return List.of(result);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new GraphException(
                    "node \"" + node.name() + "\" (" + node.op().title() + "): " + e.getMessage(), e);
        }
    }

    private static Tensor evaluate(Node node, Operands inputs, Value output) {
        return switch (node.op()) {
            case Contraction contraction ->
                ContractionReference.evaluate(contraction, inputs.tensors(), output.shape());
            case Lanewise lanewise -> LanewiseReference.evaluate(lanewise, inputs, output);
            case Pool pool -> PoolReference.evaluate(pool, inputs.at(0), output.shape());
            case Normalization normalization -> NormalizationReference.evaluate(normalization, inputs);
            case Reduction reduction -> ReductionReference.evaluate(reduction, inputs.at(0), output.shape());
            case Move move -> MoveReference.evaluate(move, inputs, output.shape());
        };
    }
}
