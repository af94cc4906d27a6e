// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.reference;

import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Quantizer;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Function;
import dev.inlay.graph.Graph;
import dev.inlay.graph.IntegerForm;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Node;
import dev.inlay.graph.Pool;
import dev.inlay.graph.Reduction;
import dev.inlay.graph.Value;
import dev.inlay.tensor.ElementType;
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
                IntegerForm.of(graph, node).map(form -> reference.contraction(op, form, output.shape()));
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

    /** FLOAT32 levels of coded numbers, the zero point taken off. */
    private static Tensor levels(Tensor reals, Quantizer.Uniform held) {
        Tensor result = Tensor.allocate(ElementType.FLOAT32, reals.shape());
        for (long i = 0; i < reals.elements(); i++) {
            result.set(i, held.levels().level(held.code(reals.getFloat(i))) - held.zero());
        }
        return result;
    }

    private Tensor contraction(Contraction op, IntegerForm form, Shape shape) {
        Tensor x = levels(inputs.getFirst().orElseThrow(), form.x());
        Tensor w = Tensor.allocate(ElementType.FLOAT32, form.levels().shape());
        for (long i = 0; i < w.elements(); i++) {
            w.set(i, (double) form.levels().getLong(i));
        }
        double[] sums = new ContractionSums(op, x, w, shape, false).compute();
        Optional<Tensor> residual = op.epilogue().residual() ? inputs.get(3) : Optional.empty();
        Optional<Tensor> coded = form.residual().flatMap(held -> residual.map(reals -> levels(reals, held)));
        float[] multipliers = form.multipliers();
        int[] bias = form.bias();
        Function activation = form.activation(op);
        long inner = op instanceof Contraction.Conv ? shape.elements(2, 4) : 1;
        Tensor result = Tensor.allocate(ElementType.FLOAT32, shape);
        for (int i = 0; i < sums.length; i++) {
            int channel = (int) (i / inner % bias.length);
            float v = (float) (int) ((long) sums[i] + bias[channel]) * multipliers[channel];
            if (coded.isPresent()) {
                float term = coded.get().getFloat(i) * form.residualStep();
                v += term;
            } else if (residual.isPresent()) {
                v += residual.get().getFloat(i);
            }
            v = (float) FunctionReference.apply(activation, v);
            result.set(i, form.y().isPresent() ? stored(form.y().get(), v) : v);
        }
        return form.y().isPresent()
                ? result
                : node.quantizer().map(quantizer -> quantizer.project(result)).orElse(result);
    }

    /** The real number that is read back where {@code v} counts steps of the output. */
    private static float stored(Quantizer.Uniform y, float v) {
        if (y.levels() instanceof Levels.Integers integers) {
            return y.real((int) Math.clamp(Math.rint((double) v) + y.zero(), integers.low(), integers.high()));
        }
        return y.real(y.levels().nearest(v));
    }

    private Tensor average(Pool.AveragePool pool, Quantizer.Uniform held, Shape shape) {
        Tensor x = levels(inputs.getFirst().orElseThrow(), held);
        return projected(PoolReference.scaled(pool, x, held.scale(), shape));
    }

    private Tensor reduced(Reduction.Reduce reduce, Quantizer.Uniform held, Shape shape) {
        Tensor x = levels(inputs.getFirst().orElseThrow(), held);
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
