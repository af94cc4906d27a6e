// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.reference;

import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Quantizer;
import dev.inlay.graph.CodedForm;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Node;
import dev.inlay.graph.Pool;
import dev.inlay.graph.Reduction;
import dev.inlay.graph.Value;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/** Nodes whose operands are held as codes, in the integers and single float steps that a device computes. */
final class IntegerReference {
    private final Graph graph;
    private final Node node;
    private final List<Optional<Tensor>> inputs;

    private IntegerReference(Graph graph, Node node, List<Optional<Tensor>> inputs) {
        this.graph = graph;
        this.node = node;
        this.inputs = inputs;
    }

    /** The real numbers of the node's output; empty if the node is computed in floats. */
    static Optional<Tensor> evaluate(Graph graph, Node node, List<Optional<Tensor>> inputs) {
        IntegerReference reference = new IntegerReference(graph, node, inputs);
        Value output = graph.value(node.output());
        return switch (node.op()) {
            case Contraction op ->
                CodedForm.of(graph, node).map(form -> reference.contraction(op, form, output.shape()));
            case Pool.AveragePool pool -> reference.integerInput().map(x -> reference.average(pool, x, output.shape()));
            case Reduction.Reduce reduce ->
                reduce.kind() == Reduction.Fold.SUM || reduce.kind() == Reduction.Fold.MEAN
                        ? reference.integerInput().map(x -> reference.reduced(reduce, x, output.shape()))
                        : Optional.empty();
            case Lanewise op -> Optional.empty();
            case Pool.MaxPool op -> Optional.empty();
            case dev.inlay.graph.Normalization op -> Optional.empty();
            case Reduction.ArgMax op -> Optional.empty();
            case dev.inlay.graph.Move op -> Optional.empty();
        };
    }

    private Optional<Quantizer.Uniform> integerInput() {
        return graph.value(node.input(0))
                .quantizer()
                .filter(Quantizer.Uniform.class::isInstance)
                .map(Quantizer.Uniform.class::cast)
                .filter(quantizer -> quantizer.levels() instanceof Levels.Integers integers
                        && integers.high() - integers.low() < 1 << 16);
    }

    private Tensor contraction(Contraction op, CodedForm form, Shape shape) {
        Optional<Tensor> residual = op.epilogue().residual() ? inputs.get(3) : Optional.empty();
        Tensor result = new CodedContraction(op, inputs.getFirst().orElseThrow(), residual, shape).compute(form);
        return form.coding().y().isPresent() ? result : projected(result);
    }

    private Tensor average(Pool.AveragePool pool, Quantizer.Uniform held, Shape shape) {
        Tensor x = CodedContraction.levels(inputs.getFirst().orElseThrow(), held);
        return projected(PoolReference.scaled(pool, x, held.scale(), shape));
    }

    private Tensor reduced(Reduction.Reduce reduce, Quantizer.Uniform held, Shape shape) {
        Tensor x = CodedContraction.levels(inputs.getFirst().orElseThrow(), held);
        Tensor sums = ReductionReference.evaluate(
                new Reduction.Reduce(Reduction.Fold.SUM, reduce.axes(), reduce.keep()), x, shape);
        long folded = x.elements() / Math.max(1, shape.elements());
        float count = reduce.kind() == Reduction.Fold.MEAN ? (float) folded : 1;
        for (long i = 0; i < sums.elements(); i++) {
            float scaled = sums.getFloat(i) * held.scale();
            sums.set(i, scaled / count);
        }
        return projected(sums);
    }

    private Tensor projected(Tensor reals) {
        return node.quantizer().map(quantizer -> quantizer.project(reals)).orElse(reals);
    }
}
