// SPDX-License-Identifier: Apache-2.0
package dev.inlay.encoding;

import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Weights cut into square blocks of output by input channels, each circulant: one vector w of a block's length gives
 * all of it, {@code block[r][c] = w[(r - c) mod length]}. Every tap of a window has blocks of its own. Channels that are
 * no multiple of the length are filled up with such as do not exist. (Ding et al., "CirCNN: Accelerating and compressing
 * deep neural networks using block-circulant weight matrices", MICRO 2017.)
 *
 * @param shape of a matrix, or of a convolution {@code [outputs, inputs, rows, columns]}
 * @param outputAxis the axis of the output channels: 0, or of a matrix also 1
 * @param vectors of the blocks
 */
public record BlockCirculant(Shape shape, int outputAxis, Vectors vectors) implements Encoded {
    /** The shortest vector. */
    public static final int LEAST_BLOCK = 4;

    /** The longest vector. */
    public static final int MOST_BLOCK = 64;

    public BlockCirculant {
        boolean matrix = shape.rank() == 2 && (outputAxis == 0 || outputAxis == 1);
        if (!matrix && (shape.rank() != 4 || outputAxis != 0)) {
            throw new IllegalArgumentException(
                    "block-circulant weights: got shape " + shape + " with outputs along axis " + outputAxis
                            + ", expected rank 2 with axis 0 or 1, or rank 4 with axis 0");
        }
        Shape held = vectors.shape();
        requireBlock(held.rank() == 4 ? held.extent(3) : 0);
        Shape expected = vectorsOf(shape, outputAxis, held.size(3));
        if (!held.equals(expected)) {
            throw new IllegalArgumentException("block-circulant weights: got vectors of shape " + held + ", expected "
                    + expected + " for " + shape);
        }
    }

    /**
     * Checks the length of vectors.
     *
     * @return it
     */
    public static int requireBlock(long block) {
        if (block < LEAST_BLOCK || block > MOST_BLOCK || Long.bitCount(block) != 1) {
            throw new IllegalArgumentException(
                    "block: got " + block + ", expected a power of two from " + LEAST_BLOCK + " to " + MOST_BLOCK);
        }
        return (int) block;
    }

    /** The shape of the vectors of weights: {@code [blocks of outputs, blocks of inputs, taps, block]}. */
    public static Shape vectorsOf(Shape weights, int outputAxis, int block) {
        return Shape.of(
                Math.ceilDiv(weights.extent(outputAxis), (long) block),
                Math.ceilDiv(weights.extent(1 - outputAxis), (long) block),
                weights.elements(2, weights.rank()),
                block);
    }

    /** The numbers of all blocks, {@code [blocks of outputs, blocks of inputs, taps, block]}. */
    public sealed interface Vectors {
        Shape shape();

        /** The numbers as FLOAT32. */
        Tensor decode();

        long bits();

        /** The same with every index along an axis multiplied by a number of its own; empty where they cannot be. */
        Optional<Vectors> scaled(int axis, double[] factors);
    }

    /** Vectors of FLOAT32. */
    public record Floats(Tensor values) implements Vectors {
        public Floats {
            if (values.type() != ElementType.FLOAT32) {
                throw new IllegalArgumentException("vectors: got type " + values.type() + ", expected FLOAT32");
            }
        }

        @Override
        public Shape shape() {
            return values.shape();
        }

        @Override
        public Tensor decode() {
            return values;
        }

        @Override
        public long bits() {
            return values.elements() * Float.SIZE;
        }

        @Override
        public Optional<Vectors> scaled(int axis, double[] factors) {
            long inner = shape().elements(axis + 1, shape().rank());
            Tensor changed = Tensor.allocate(ElementType.FLOAT32, shape());
            for (long i = 0; i < changed.elements(); i++) {
                changed.set(i, values.getFloat(i) * factors[(int) (i / inner % factors.length)]);
            }
            return Optional.of(new Floats(changed));
        }
    }

    /** Vectors held as codes. */
    public record Codes(Coded codes) implements Vectors {
        @Override
        public Shape shape() {
            return codes.shape();
        }

        @Override
        public Tensor decode() {
            return codes.decode();
        }

        @Override
        public long bits() {
            return codes.bits();
        }

        @Override
        public Optional<Vectors> scaled(int axis, double[] factors) {
            return codes.scaled(axis, factors).map(changed -> new Codes((Coded) changed));
        }
    }

    /** The axis of the input channels. */
    public int inputAxis() {
        return 1 - outputAxis;
    }

    /** The length of a vector, and of either side of a block. */
    public int block() {
        return vectors.shape().size(3);
    }

    /** Blocks along the output channels. */
    public int outputBlocks() {
        return vectors.shape().size(0);
    }

    /** Blocks along the input channels. */
    public int inputBlocks() {
        return vectors.shape().size(1);
    }

    /** Taps of the window; 1 of a matrix. */
    public int taps() {
        return vectors.shape().size(2);
    }

    /** The place of the number among the vectors that a weight is. */
    public static long place(Shape vectors, int output, int input, int tap) {
        int block = vectors.size(3);
        long vector = ((long) (output / block) * vectors.extent(1) + input / block) * vectors.extent(2) + tap;
        return vector * block + Math.floorMod(output - input, block);
    }

    @Override
    public Tensor decode() {
        Tensor numbers = vectors.decode();
        Tensor result = Tensor.allocate(ElementType.FLOAT32, shape);
        int taps = taps();
        int second = shape.size(1);
        for (long i = 0; i < result.elements(); i++) {
            int row = (int) (i / taps / second);
            int column = (int) (i / taps % second);
            long place = place(
                    vectors.shape(), outputAxis == 0 ? row : column, outputAxis == 0 ? column : row, (int) (i % taps));
            result.set(i, numbers.getFloat(place));
        }
        return result;
    }

    @Override
    public long bits() {
        return vectors.bits();
    }

    /** {@inheritDoc} They can along the channels, where all of a block have one factor. */
    @Override
    public Optional<Encoded> scaled(int axis, double[] factors) {
        boolean alike =
                axis < 2 && IntStream.range(0, factors.length).allMatch(i -> factors[i] == factors[i - i % block()]);
        if (!alike) {
            return Optional.empty();
        }
        double[] ofBlocks = IntStream.iterate(0, i -> i < factors.length, i -> i + block())
                .mapToDouble(i -> factors[i])
                .toArray();
        return vectors.scaled(axis == outputAxis ? 0 : 1, ofBlocks)
                .map(changed -> new BlockCirculant(shape, outputAxis, changed));
    }

    /** {@inheritDoc} A matrix can. */
    @Override
    public Optional<Encoded> transposed(List<Integer> order) {
        if (order.equals(IntStream.range(0, shape.rank()).boxed().toList())) {
            return Optional.of(this);
        }
        return shape.rank() != 2
                ? Optional.empty()
                : Optional.of(new BlockCirculant(Shape.of(shape.extent(1), shape.extent(0)), inputAxis(), vectors));
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
        return same || to.equals(shape) ? Optional.of(new BlockCirculant(to, outputAxis, vectors)) : Optional.empty();
    }
}
