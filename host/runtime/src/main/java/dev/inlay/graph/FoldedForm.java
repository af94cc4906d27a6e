// SPDX-License-Identifier: Apache-2.0
package dev.inlay.graph;

import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Quantizer;
import java.util.List;
import java.util.Optional;

/**
 * A contraction of blocks: weights have a scale for each block of input channels, activations one for all or, in block
 * floating point, a power of two for each block. The sum of a block is exact, {@code p = Σ u w}; then in single
 * precision {@code sum = fma(p, scale[block] power[block], sum)} over {@code [tap row][tap column][block]} and
 * {@code v = (sum + bias[c]) M[c]}. u are mantissas, or codes that count from the least one where that is negative; what
 * the zero adds is in the bias.
 */
public final class FoldedForm implements CodedForm {
    private final Quantizer x;
    private final Coded.Term term;
    private final Coding coding;
    private final float[] bias;
    private final float multiplier;

    private FoldedForm(Quantizer x, Coded.Term term, Coding coding, float[] bias, float multiplier) {
        this.x = x;
        this.term = term;
        this.coding = coding;
        this.bias = bias;
        this.multiplier = multiplier;
    }

    /** How the activations are held: uniform integers or block floating point. */
    public Quantizer x() {
        return x;
    }

    /** The weights: integers with a scale a block. */
    public Coded.Term term() {
        return term;
    }

    @Override
    public List<Coded.Term> terms() {
        return List.of(term);
    }

    @Override
    public Coding coding() {
        return coding;
    }

    /** Input channels of a block. */
    public int block() {
        return term.scales().block();
    }

    /** One for each output channel. */
    public float[] bias() {
        return bias.clone();
    }

    /** M, the same for all output channels. */
    public float multiplier() {
        return multiplier;
    }

    static Optional<FoldedForm> of(
            Graph graph, Node node, Contraction op, Quantizer x, Coded weights, double[] realBias) {
        Coded.Term term = weights.terms().getFirst();
        Coded.Scales scales = term.scales();
        boolean blocked = weights.terms().size() == 1
                && scales.isBlocked()
                && scales.axis() == CodedForm.inputAxis(op)
                && term.levels() instanceof Levels.Integers;
        double step;
        double zero;
        switch (x) {
            case Quantizer.Uniform uniform -> {
                if (!(uniform.levels() instanceof Levels.Integers integers) || integers.high() - integers.low() > 255) {
                    return Optional.empty();
                }
                step = uniform.scale();
                zero = uniform.zero() - Math.min(0, integers.low());
            }
            case Quantizer.BlockFloat block -> {
                // Blocks of activations do not know of groups.
                boolean whole = !(op instanceof Contraction.Conv conv)
                        || conv.groups() == 1
                        || weights.shape().extent(1) % block.block() == 0;
                blocked &= block.block() == scales.block() && whole;
                step = 1;
                zero = 0;
            }
        }
        if (!blocked) {
            return Optional.empty();
        }
        double unit = CodedForm.alpha(op) * step;
        double[] sums = new double[realBias.length];
        long inner = CodedForm.inner(weights.shape(), CodedForm.outputAxis(op));
        for (long i = 0; i < weights.shape().elements(); i++) {
            sums[(int) (i / inner % sums.length)] +=
                    term.levels().level((int) term.codes().getLong(i)) * scales.at(weights.shape(), i);
        }
        Coding coding = Coding.of(graph, node, op.epilogue());
        float[] bias = new float[realBias.length];
        for (int channel = 0; channel < bias.length; channel++) {
            bias[channel] = (float) (realBias[channel] / unit - zero * sums[channel]);
        }
        return unit == 0
                ? Optional.empty()
                : Optional.of(new FoldedForm(x, term, coding, bias, (float) (unit / coding.step())));
    }
}
