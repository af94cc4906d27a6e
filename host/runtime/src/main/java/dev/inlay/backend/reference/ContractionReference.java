// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.reference;

import dev.inlay.graph.Contraction;
import dev.inlay.graph.Function;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;

/**
 * Float contractions: sums in double, then the bias, the residual and the activation in double, then one rounding to
 * float.
 */
public final class ContractionReference {
    /** Unit roundoff of float: half the distance from 1 to the next float. */
    public static final double UNIT_ROUNDOFF = 0x1p-24;

    /** The factor c of {@link #bounded}. */
    public static final double CONFIDENCE = 4;

    private ContractionReference() {}

    /**
     * A contraction's exact value, and how far from it an evaluation in float may lie.
     *
     * @param value FLOAT32, the output's shape
     * @param bound FLOAT32, the output's shape: the largest allowed absolute difference, above 0
     */
    public record Bounded(Tensor value, Tensor bound) {}

    /**
     * @param op which contraction, with its epilogue
     * @param inputs 0 activations, 1 weights, 2 bias (optional), 3 residual (where the epilogue has one); all FLOAT32
     * @param output the output's shape
     * @throws IllegalArgumentException if an input is missing or of another type
     */
    public static Tensor evaluate(Contraction op, List<Optional<Tensor>> inputs, Shape output) {
        Operands operands = new Operands(inputs);
        double[] sums = sums(op, operands, output, false);
        addTerms(op, operands, output, sums, false);
        Function activation = op.epilogue().activation();
        Tensor result = Tensor.allocate(ElementType.FLOAT32, output);
        for (int i = 0; i < sums.length; i++) {
            result.data().setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) FunctionReference.apply(activation, sums[i]));
        }
        return result;
    }

    /**
     * The value with its bound. A float sum of K products lies within {@code e = c u √(K + 2) S} of the exact one,
     * where S is the sum of the magnitudes of all terms, bias and residual included: the probabilistic form of the
     * classical bound (Higham and Mary, "A new approach to probabilistic rounding error analysis", SIAM J. Sci. Comput.
     * 41, 2019), with c = {@value #CONFIDENCE} and u = 2^-24. The bound is what e becomes behind the activation, plus
     * {@code c u |value|} for the activation's own rounding and the smallest normal float for devices without
     * subnormals.
     *
     * @throws IllegalArgumentException as {@link #evaluate}
     */
    public static Bounded bounded(Contraction op, List<Optional<Tensor>> inputs, Shape output) {
        Operands operands = new Operands(inputs);
        double[] sums = sums(op, operands, output, false);
        addTerms(op, operands, output, sums, false);
        double[] magnitudes = sums(op, operands, output, true);
        addTerms(op, operands, output, magnitudes, true);
        long depth =
                ContractionSums.depth(op, operands.at(0).shape(), operands.at(1).shape());
        double relative = CONFIDENCE * UNIT_ROUNDOFF * Math.sqrt(depth + 2.0);
        Function activation = op.epilogue().activation();
        Tensor value = Tensor.allocate(ElementType.FLOAT32, output);
        Tensor bound = Tensor.allocate(ElementType.FLOAT32, output);
        for (int i = 0; i < sums.length; i++) {
            double error = relative * magnitudes[i];
            double y = FunctionReference.apply(activation, sums[i]);
            double spread = Math.max(
                    Math.abs(FunctionReference.apply(activation, sums[i] + error) - y),
                    Math.abs(FunctionReference.apply(activation, sums[i] - error) - y));
            value.set(i, y);
            bound.set(i, Math.nextUp((float) (spread + CONFIDENCE * UNIT_ROUNDOFF * Math.abs(y) + Float.MIN_NORMAL)));
        }
        return new Bounded(value, bound);
    }

    private static double[] sums(Contraction op, Operands inputs, Shape output, boolean magnitudes) {
        return new ContractionSums(
                        op, inputs.at(0, ElementType.FLOAT32), inputs.at(1, ElementType.FLOAT32), output, magnitudes)
                .compute();
    }

    /** Scales the sums, then adds the bias and the residual; their magnitudes if asked. */
    private static void addTerms(Contraction op, Operands inputs, Shape output, double[] sums, boolean magnitudes) {
        Optional<Tensor> bias = inputs.find(2, ElementType.FLOAT32);
        switch (op) {
            case Contraction.Conv conv ->
                bias.ifPresent(tensor -> {
                    Shape perChannel = Shape.of(output.extent(1), 1, 1);
                    add(sums, tensor.reshaped(perChannel), output, 1, magnitudes);
                });
            case Contraction.Gemm gemm -> {
                double alpha = magnitudes ? Math.abs(gemm.alpha()) : gemm.alpha();
                for (int i = 0; i < sums.length; i++) {
                    sums[i] *= alpha;
                }
                bias.ifPresent(tensor -> add(sums, tensor, output, gemm.beta(), magnitudes));
            }
            case Contraction.MatMul matMul -> bias.ifPresent(tensor -> add(sums, tensor, output, 1, magnitudes));
        }
        if (op.epilogue().residual()) {
            add(sums, inputs.at(3, ElementType.FLOAT32), output, 1, magnitudes);
        }
    }

    private static void add(double[] sums, Tensor term, Shape output, double factor, boolean magnitudes) {
        Tensor spread = StridedCopy.broadcast(term, output);
        for (int i = 0; i < sums.length; i++) {
            double addend = factor * spread.data().getAtIndex(ValueLayout.JAVA_FLOAT, i);
            sums[i] += magnitudes ? Math.abs(addend) : addend;
        }
    }
}
