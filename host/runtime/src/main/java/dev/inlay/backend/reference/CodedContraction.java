// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.reference;

import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Quantizer;
import dev.inlay.graph.CodedForm;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.FoldedForm;
import dev.inlay.graph.Function;
import dev.inlay.graph.IntegerForm;
import dev.inlay.graph.Window;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;

/**
 * A contraction of codes in the integers and single float steps that a device computes.
 *
 * @param op the contraction
 * @param x FLOAT32 activations, each a number that has a code
 * @param residual FLOAT32, where there is one
 * @param shape of the output
 */
record CodedContraction(Contraction op, Tensor x, Optional<Tensor> residual, Shape shape) {
    /** The output's real numbers, not yet those that have a code where v is real. */
    Tensor compute(CodedForm form) {
        float[] v = new float[Math.toIntExact(shape.elements())];
        switch (form) {
            case IntegerForm integers -> {
                for (int part = 0; part < integers.parts().size(); part++) {
                    add(integers, part, v);
                    if (part == 0) {
                        addResidual(form.coding(), v);
                    }
                }
            }
            case FoldedForm folded -> {
                fold(folded, v);
                addResidual(form.coding(), v);
            }
        }
        Function activation = form.coding().activation(op);
        Tensor result = Tensor.allocate(ElementType.FLOAT32, shape);
        for (int i = 0; i < v.length; i++) {
            float active = (float) FunctionReference.apply(activation, v[i]);
            result.set(
                    i, form.coding().y().isPresent() ? stored(form.coding().y().get(), active) : active);
        }
        return result;
    }

    /** The real number that is read back where {@code v} counts steps of the output. */
    private static float stored(Quantizer.Uniform y, float v) {
        if (y.levels() instanceof Levels.Integers integers) {
            return y.real((int) Math.clamp(Math.rint((double) v) + y.zero(), integers.low(), integers.high()));
        }
        return y.real(y.levels().nearest(v));
    }

    private void addResidual(CodedForm.Coding coding, float[] v) {
        if (residual.isEmpty()) {
            return;
        }
        Optional<Tensor> levels = coding.residual().map(held -> levels(residual.get(), held));
        for (int i = 0; i < v.length; i++) {
            float term = levels.isPresent()
                    ? levels.get().getFloat(i) * coding.residualStep()
                    : residual.get().getFloat(i);
            v[i] += term;
        }
    }

    private int channel(int index, int channels) {
        long inner = op instanceof Contraction.Conv ? shape.elements(2, 4) : 1;
        return (int) (index / inner % channels);
    }

    private void add(IntegerForm form, int part, float[] v) {
        Coded.Term term = form.parts().get(part).term();
        long[] bias = part == 0 ? form.bias() : new long[form.bias().length];
        double[] even;
        double[] odd = new double[v.length];
        if (form.root() == 1) {
            even = sums(levels(x, form.x()), weights(term, term.levels()::level));
        } else {
            Tensor xEven = codes(x, form.x(), parity(form.x().levels(), 0));
            Tensor xOdd = codes(x, form.x(), parity(form.x().levels(), 1));
            Tensor wEven = weights(term, parity(term.levels(), 0));
            Tensor wOdd = weights(term, parity(term.levels(), 1));
            // The product of two odd exponents has the next even one.
            even = sums(xEven, wEven);
            add(even, sums(xOdd, wOdd), 2);
            odd = sums(xEven, wOdd);
            add(odd, sums(xOdd, wEven), 1);
        }
        for (int i = 0; i < v.length; i++) {
            int channel = channel(i, bias.length);
            long sum = (long) even[i] + bias[channel];
            float real = form.root() == 1 ? (float) sum : LevelContraction.rooted(sum, (long) odd[i]);
            v[i] += real * form.parts().get(part).multipliers().get(channel);
        }
    }

    private static void add(double[] to, double[] from, int factor) {
        for (int i = 0; i < to.length; i++) {
            to[i] += factor * from[i];
        }
    }

    private double[] sums(Tensor activations, Tensor weights) {
        return new ContractionSums(op, activations, weights, shape, false).compute();
    }

    /** Of levels whose exponents count halves those with an even or an odd one, without its half; others are even. */
    private static IntToDoubleFunction parity(Levels levels, int odd) {
        return code -> {
            if (!(levels instanceof Levels.Logarithmic powers) || powers.root() == 1) {
                return odd == 0 ? levels.level(code) : 0;
            }
            int exponent = Math.abs(code) - 1;
            return code == 0 || exponent % 2 != odd ? 0 : Math.copySign(Math.scalb(1.0, exponent / 2), code);
        };
    }

    /** FLOAT32 levels of coded numbers, the zero point taken off. */
    static Tensor levels(Tensor reals, Quantizer.Uniform held) {
        return codes(reals, held, code -> held.levels().level(code) - held.zero());
    }

    private static Tensor codes(Tensor reals, Quantizer.Uniform held, IntToDoubleFunction value) {
        Tensor result = Tensor.allocate(ElementType.FLOAT32, reals.shape());
        for (long i = 0; i < reals.elements(); i++) {
            result.set(i, value.applyAsDouble(held.code(reals.getFloat(i))));
        }
        return result;
    }

    private static Tensor weights(Coded.Term term, IntToDoubleFunction value) {
        Tensor result = Tensor.allocate(ElementType.FLOAT32, term.codes().shape());
        for (long i = 0; i < result.elements(); i++) {
            result.set(i, value.applyAsDouble((int) term.codes().getLong(i)));
        }
        return result;
    }

    private void fold(FoldedForm form, float[] v) {
        boolean image = op instanceof Contraction.Conv;
        Contraction.Conv conv =
                op instanceof Contraction.Conv given ? given : new Contraction.Conv(Window.of(1, 1), 1, Epilogue.NONE);
        Tensor w = matrix(form.term().integerLevels());
        Tensor blocks = blocks(form.term(), w.shape());
        Shape pixels = image ? x.shape() : asImage(x.shape());
        Tensor powers = Tensor.allocate(ElementType.FLOAT32, pixels);
        Tensor codes = Tensor.allocate(ElementType.INT32, pixels);
        long halo = split(form.x(), codes, powers);
        Shape y = image ? shape : asImage(shape);
        Tensor sums = LevelContraction.folded(conv, codes, halo, w, powers, blocks, form.block(), true, y);
        float[] bias = form.bias();
        for (int i = 0; i < v.length; i++) {
            float real = sums.getFloat(i) + bias[channel(i, bias.length)];
            v[i] = real * form.multiplier();
        }
    }

    /** Rows of a matrix as images of one pixel. */
    private static Shape asImage(Shape matrix) {
        return Shape.of(matrix.elements() / matrix.extent(-1), matrix.extent(-1), 1, 1);
    }

    /** Weights as {@code [outputs, channels, rows, columns]}. */
    private Tensor matrix(Tensor weights) {
        if (weights.shape().rank() == 4) {
            return weights;
        }
        long outputs = weights.shape().extent(CodedForm.outputAxis(op));
        long depth = weights.shape().extent(CodedForm.inputAxis(op));
        Tensor result = Tensor.allocate(weights.type(), Shape.of(outputs, depth, 1, 1));
        boolean rows = CodedForm.outputAxis(op) == 0;
        for (long i = 0; i < result.elements(); i++) {
            result.setLong(i, weights.getLong(rows ? i : i % depth * outputs + i / depth));
        }
        return result;
    }

    /** The scales of the blocks as {@code [outputs, taps, blocks]}. */
    private Tensor blocks(Coded.Term term, Shape w) {
        Tensor scales = term.scales().values();
        long outputs = w.extent(0);
        long taps = w.elements(2, 4);
        long count = Math.ceilDiv(w.extent(1), (long) term.scales().block());
        boolean outputFirst = CodedForm.outputAxis(op) == 0;
        Tensor result = Tensor.allocate(ElementType.FLOAT32, Shape.of(outputs, taps, count));
        for (long output = 0; output < outputs; output++) {
            for (long tap = 0; tap < taps; tap++) {
                for (long block = 0; block < count; block++) {
                    long from = outputFirst ? (output * count + block) * taps + tap : block * outputs + output;
                    result.set((output * taps + tap) * count + block, scales.getFloat(from));
                }
            }
        }
        return result;
    }

    /** Writes codes and powers of two; returns the code of zero. */
    private long split(Quantizer held, Tensor codes, Tensor powers) {
        return switch (held) {
            case Quantizer.Uniform uniform -> {
                long least = Math.min(0, uniform.levels().low());
                for (long i = 0; i < codes.elements(); i++) {
                    codes.setLong(i, uniform.code(x.getFloat(i)) - least);
                    powers.set(i, 1);
                }
                yield uniform.zero() - least;
            }
            case Quantizer.BlockFloat block -> {
                Shape shape = codes.shape();
                long inner = shape.elements(2, 4);
                for (long i = 0; i < codes.elements(); i++) {
                    long channel = i / inner % shape.extent(1);
                    long first = i - channel % block.block() * inner;
                    long count = Math.min(block.block(), shape.extent(1) - (channel - channel % block.block()));
                    float largest = 0;
                    for (long k = 0; k < count; k++) {
                        largest = Math.max(largest, Math.abs(x.getFloat(first + k * inner)));
                    }
                    int exponent = block.exponent(largest);
                    codes.setLong(i, block.mantissa(x.getFloat(i), exponent));
                    powers.set(i, Math.scalb(1f, exponent));
                }
                yield 0;
            }
        };
    }
}
