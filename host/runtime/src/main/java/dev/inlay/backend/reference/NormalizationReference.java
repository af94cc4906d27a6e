// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.reference;

import dev.inlay.graph.Normalization;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;

/** Normalisations of FLOAT32, in double and rounded once. */
final class NormalizationReference {
    private NormalizationReference() {}

    static Tensor evaluate(Normalization normalization, Operands inputs) {
        Tensor x = inputs.at(0, ElementType.FLOAT32);
        Tensor result = Tensor.allocate(x.type(), x.shape());
        switch (normalization) {
            case Normalization.BatchNormalization batch -> batch(batch, x, inputs, result);
            case Normalization.Lrn lrn -> lrn(lrn, x, result);
            case Normalization.Softmax softmax -> softmax(softmax, x, result);
        }
        return result;
    }

    private static void batch(Normalization.BatchNormalization batch, Tensor x, Operands inputs, Tensor result) {
        Tensor scale = inputs.at(1, ElementType.FLOAT32);
        Tensor bias = inputs.at(2, ElementType.FLOAT32);
        Tensor mean = inputs.at(3, ElementType.FLOAT32);
        Tensor variance = inputs.at(4, ElementType.FLOAT32);
        long channels = x.shape().extent(1);
        long inner = x.shape().elements(2, x.shape().rank());
        for (long plane = 0; plane < x.shape().extent(0) * channels; plane++) {
            long c = plane % channels;
            double factor = scale.getDouble(c) / Math.sqrt(variance.getDouble(c) + batch.epsilon());
            double centre = mean.getDouble(c);
            double shift = bias.getDouble(c);
            for (long i = plane * inner; i < (plane + 1) * inner; i++) {
                result.set(i, (x.getDouble(i) - centre) * factor + shift);
            }
        }
    }

    private static void lrn(Normalization.Lrn lrn, Tensor x, Tensor result) {
        Shape shape = x.shape();
        int channels = shape.size(1);
        long inner = shape.elements(2, shape.rank());
        int before = (lrn.size() - 1) / 2;
        int after = lrn.size() - 1 - before;
        for (long image = 0; image < shape.extent(0); image++) {
            long base = image * channels * inner;
            for (int c = 0; c < channels; c++) {
                int first = Math.max(0, c - before);
                int last = Math.min(channels - 1, c + after);
                for (long i = 0; i < inner; i++) {
                    double squares = 0;
                    for (int near = first; near <= last; near++) {
                        double value = x.getDouble(base + near * inner + i);
                        squares += value * value;
                    }
                    double divisor = Math.pow(lrn.bias() + (double) lrn.alpha() / lrn.size() * squares, lrn.beta());
                    long at = base + c * inner + i;
                    result.set(at, x.getDouble(at) / divisor);
                }
            }
        }
    }

    private static void softmax(Normalization.Softmax softmax, Tensor x, Tensor result) {
        Shape shape = x.shape();
        int axis = shape.normalise(softmax.axis());
        long outer = shape.elements(0, axis);
        long count = softmax.flattened() ? shape.elements(axis, shape.rank()) : shape.extent(axis);
        long stride = softmax.flattened() ? 1 : shape.elements(axis + 1, shape.rank());
        for (long block = 0; block < outer; block++) {
            for (long lane = 0; lane < stride; lane++) {
                softmax(softmax.logarithm(), x, block * count * stride + lane, count, stride, result);
            }
        }
    }

    private static void softmax(boolean logarithm, Tensor x, long first, long count, long stride, Tensor result) {
        double largest = Double.NEGATIVE_INFINITY;
        for (long i = 0; i < count; i++) {
            largest = Math.max(largest, x.getDouble(first + i * stride));
        }
        double sum = 0;
        for (long i = 0; i < count; i++) {
            sum += Math.exp(x.getDouble(first + i * stride) - largest);
        }
        double offset = Math.log(sum);
        for (long i = 0; i < count; i++) {
            long at = first + i * stride;
            double above = x.getDouble(at) - largest;
            result.set(at, logarithm ? above - offset : Math.exp(above) / sum);
        }
    }
}
