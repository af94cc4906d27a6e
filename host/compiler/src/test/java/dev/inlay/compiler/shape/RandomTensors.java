// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.shape;

import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.Random;

/** Tensors of normally distributed numbers, in the order of a seed. */
final class RandomTensors {
    private final Random random;

    RandomTensors(long seed) {
        this.random = new Random(seed);
    }

    Tensor next(long... extents) {
        return next(Shape.of(extents));
    }

    Tensor next(Shape shape) {
        float[] values = new float[Math.toIntExact(shape.elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.of(shape, values);
    }

    /** The largest absolute difference. */
    static double distance(Tensor one, Tensor other) {
        double most = 0;
        for (long i = 0; i < one.elements(); i++) {
            most = Math.max(most, Math.abs(one.getDouble(i) - other.getDouble(i)));
        }
        return one.shape().equals(other.shape()) ? most : Double.POSITIVE_INFINITY;
    }
}
