// SPDX-License-Identifier: Apache-2.0
package dev.inlay.graph;

import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Quantizer;
import dev.inlay.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A contraction in exact integers: for every term of the weights {@code acc[c] = Σ x w} on levels, the first with
 * {@code bias[c]} in it, and {@code v = Σ_terms (float) acc · M[c]}, added in the terms' order, a residual after the
 * first.
 *
 * <p>The bias is rounded into the accumulator of the first term, {@code round(b / (sx sw))}. A binary output of one term
 * without residual and activation is a threshold on the accumulator: M is 1 or -1 and the bias the negated threshold,
 * exact for every sum. Where exponents count halves ({@link #root()} 2) acc has two parts, {@code (float) even +
 * sqrt(2) (float) odd}, the bias in the even one.
 */
public final class IntegerForm implements CodedForm {
    /** Half of what an accumulator of 32 bits holds: the bias and the sums share it. */
    private static final double LARGEST_SUM = 0x1p30;

    /** The sums that a double holds exactly, and an accumulator of 64 bits all the more. */
    private static final double LARGEST_WIDE_SUM = 0x1p52;

    /** Powers that a level of 32 bits holds. */
    private static final int MOST_POWERS = 31;

    /**
     * One term of the weights.
     *
     * @param term its codes
     * @param multipliers M, one for each output channel
     */
    public record Part(Coded.Term term, List<Float> multipliers) {
        public Part {
            multipliers = List.copyOf(multipliers);
        }
    }

    private final Quantizer.Uniform x;
    private final List<Part> parts;
    private final Coding coding;
    private final long[] bias;
    private final double[] scales;
    private final boolean threshold;
    private final boolean wide;

    private IntegerForm(
            Quantizer.Uniform x,
            List<Part> parts,
            Coding coding,
            long[] bias,
            double[] scales,
            boolean threshold,
            boolean wide) {
        this.x = x;
        this.parts = parts;
        this.coding = coding;
        this.bias = bias;
        this.scales = scales;
        this.threshold = threshold;
        this.wide = wide;
    }

    /** How the activations are held. */
    public Quantizer.Uniform x() {
        return x;
    }

    /** The terms of the weights. */
    public List<Part> parts() {
        return parts;
    }

    @Override
    public List<Coded.Term> terms() {
        return parts.stream().map(Part::term).toList();
    }

    @Override
    public Coding coding() {
        return coding;
    }

    /** One for each output channel. */
    public long[] bias() {
        return bias.clone();
    }

    /** Whether sums need 64 bits. */
    public boolean isWide() {
        return wide;
    }

    /** 2 where exponents of logarithmic codes count halves, else 1. */
    public int root() {
        return Math.max(root(x.levels()), root(parts.getFirst().term().levels()));
    }

    private static int root(Levels levels) {
        return levels instanceof Levels.Logarithmic powers ? powers.root() : 1;
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

    /** Whether sums of products of these levels are integers, or integers and their multiples of a root. */
    private static boolean isWhole(Levels levels) {
        return switch (levels) {
            case Levels.Integers integers -> true;
            case Levels.Odd odd -> true;
            case Levels.Table table -> false;
            case Levels.Logarithmic powers -> powers.magnitudes() <= MOST_POWERS * powers.root();
        };
    }

    private static boolean fits(Coded.Term term, Levels x, int axis) {
        Coded.Scales scales = term.scales();
        boolean roots = !(x instanceof Levels.Logarithmic)
                || (term.levels() instanceof Levels.Logarithmic && root(x) == root(term.levels()));
        return isWhole(term.levels()) && roots && !scales.isBlocked() && (scales.isOne() || scales.axis() == axis);
    }

    static Optional<IntegerForm> of(
            Graph graph, Node node, Contraction op, Quantizer activations, Coded weights, double[] realBias) {
        int axis = CodedForm.outputAxis(op);
        if (!(activations instanceof Quantizer.Uniform x)
                || !isWhole(x.levels())
                || !weights.terms().stream().allMatch(term -> fits(term, x.levels(), axis))
                || weights.terms().stream()
                                .map(term -> root(term.levels()))
                                .distinct()
                                .count()
                        > 1) {
            return Optional.empty();
        }
        Coding coding = Coding.of(graph, node, op.epilogue());
        boolean threshold = weights.terms().size() == 1
                && coding.y().isPresent()
                && coding.y().get().levels().equals(Levels.Odd.BINARY)
                && root(weights.terms().getFirst().levels()) == 1
                && !op.epilogue().residual()
                && op.epilogue().activation().isIdentity();
        double[] scales = scales(op, x, weights.terms().getFirst(), realBias.length);
        long[] bias = new long[realBias.length];
        for (int channel = 0; channel < bias.length; channel++) {
            double whole;
            if (threshold) {
                double bound = -realBias[channel] / scales[channel];
                whole = scales[channel] > 0 ? -Math.ceil(bound) : -Math.floor(bound);
            } else {
                whole = realBias[channel] == 0 ? 0 : Math.rint(realBias[channel] / scales[channel]);
            }
            // Behind a scale of zero no bias fits the accumulator.
            if (!(Math.abs(whole) <= LARGEST_WIDE_SUM)) {
                return Optional.empty();
            }
            bias[channel] = (long) whole;
        }
        List<Part> parts = new ArrayList<>();
        for (Coded.Term term : weights.terms()) {
            List<Float> multipliers = new ArrayList<>();
            for (double scale : scales(op, x, term, bias.length)) {
                multipliers.add(threshold ? (scale < 0 ? -1f : 1f) : (float) (scale / coding.step()));
            }
            parts.add(new Part(term, multipliers));
        }
        double largest = 0;
        for (Coded.Term term : weights.terms()) {
            largest = Math.max(largest, largestSum(x, term, axis, bias));
        }
        return largest < LARGEST_WIDE_SUM
                ? Optional.of(new IntegerForm(x, parts, coding, bias, scales, threshold, largest >= LARGEST_SUM))
                : Optional.empty();
    }

    private static double[] scales(Contraction op, Quantizer.Uniform x, Coded.Term term, int channels) {
        double[] scales = new double[channels];
        Arrays.setAll(
                scales,
                channel -> CodedForm.alpha(op)
                        * x.scale()
                        * term.scales().values().getFloat(term.scales().isOne() ? 0 : channel));
        return scales;
    }

    /** An upper bound of every partial sum's magnitude, the correction for the zero point and the bias included. */
    private static double largestSum(Quantizer.Uniform x, Coded.Term term, int axis, long[] bias) {
        Shape shape = term.codes().shape();
        double[] sums = new double[bias.length];
        long inner = CodedForm.inner(shape, axis);
        for (long i = 0; i < shape.elements(); i++) {
            sums[(int) (i / inner % bias.length)] +=
                    Math.abs(term.levels().level((int) term.codes().getLong(i)));
        }
        // Codes as a device holds them reach as far as the levels and the zero point together.
        double most = 2 * x.levels().largest() + Math.abs(x.zero()) + 1;
        double largest = 0;
        for (int channel = 0; channel < bias.length; channel++) {
            largest = Math.max(largest, sums[channel] * most + Math.abs((double) bias[channel]));
        }
        return largest;
    }
}
