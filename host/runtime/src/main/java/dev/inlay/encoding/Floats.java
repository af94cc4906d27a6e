// SPDX-License-Identifier: Apache-2.0
package dev.inlay.encoding;

import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * Weights as they are, where something else than their numbers is held in fewer bits.
 *
 * @param tensor FLOAT32
 */
public record Floats(Tensor tensor) implements Encoded {
    public Floats {
        if (tensor.type() != ElementType.FLOAT32) {
            throw new IllegalArgumentException("weights: got " + tensor.type() + ", expected FLOAT32");
        }
    }

    @Override
    public Shape shape() {
        return tensor.shape();
    }

    @Override
    public Tensor decode() {
        return tensor;
    }

    @Override
    public long bits() {
        return tensor.elements() * Float.SIZE;
    }

    @Override
    public Optional<Encoded> scaled(int axis, double[] factors) {
        return Optional.of(new Floats(multiplied(axis, factors)));
    }

    /** The numbers, every index along an axis multiplied by one of its own and rounded once. */
    public Tensor multiplied(int axis, double[] factors) {
        Tensor product = Tensor.allocate(ElementType.FLOAT32, shape());
        long inner = shape().elements(axis + 1, shape().rank());
        for (long i = 0; i < product.elements(); i++) {
            product.set(i, tensor.getFloat(i) * factors[(int) (i / inner % factors.length)]);
        }
        return product;
    }

    @Override
    public Optional<Encoded> transposed(List<Integer> order) {
        return Optional.of(new Floats(Coded.transposed(tensor, order)));
    }

    @Override
    public Optional<Encoded> reshaped(Shape to) {
        return Optional.of(new Floats(tensor.reshaped(to)));
    }
}
