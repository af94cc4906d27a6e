// SPDX-License-Identifier: Apache-2.0
package dev.inlay.encoding;

import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Weights by product quantisation: the input channels are cut into blocks, and what an output channel has of a block, at
 * one tap of the window, is one of the block's centroids. Input channels that are no multiple of a block's length are
 * filled up with such as do not exist. (Jégou et al., "Product Quantization for Nearest Neighbor Search", PAMI 2011; Wu et
 * al., "Quantized Convolutional Neural Networks for Mobile Devices", CVPR 2016.)
 *
 * @param shape of a matrix, or of a convolution {@code [outputs, inputs, rows, columns]}
 * @param outputAxis the axis of the output channels: 0, or of a matrix also 1
 * @param centroids FLOAT32 {@code [blocks, centroids, length]}: 2 to 256 centroids of 2 to 16 numbers
 * @param places UINT8 {@code [blocks, taps, outputs]}: which centroid
 */
public record Product(Shape shape, int outputAxis, Tensor centroids, Tensor places) implements Encoded {
    /** The fewest centroids of a block, and the shortest block. */
    public static final int LEAST = 2;

    /** The most centroids of a block. */
    public static final int MOST_CENTROIDS = 256;

    /** The longest block. */
    public static final int LONGEST = 16;

    public Product {
        boolean matrix = shape.rank() == 2 && (outputAxis == 0 || outputAxis == 1);
        if (!matrix && (shape.rank() != 4 || outputAxis != 0)) {
            throw new IllegalArgumentException("product weights: got shape " + shape + " with outputs along axis "
                    + outputAxis + ", expected rank 2 with axis 0 or 1, or rank 4 with axis 0");
        }
        if (centroids.type() != ElementType.FLOAT32 || centroids.shape().rank() != 3) {
            throw new IllegalArgumentException("product weights: got centroids of " + centroids.type() + " "
                    + centroids.shape() + ", expected FLOAT32 of rank 3");
        }
        requireCentroids(centroids.shape().extent(1));
        requireLength(centroids.shape().extent(2));
        long blocks =
                Math.ceilDiv(shape.extent(1 - outputAxis), centroids.shape().extent(2));
        Shape expected = placesOf(shape, outputAxis, centroids.shape().size(2));
        if (centroids.shape().extent(0) != blocks
                || places.type() != ElementType.UINT8
                || !places.shape().equals(expected)) {
            throw new IllegalArgumentException("product weights: got centroids of " + centroids.shape()
                    + " and codes of "
                    + places.type() + " " + places.shape() + ", expected " + blocks + " blocks and codes of UINT8 "
                    + expected + " for " + shape);
        }
        for (long i = 0; i < places.elements(); i++) {
            if (places.getLong(i) >= centroids.shape().extent(1)) {
                throw new IllegalArgumentException("product weights: got the code " + places.getLong(i)
                        + ", expected 0 to " + (centroids.shape().extent(1) - 1));
            }
        }
    }

    /**
     * Checks a number of centroids.
     *
     * @return it
     */
    public static int requireCentroids(long centroids) {
        return require("centroids", centroids, MOST_CENTROIDS);
    }

    /**
     * Checks the length of blocks.
     *
     * @return it
     */
    public static int requireLength(long length) {
        return require("length", length, LONGEST);
    }

    private static int require(String what, long value, int most) {
        if (value < LEAST || value > most) {
            throw new IllegalArgumentException(what + ": got " + value + ", expected " + LEAST + " to " + most);
        }
        return (int) value;
    }

    /** The shape of the places of weights. */
    public static Shape placesOf(Shape weights, int outputAxis, int length) {
        return Shape.of(
                Math.ceilDiv(weights.extent(1 - outputAxis), (long) length),
                weights.elements(2, weights.rank()),
                weights.extent(outputAxis));
    }

    /** The axis of the input channels. */
    public int inputAxis() {
        return 1 - outputAxis;
    }

    public int blocks() {
        return places.shape().size(0);
    }

    /** Taps of the window; 1 of a matrix. */
    public int taps() {
        return places.shape().size(1);
    }

    public int outputs() {
        return places.shape().size(2);
    }

    /** Centroids of a block. */
    public int count() {
        return centroids.shape().size(1);
    }

    /** Input channels of a block. */
    public int length() {
        return centroids.shape().size(2);
    }

    /** The levels of places, for those that say how many bits they are. */
    public Levels.Integers levels() {
        return new Levels.Integers(0, count() - 1);
    }

    @Override
    public Tensor decode() {
        Tensor result = Tensor.allocate(ElementType.FLOAT32, shape);
        int taps = taps();
        int second = shape.size(1);
        for (long i = 0; i < result.elements(); i++) {
            long row = i / taps / second;
            long column = i / taps % second;
            long output = outputAxis == 0 ? row : column;
            long input = outputAxis == 0 ? column : row;
            long block = input / length();
            long code = places.getLong((block * taps + i % taps) * outputs() + output);
            result.set(i, centroids.getFloat((block * count() + code) * length() + input % length()));
        }
        return result;
    }

    @Override
    public long bits() {
        return centroids.elements() * Float.SIZE + places.elements() * levels().bits();
    }

    /** {@inheritDoc} They can along the input channels, and where all factors are one number. */
    @Override
    public Optional<Encoded> scaled(int axis, double[] factors) {
        boolean alike = IntStream.range(1, factors.length).allMatch(i -> factors[i] == factors[0]);
        if (!alike && axis != inputAxis()) {
            return Optional.empty();
        }
        Tensor changed = Tensor.allocate(ElementType.FLOAT32, centroids.shape());
        for (long i = 0; i < changed.elements(); i++) {
            long input = i / length() / count() * length() + i % length();
            double factor = alike ? factors[0] : input < factors.length ? factors[(int) input] : 1;
            changed.set(i, centroids.getFloat(i) * factor);
        }
        return Optional.of(new Product(shape, outputAxis, changed, places));
    }

    /** {@inheritDoc} A matrix can. */
    @Override
    public Optional<Encoded> transposed(List<Integer> order) {
        if (order.equals(IntStream.range(0, shape.rank()).boxed().toList())) {
            return Optional.of(this);
        }
        return shape.rank() != 2
                ? Optional.empty()
                : Optional.of(new Product(Shape.of(shape.extent(1), shape.extent(0)), inputAxis(), centroids, places));
    }

    /** {@inheritDoc} A matrix {@code [outputs, inputs]} can be a convolution of one tap, and that a matrix. */
    @Override
    public Optional<Encoded> reshaped(Shape to) {
        boolean same = outputAxis == 0
                && taps() == 1
                && (to.rank() == 2 || to.rank() == 4)
                && to.elements() == shape.elements()
                && to.extent(0) == shape.extent(0)
                && to.extent(1) == shape.extent(1);
        return same || to.equals(shape)
                ? Optional.of(new Product(to, outputAxis, centroids, places))
                : Optional.empty();
    }
}
