// SPDX-License-Identifier: Apache-2.0
package dev.inlay.encoding;

import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Weights held as codes: the sum of one or more terms, each a scale times the levels of its codes.
 *
 * @param shape of the weights
 * @param terms one for most methods; several for multi-base and residual binary and for trained ternary weights
 */
public record Coded(Shape shape, List<Term> terms) implements Encoded {
    public Coded {
        terms = List.copyOf(terms);
        if (terms.isEmpty()) {
            throw new IllegalArgumentException("encoded weights: got no terms, expected at least one");
        }
        for (Term term : terms) {
            if (!term.codes().shape().equals(shape)) {
                throw new IllegalArgumentException(
                        "encoded weights: got codes of shape " + term.codes().shape() + ", expected " + shape);
            }
        }
    }

    /**
     * One term.
     *
     * @param levels what its codes stand for
     * @param codes INT8 where every code fits, otherwise INT32
     * @param scales what the levels are multiplied by
     */
    public record Term(Levels levels, Tensor codes, Scales scales) {
        public Term {
            if (codes.type() != ElementType.INT8 && codes.type() != ElementType.INT32) {
                throw new IllegalArgumentException("codes: got type " + codes.type() + ", expected INT8 or INT32");
            }
            scales.requireFits(codes.shape());
            for (long i = 0; i < codes.elements(); i++) {
                long code = codes.getLong(i);
                if (code < levels.low() || code > levels.high()) {
                    throw new IllegalArgumentException(
                            "code " + i + ": got " + code + ", expected " + levels.low() + " to " + levels.high());
                }
            }
        }

        /** INT32 levels, where all are whole. */
        public Tensor integerLevels() {
            Tensor result = Tensor.allocate(ElementType.INT32, codes.shape());
            for (long i = 0; i < result.elements(); i++) {
                result.setLong(i, (long) levels.level((int) codes.getLong(i)));
            }
            return result;
        }

        /** {@code (float) (scale * level)}. */
        public float real(long index) {
            return (float) (levels.level((int) codes.getLong(index)) * scales.at(codes.shape(), index));
        }
    }

    /**
     * Scales of a term.
     *
     * @param values FLOAT32: one for all; or one for each index along {@code axis}; or, with a block, of the weights'
     *     rank and extents but for {@code axis}, which has one for each started block of {@code block} indices
     * @param axis of the weights; 0 where there is one scale
     * @param block indices along {@code axis} that share a scale; 0 where scales are not blocked
     */
    public record Scales(Tensor values, int axis, int block) {
        public Scales {
            if (values.type() != ElementType.FLOAT32) {
                throw new IllegalArgumentException("scales: got type " + values.type() + ", expected FLOAT32");
            }
        }

        public static Scales of(float scale) {
            return new Scales(Tensor.of(Shape.SCALAR, scale), 0, 0);
        }

        public boolean isOne() {
            return block == 0 && values.elements() == 1;
        }

        public boolean isBlocked() {
            return block > 0;
        }

        /**
         * @throws IllegalArgumentException if there are not as many scales as weights of this shape need
         */
        public void requireFits(Shape shape) {
            boolean fits;
            if (isBlocked()) {
                long[] expected = shape.toArray();
                if (axis >= 0 && axis < expected.length) {
                    expected[axis] = Math.ceilDiv(expected[axis], (long) block);
                }
                fits = values.shape().equals(Shape.of(expected));
            } else {
                fits = isOne() || (axis >= 0 && axis < shape.rank() && values.elements() == shape.extent(axis));
            }
            if (!fits) {
                throw new IllegalArgumentException("scales: got shape " + values.shape() + " along axis " + axis
                        + " in blocks of " + block + ", expected one, or such as fit weights of " + shape);
            }
        }

        private Optional<Scales> times(int along, double[] factors) {
            if (!isOne() && !isBlocked() && axis != along) {
                return Optional.empty();
            }
            Shape extents = isBlocked() ? values.shape() : Shape.of(factors.length);
            if (isBlocked() && axis == along) {
                return Optional.empty();
            }
            long inner = isBlocked() ? extents.elements(along + 1, extents.rank()) : 1;
            Tensor changed = Tensor.allocate(ElementType.FLOAT32, extents);
            for (long i = 0; i < changed.elements(); i++) {
                double factor = factors[(int) (i / inner % factors.length)];
                changed.set(i, values.getFloat(isOne() ? 0 : i) * factor);
            }
            return Optional.of(new Scales(changed, isBlocked() ? axis : along, block));
        }

        /** The scale of the element at a row-major index of weights of a shape. */
        public float at(Shape shape, long index) {
            return values.getFloat(place(shape, index));
        }

        /** The row-major index, among the scales, of the one for an element. */
        public long place(Shape shape, long index) {
            if (isOne()) {
                return 0;
            }
            long inner = shape.elements(axis + 1, shape.rank());
            long along = index / inner % shape.extent(axis);
            if (!isBlocked()) {
                return along;
            }
            long outer = index / inner / shape.extent(axis);
            long blocks = Math.ceilDiv(shape.extent(axis), (long) block);
            return (outer * blocks + along / block) * inner + index % inner;
        }

        /** The scales of weights whose axes are put into another order. */
        private Scales transposed(List<Integer> order) {
            Tensor moved = isBlocked() ? Coded.transposed(values, order) : values;
            return isOne() ? this : new Scales(moved, order.indexOf(axis), block);
        }

        /** The scales of weights of another shape; empty where they lie along an axis that the shape lacks. */
        private Optional<Scales> reshaped(Shape from, Shape to) {
            if (isOne()) {
                return Optional.of(this);
            }
            long outer = from.elements(0, axis);
            for (int other = 0; other < to.rank(); other++) {
                if (to.elements(0, other) == outer && to.extent(other) == from.extent(axis)) {
                    long[] extents = to.toArray();
                    extents[other] = Math.ceilDiv(extents[other], (long) Math.max(1, block));
                    return Optional.of(
                            new Scales(isBlocked() ? values.reshaped(Shape.of(extents)) : values, other, block));
                }
            }
            return Optional.empty();
        }
    }

    @Override
    public Optional<Coded> codes() {
        return Optional.of(this);
    }

    /** {@inheritDoc} Terms are added in their order, each sum rounded to float. */
    @Override
    public Tensor decode() {
        Tensor result = Tensor.allocate(ElementType.FLOAT32, shape);
        for (long i = 0; i < result.elements(); i++) {
            float sum = terms.getFirst().real(i);
            for (Term term : terms.subList(1, terms.size())) {
                sum += term.real(i);
            }
            result.data().setAtIndex(ValueLayout.JAVA_FLOAT, i, sum);
        }
        return result;
    }

    /** {@inheritDoc} They cannot where the scales of a term lie along another axis. */
    @Override
    public Optional<Encoded> scaled(int axis, double[] factors) {
        List<Term> changed = new ArrayList<>();
        for (Term term : terms) {
            Optional<Scales> scales = term.scales().times(axis, factors);
            if (scales.isEmpty()) {
                return Optional.empty();
            }
            changed.add(new Term(term.levels(), term.codes(), scales.get()));
        }
        return Optional.of(new Coded(shape, changed));
    }

    @Override
    public Optional<Encoded> transposed(List<Integer> order) {
        List<Term> moved = terms.stream()
                .map(term -> new Term(
                        term.levels(),
                        transposed(term.codes(), order),
                        term.scales().transposed(order)))
                .toList();
        return Optional.of(new Coded(moved.getFirst().codes().shape(), moved));
    }

    static Tensor transposed(Tensor tensor, List<Integer> order) {
        Shape to = Shape.of(order.stream().mapToLong(tensor.shape()::extent).toArray());
        long[] strides = tensor.shape().strides();
        Tensor result = Tensor.allocate(tensor.type(), to);
        long bytes = tensor.type().bytes();
        for (long i = 0; i < result.elements(); i++) {
            long source = 0;
            long rest = i;
            for (int axis = to.rank() - 1; axis >= 0; axis--) {
                source += rest % to.extent(axis) * strides[order.get(axis)];
                rest /= to.extent(axis);
            }
            MemorySegment.copy(tensor.data(), source * bytes, result.data(), i * bytes, bytes);
        }
        return result;
    }

    /** {@inheritDoc} They cannot where the scales of a term lie along an axis that it lacks. */
    @Override
    public Optional<Encoded> reshaped(Shape to) {
        List<Term> changed = new ArrayList<>();
        for (Term term : terms) {
            Optional<Scales> scales = term.scales().reshaped(shape, to);
            if (scales.isEmpty()) {
                return Optional.empty();
            }
            changed.add(new Term(term.levels(), term.codes().reshaped(to), scales.get()));
        }
        return Optional.of(new Coded(to, changed));
    }

    @Override
    public long bits() {
        return terms.stream()
                .mapToLong(term -> term.codes().elements() * term.levels().bits()
                        + term.levels().ownBits()
                        + term.scales().values().elements() * Float.SIZE)
                .sum();
    }
}
