// SPDX-License-Identifier: Apache-2.0
package dev.inlay.encoding;

import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Weights that share the numbers of buckets, the bucket of each and its sign being computed of where it lies, so that no
 * index is held: {@code W[i, j] = sign(i, j) * buckets[place(i, j)]}, i being the index along the first axis and j the
 * row-major index along the others. (Chen et al., "Compressing Neural Networks with the Hashing Trick", ICML 2015.)
 *
 * @param shape of rank 2 or 4
 * @param buckets FLOAT32, a vector of 1 to {@value Hash#PRIME} numbers
 */
public record Hashed(Shape shape, Tensor buckets) implements Encoded {
    /** What gives the bucket, modulo their number. */
    public static final Hash PLACE = new Hash(6_700_417, 10_368_889, 4_256_233);

    /** What gives the sign: even is plus. */
    public static final Hash SIGN = new Hash(11_930_465, 3_141_593, 7_654_321);

    /**
     * A hash that is linear modulo a prime: {@code (i * row + j * column + start) mod PRIME}.
     *
     * @param row 0 to the prime less 1
     * @param column likewise
     * @param start likewise
     */
    public record Hash(int row, int column, int start) {
        /** The greatest prime below 2^24: floats hold every number below it. */
        public static final int PRIME = 16_777_213;

        public int of(long i, long j) {
            return (int) ((i * row + j * column + start) % PRIME);
        }
    }

    public Hashed {
        if (shape.rank() != 2 && shape.rank() != 4) {
            throw new IllegalArgumentException("hashed weights: got shape " + shape + ", expected rank 2 or 4");
        }
        if (buckets.type() != ElementType.FLOAT32 || buckets.shape().rank() != 1) {
            throw new IllegalArgumentException("hashed weights: got buckets of " + buckets.type() + " "
                    + buckets.shape() + ", expected a vector of FLOAT32");
        }
        requireCount(buckets.elements());
    }

    /**
     * Checks a number of buckets.
     *
     * @return it
     */
    public static int requireCount(long count) {
        if (count < 1 || count > Hash.PRIME) {
            throw new IllegalArgumentException("buckets: got " + count + ", expected 1 to " + Hash.PRIME);
        }
        return (int) count;
    }

    /** The bucket of each weight, in row-major order. */
    public static int[] places(Shape shape, int count) {
        long columns = shape.elements(1, shape.rank());
        return IntStream.range(0, Math.toIntExact(shape.elements()))
                .map(i -> PLACE.of(i / columns, i % columns) % count)
                .toArray();
    }

    /** The sign of each weight, 1 or -1, likewise. */
    public static int[] signs(Shape shape) {
        long columns = shape.elements(1, shape.rank());
        return IntStream.range(0, Math.toIntExact(shape.elements()))
                .map(i -> 1 - 2 * (SIGN.of(i / columns, i % columns) % 2))
                .toArray();
    }

    /** How many buckets there are. */
    public int count() {
        return (int) buckets.elements();
    }

    @Override
    public Tensor decode() {
        Tensor result = Tensor.allocate(ElementType.FLOAT32, shape);
        int[] places = places(shape, count());
        int[] signs = signs(shape);
        for (int i = 0; i < places.length; i++) {
            result.set(i, signs[i] * buckets.getFloat(places[i]));
        }
        return result;
    }

    @Override
    public long bits() {
        return buckets.elements() * Float.SIZE;
    }

    /** {@inheritDoc} They can where all factors are one number. */
    @Override
    public Optional<Encoded> scaled(int axis, double[] factors) {
        return IntStream.range(1, factors.length).allMatch(i -> factors[i] == factors[0])
                ? Optional.of(new Hashed(shape, new Floats(buckets).multiplied(0, new double[] {factors[0]})))
                : Optional.empty();
    }

    /** {@inheritDoc} They cannot: rows and columns have hashes of their own. */
    @Override
    public Optional<Encoded> transposed(List<Integer> order) {
        return order.equals(IntStream.range(0, shape.rank()).boxed().toList()) ? Optional.of(this) : Optional.empty();
    }

    /** {@inheritDoc} They can where the first extent stays. */
    @Override
    public Optional<Encoded> reshaped(Shape to) {
        boolean same = (to.rank() == 2 || to.rank() == 4)
                && to.elements() == shape.elements()
                && to.extent(0) == shape.extent(0);
        return same ? Optional.of(new Hashed(to, buckets)) : Optional.empty();
    }
}
