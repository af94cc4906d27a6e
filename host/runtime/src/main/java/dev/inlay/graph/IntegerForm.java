// SPDX-License-Identifier: Apache-2.0
package dev.inlay.graph;

import dev.inlay.encoding.Encoded;
import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Quantizer;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.Optional;
import java.util.Set;

/**
 * A contraction whose activations and weights are both held as codes, as exact integer arithmetic:
 * {@code acc[c] = Σ x w + bias[c]} on levels, {@code v = (float) acc · M[c]}, then the residual and the activation on v,
 * then the output's code. Where the output is coded v counts its steps, otherwise v is real.
 *
 * <p>The bias is rounded into the accumulator, {@code round(b / (sx sw))}. A binary output without residual and
 * activation is a threshold on the accumulator: M is 1 or -1 and the bias the negated threshold, exact for every sum.
 */
public final class IntegerForm {
    /** Activations that mean the same on numbers counted in steps once their parameters are divided by the step. */
    private static final Set<Function.Kind> STEPWISE =
            Set.of(Function.Kind.IDENTITY, Function.Kind.RELU, Function.Kind.CLIP, Function.Kind.LEAKY_RELU);

    /** Half of what an accumulator holds: the bias and the sums share it. */
    private static final double LARGEST_SUM = 0x1p30;

    private final Quantizer.Uniform x;
    private final Encoded.Term weights;
    private final Optional<Quantizer.Uniform> residual;
    private final Optional<Quantizer.Uniform> y;
    private final float[] multipliers;
    private final int[] bias;
    private final double[] scales;
    private final boolean threshold;
    private final Tensor levels;

    private IntegerForm(
            Quantizer.Uniform x,
            Encoded.Term weights,
            Optional<Quantizer.Uniform> residual,
            Optional<Quantizer.Uniform> y,
            float[] multipliers,
            int[] bias,
            double[] scales,
            boolean threshold,
            Tensor levels) {
        this.x = x;
        this.weights = weights;
        this.residual = residual;
        this.y = y;
        this.multipliers = multipliers;
        this.bias = bias;
        this.scales = scales;
        this.threshold = threshold;
        this.levels = levels;
    }

    /** How the activations are held. */
    public Quantizer.Uniform x() {
        return x;
    }

    public Encoded.Term weights() {
        return weights;
    }

    /** INT32 levels of the weights, in the weights' shape. */
    public Tensor levels() {
        return levels;
    }

    /** How the residual is held where v counts steps and there is one. */
    public Optional<Quantizer.Uniform> residual() {
        return residual;
    }

    /** How the output is held where v counts its steps; empty where v is real. */
    public Optional<Quantizer.Uniform> y() {
        return y;
    }

    /** M, one for each output channel. */
    public float[] multipliers() {
        return multipliers.clone();
    }

    /** One for each output channel. */
    public int[] bias() {
        return bias.clone();
    }

    /**
     * The real bias that the accumulator's stands for, one for each output channel: {@code bias sx sw}. Empty where the
     * bias is a threshold.
     */
    public Optional<double[]> realBias() {
        if (threshold) {
            return Optional.empty();
        }
        double[] real = new double[bias.length];
        for (int channel = 0; channel < real.length; channel++) {
            real[channel] = bias[channel] * scales[channel];
        }
        return Optional.of(real);
    }

    /** The step that v counts. */
    public float step() {
        return y.map(Quantizer.Uniform::scale).orElse(1f);
    }

    /** The axis of a contraction's weights along which its output channels lie. */
    public static int outputAxis(Contraction contraction) {
        return switch (contraction) {
            case Contraction.Conv conv -> 0;
            case Contraction.Gemm gemm -> gemm.transposeB() ? 0 : 1;
            case Contraction.MatMul matMul -> 1;
        };
    }

    /** The integer form of a node; empty if it has none. */
    public static Optional<IntegerForm> of(Graph graph, Node node) {
        if (!(node.op() instanceof Contraction op)
                || !(graph.value(node.input(0)).quantizer().orElse(null) instanceof Quantizer.Uniform x)
                || !isWhole(x.levels())
                || (op instanceof Contraction.Gemm gemm && gemm.transposeA())) {
            return Optional.empty();
        }
        Optional<Encoded> encoded = graph.encoded(node.input(1));
        if (encoded.isEmpty() || encoded.get().terms().size() != 1) {
            return Optional.empty();
        }
        Encoded.Term weights = encoded.get().terms().getFirst();
        Shape shape = encoded.get().shape();
        int axis = outputAxis(op);
        Encoded.Scales scales = weights.scales();
        if (!isWhole(weights.levels())
                || scales.isBlocked()
                || !(scales.isOne() || scales.axis() == axis)
                || (!(op instanceof Contraction.Conv) && shape.rank() != 2)) {
            return Optional.empty();
        }
        int channels = shape.size(axis);
        Optional<double[]> real = bias(graph, node, op, channels);
        return real.flatMap(bias -> of(graph, node, op, x, weights, axis, bias));
    }

    private static boolean isWhole(Levels levels) {
        return switch (levels) {
            case Levels.Integers integers -> true;
            case Levels.Odd odd -> true;
            case Levels.Logarithmic powers -> powers.root() == 1 && powers.magnitudes() <= 15;
        };
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

    private static Optional<IntegerForm> of(
            Graph graph,
            Node node,
            Contraction op,
            Quantizer.Uniform x,
            Encoded.Term weights,
            int axis,
            double[] realBias) {
        Epilogue epilogue = op.epilogue();
        Optional<Quantizer.Uniform> y = node.quantizer()
                .filter(Quantizer.Uniform.class::isInstance)
                .map(Quantizer.Uniform.class::cast)
                .filter(quantizer -> STEPWISE.contains(epilogue.activation().kind()));
        Optional<Quantizer.Uniform> residual = Optional.empty();
        if (epilogue.residual() && y.isPresent()) {
            residual = graph.value(node.input(3))
                    .quantizer()
                    .filter(Quantizer.Uniform.class::isInstance)
                    .map(Quantizer.Uniform.class::cast)
                    .filter(quantizer -> quantizer.levels() instanceof Levels.Integers);
            y = y.filter(quantizer -> quantizer.levels() instanceof Levels.Integers);
            if (residual.isEmpty() || y.isEmpty()) {
                residual = Optional.empty();
                y = Optional.empty();
            }
        }
        boolean threshold = y.isPresent()
                && y.get().levels().equals(Levels.Odd.BINARY)
                && !epilogue.residual()
                && epilogue.activation().isIdentity();
        double alpha = op instanceof Contraction.Gemm gemm ? gemm.alpha() : 1;
        float[] multipliers = new float[realBias.length];
        int[] bias = new int[realBias.length];
        double[] scaleOf = new double[realBias.length];
        for (int channel = 0; channel < bias.length; channel++) {
            Encoded.Scales scales = weights.scales();
            double scale = alpha * x.scale() * scales.values().getFloat(scales.isOne() ? 0 : channel);
            scaleOf[channel] = scale;
            double offset = realBias[channel];
            double whole;
            if (threshold) {
                double bound = -offset / scale;
                whole = scale > 0 ? -Math.ceil(bound) : -Math.floor(bound);
                multipliers[channel] = scale < 0 ? -1 : 1;
            } else {
                whole = offset == 0 ? 0 : Math.rint(offset / scale);
                multipliers[channel] =
                        (float) (scale / y.map(Quantizer.Uniform::scale).orElse(1f));
            }
            // Behind a scale of zero no bias fits the accumulator.
            if (!(Math.abs(whole) <= LARGEST_SUM)) {
                return Optional.empty();
            }
            bias[channel] = (int) whole;
        }
        IntegerForm form = new IntegerForm(
                x, weights, residual, y, multipliers, bias, scaleOf, threshold, weights.integerLevels());
        return form.largestSum(axis) < LARGEST_SUM ? Optional.of(form) : Optional.empty();
    }

    /** An upper bound of every partial sum's magnitude, the correction for the zero point and the bias included. */
    private double largestSum(int axis) {
        Shape shape = levels.shape();
        double[] sums = new double[bias.length];
        long inner = shape.elements(axis + 1, shape.rank());
        for (long i = 0; i < levels.elements(); i++) {
            sums[(int) (i / inner % bias.length)] += Math.abs((double) levels.getLong(i));
        }
        // Codes as a device holds them reach as far as the levels and the zero point together.
        double most = x.levels().largest() + Math.abs(x.zero()) + 255;
        double largest = 0;
        for (int channel = 0; channel < bias.length; channel++) {
            largest = Math.max(largest, sums[channel] * most + Math.abs((double) bias[channel]));
        }
        return largest;
    }

    /** The activation with its parameters counted in steps of the output. */
    public Function activation(Contraction op) {
        Function activation = op.epilogue().activation();
        float step = step();
        return switch (activation.kind()) {
            case CLIP -> new Function(activation.kind(), activation.alpha() / step, activation.beta() / step);
            default -> activation;
        };
    }

    /** The residual's step over the output's; 1 where there is none or the output is real. */
    public float residualStep() {
        return residual.map(held -> (float) ((double) held.scale() / step())).orElse(1f);
    }
}
