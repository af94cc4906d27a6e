// SPDX-License-Identifier: Apache-2.0
package dev.inlay.graph;

import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Quantizer;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A contraction whose activations and weights are both held as codes, as the arithmetic that every device does: sums of
 * products of levels become v, then come the residual and the activation on v, then the output's code. Where the output
 * is coded v counts its steps, otherwise v is real.
 */
public sealed interface CodedForm permits IntegerForm, FoldedForm {
    /** Codes of the output and of the residual, where v counts steps. */
    Coding coding();

    /** The terms of the weights that are contracted one after the other. */
    List<Coded.Term> terms();

    /** The coded form of a node; empty if it has none. */
    static Optional<CodedForm> of(Graph graph, Node node) {
        if (!(node.op() instanceof Contraction op) || (op instanceof Contraction.Gemm gemm && gemm.transposeA())) {
            return Optional.empty();
        }
        Optional<Quantizer> x = graph.value(node.input(0)).quantizer();
        Optional<Coded> encoded = graph.coded(node.input(1));
        if (x.isEmpty()
                || encoded.isEmpty()
                || (!(op instanceof Contraction.Conv) && encoded.get().shape().rank() != 2)) {
            return Optional.empty();
        }
        Optional<double[]> bias = bias(graph, node, op, encoded.get().shape().size(outputAxis(op)));
        return bias.flatMap(real -> IntegerForm.of(graph, node, op, x.get(), encoded.get(), real)
                .map(CodedForm.class::cast)
                .or(() -> FoldedForm.of(graph, node, op, x.get(), encoded.get(), real)));
    }

    /** The axis of a contraction's weights along which its output channels lie. */
    static int outputAxis(Contraction contraction) {
        return switch (contraction) {
            case Contraction.Conv conv -> 0;
            case Contraction.Gemm gemm -> gemm.transposeB() ? 0 : 1;
            case Contraction.MatMul matMul -> 1;
        };
    }

    /** The axis of a contraction's weights along which its input channels lie. */
    static int inputAxis(Contraction contraction) {
        return 1 - outputAxis(contraction);
    }

    /** The factor of every product. */
    static double alpha(Contraction op) {
        return op instanceof Contraction.Gemm gemm ? gemm.alpha() : 1;
    }

    private static Optional<double[]> bias(Graph graph, Node node, Contraction op, int channels) {
        double[] bias = new double[channels];
        if (!node.hasInput(2)) {
            return Optional.of(bias);
        }
        Optional<Tensor> constant =
                graph.constant(node.input(2)).filter(tensor -> tensor.type() == ElementType.FLOAT32);
        if (constant.isEmpty()
                || (constant.get().elements() != 1
                        && (constant.get().elements() != channels
                                || constant.get().shape().extent(-1) != channels))) {
            return Optional.empty();
        }
        double factor = op instanceof Contraction.Gemm gemm ? gemm.beta() : 1;
        for (int channel = 0; channel < channels; channel++) {
            bias[channel] = factor * constant.get().getFloat(constant.get().elements() == 1 ? 0 : channel);
        }
        return Optional.of(bias);
    }

    /**
     * How the output and the residual are held where v counts steps; both empty where v is real.
     *
     * @param y the output
     * @param residual the residual, where there is one and v counts steps
     */
    record Coding(Optional<Quantizer.Uniform> y, Optional<Quantizer.Uniform> residual) {
        /** A real v. */
        static final Coding REAL = new Coding(Optional.empty(), Optional.empty());

        /** Activations that mean the same on numbers counted in steps once their parameters are divided by the step. */
        private static final Set<Function.Kind> STEPWISE =
                Set.of(Function.Kind.IDENTITY, Function.Kind.RELU, Function.Kind.CLIP, Function.Kind.LEAKY_RELU);

        static Coding of(Graph graph, Node node, Epilogue epilogue) {
            Optional<Quantizer.Uniform> y = uniform(node.quantizer())
                    .filter(any -> STEPWISE.contains(epilogue.activation().kind()));
            if (!epilogue.residual()) {
                return new Coding(y, Optional.empty());
            }
            Optional<Quantizer.Uniform> residual =
                    uniform(graph.value(node.input(3)).quantizer()).filter(Coding::isInteger);
            return y.filter(Coding::isInteger).isPresent() && residual.isPresent() ? new Coding(y, residual) : REAL;
        }

        private static Optional<Quantizer.Uniform> uniform(Optional<Quantizer> quantizer) {
            return quantizer.filter(Quantizer.Uniform.class::isInstance).map(Quantizer.Uniform.class::cast);
        }

        private static boolean isInteger(Quantizer.Uniform quantizer) {
            return quantizer.levels() instanceof Levels.Integers;
        }

        /** The step that v counts. */
        public float step() {
            return y.map(Quantizer.Uniform::scale).orElse(1f);
        }

        /** The activation with its parameters counted in steps of the output. */
        public Function activation(Contraction op) {
            Function activation = op.epilogue().activation();
            return activation.kind() == Function.Kind.CLIP
                    ? new Function(activation.kind(), activation.alpha() / step(), activation.beta() / step())
                    : activation;
        }

        /** The residual's step over the output's; 1 where there is none or the output is real. */
        public float residualStep() {
            return residual.map(held -> (float) ((double) held.scale() / step()))
                    .orElse(1f);
        }
    }

    /**
     * Elements from one index along an axis to the next: the element at a row-major index lies at
     * {@code index / inner % extent} along the axis.
     */
    static long inner(Shape weights, int axis) {
        return weights.elements(axis + 1, weights.rank());
    }
}
