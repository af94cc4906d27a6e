// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import dev.inlay.backend.reference.QuantizedContraction;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Window;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.Optional;
import java.util.Random;
import java.util.function.LongToIntFunction;

/**
 * One convolution of unsigned activations by signed weights, with all its data.
 *
 * @param name what is special about it
 * @param small whether a simulator gets it too
 * @param conv the operator; its epilogue is none
 * @param x UINT8 {@code [N, C, H, W]}
 * @param zero code of zero of x
 * @param weights INT8 {@code [M, C / groups, rows, columns]}
 * @param bias INT32 {@code [M]}
 * @param sums INT32 {@code [N, M, H', W']}, the bias included
 * @param multipliers FLOAT32 {@code [M]}: from a sum to steps of the output, or to its real value
 * @param yZero code of zero of the output
 * @param residual codes UINT8 and their multiplier, for a quantised output
 * @param realResidual FLOAT32, for a real output
 */
record QuantizedCase(
        String name,
        boolean small,
        Contraction.Conv conv,
        Tensor x,
        int zero,
        Tensor weights,
        Tensor bias,
        Tensor sums,
        Tensor multipliers,
        int yZero,
        QuantizedContraction.Residual residual,
        Tensor realResidual) {
    /** What the operands are made of. */
    enum Fill {
        RANDOM,
        /** Activations all 255; weights all -128 for an even output, all 127 for an odd one. */
        EXTREME,
        /** Weights 1 or -1 and a multiplier of a half, so that every other value lies between two codes. */
        TIES
    }

    static QuantizedCase of(
            String name, boolean small, Fill fill, Window window, int groups, Shape x, int m, int zero, int yZero) {
        Random random = new Random(name.hashCode());
        Shape y = Shape.of(
                x.extent(0), m, window.outputRows(x.extent(2), false), window.outputColumns(x.extent(3), false));
        Tensor codes = integers(ElementType.UINT8, x, i -> fill == Fill.EXTREME ? 255 : random.nextInt(256));
        Shape w = Shape.of(m, x.extent(1) / groups, window.rows(), window.columns());
        long each = w.elements() / m;
        Tensor weights = integers(ElementType.INT8, w, i -> switch (fill) {
            case RANDOM -> random.nextInt(256) - 128;
            case EXTREME -> i / each % 2 == 0 ? -128 : 127;
            case TIES -> random.nextBoolean() ? 1 : -1;
        });
        Tensor bias = integers(
                ElementType.INT32, Shape.of(m), i -> fill == Fill.RANDOM ? random.nextInt(20_001) - 10_000 : 0);
        Contraction.Conv conv = new Contraction.Conv(window, groups, Epilogue.NONE);
        Tensor sums = QuantizedContraction.sums(conv, codes, zero, weights, Optional.of(bias), y);
        long largest = 1;
        for (long i = 0; i < sums.elements(); i++) {
            largest = Math.max(largest, Math.abs(sums.getLong(i)));
        }
        // Random sums spread over some 150 codes on either side, so that some saturate.
        float step = fill == Fill.TIES ? 0.5f : 150f / largest;
        Tensor multipliers = Tensor.allocate(ElementType.FLOAT32, Shape.of(m));
        for (int i = 0; i < m; i++) {
            multipliers.set(i, fill == Fill.TIES ? step : step * (0.5f + 3 * random.nextFloat()));
        }
        QuantizedContraction.Residual residual = new QuantizedContraction.Residual(
                integers(ElementType.UINT8, y, i -> random.nextInt(256)), 0.37f, 255 - zero);
        Tensor real = Tensor.allocate(ElementType.FLOAT32, y);
        for (long i = 0; i < real.elements(); i++) {
            real.set(i, 100 * random.nextGaussian());
        }
        return new QuantizedCase(
                name, small, conv, codes, zero, weights, bias, sums, multipliers, yZero, residual, real);
    }

    private static Tensor integers(ElementType type, Shape shape, LongToIntFunction value) {
        Tensor tensor = Tensor.allocate(type, shape);
        for (long i = 0; i < tensor.elements(); i++) {
            tensor.setLong(i, value.applyAsInt(i));
        }
        return tensor;
    }

    /** UINT8 {@code [N, M, H', W']}. */
    Tensor expectedCodes(boolean added, boolean relu) {
        Tensor scaled = QuantizedContraction.scaled(
                conv, sums, multipliers.toFloats(), added ? Optional.of(residual) : Optional.empty());
        return QuantizedContraction.codes(scaled, yZero, relu ? yZero : 0);
    }

    /** FLOAT32 {@code [N, M, H', W']}. */
    Tensor expectedReals(boolean added, boolean relu) {
        Tensor scaled = QuantizedContraction.scaled(conv, sums, multipliers.toFloats(), Optional.empty());
        for (long i = 0; i < scaled.elements(); i++) {
            float value = scaled.getFloat(i);
            value = added ? value + realResidual.getFloat(i) : value;
            scaled.set(i, relu ? Math.max(value, 0) : value);
        }
        return scaled;
    }

    /**
     * The bias as the kernels take it: with {@code -zero} times the sum of the output's weights, so that neither the
     * zero point nor the halo filled with it needs a subtraction.
     */
    Tensor correctedBias() {
        Tensor corrected = Tensor.allocate(ElementType.INT32, bias.shape());
        long each = weights.elements() / bias.elements();
        for (long m = 0; m < bias.elements(); m++) {
            long sum = 0;
            for (long i = 0; i < each; i++) {
                sum += weights.getLong(m * each + i);
            }
            corrected.setLong(m, bias.getLong(m) - zero * sum);
        }
        return corrected;
    }

    @Override
    public String toString() {
        return name;
    }
}
