// SPDX-License-Identifier: Apache-2.0
package dev.inlay.encoding;

import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * Weights that are zero but for some, which are held with their places: where N of M neighbours are held, with the place
 * of each in its group; else with the lengths of the runs of zeros before them. A run of 4 bits is up to
 * {@value #LONGEST} zeros long; a longer one has a zero of its own held in between. Source: Han et al., "EIE: Efficient
 * Inference Engine on Compressed Deep Neural Network", ISCA 2016.
 *
 * @param of the weights with their zeros
 * @param groups of which N of M are held; empty where runs of zeros are
 */
public record Sparse(Encoded of, Optional<Groups> groups) implements Encoded {
    /** The longest run of zeros before a number. */
    public static final int LONGEST = 15;

    /** Bits of the length of a run. */
    public static final int RUN_BITS = 4;

    public Sparse {
        if (!(of instanceof Floats) && !(of instanceof Coded)) {
            throw new IllegalArgumentException(
                    "sparse weights: got " + of.getClass().getSimpleName() + ", expected floats or codes");
        }
        groups.ifPresent(each -> each.places(of.decode()));
    }

    /** Weights held with runs of zeros. */
    public Sparse(Encoded of) {
        this(of, Optional.empty());
    }

    /**
     * Groups of neighbours of which as many are held in each.
     *
     * @param pattern N of M
     * @param axis along which they are neighbours
     */
    public record Groups(NofM pattern, int axis) {
        /**
         * The shape of what is held.
         *
         * @return {@code [indices before the axis, groups, n, indices behind the axis]}
         */
        public Shape held(Shape weights) {
            return Shape.of(
                    weights.elements(0, axis),
                    Math.ceilDiv(weights.extent(axis), (long) pattern.m()),
                    pattern.n(),
                    weights.elements(axis + 1, weights.rank()));
        }

        /**
         * The places in their groups of the numbers that are held, in rising order within a group; groups with fewer than N
         * hold zeros too, the last one behind the end of the axis where it is short.
         *
         * @return INT8 of the shape of what is held
         * @throws IllegalArgumentException if more than N of a group are not zero
         */
        public Tensor places(Tensor numbers) {
            Shape held = held(numbers.shape());
            Tensor places = Tensor.allocate(ElementType.INT8, held);
            long inner = held.extent(3);
            for (long group = 0; group < held.elements() / pattern.n(); group++) {
                BitSet kept = new BitSet(pattern.m());
                for (int place = 0; place < pattern.m(); place++) {
                    long at = index(numbers.shape(), group, place);
                    kept.set(place, at >= 0 && numbers.getFloat(at) != 0);
                }
                if (kept.cardinality() > pattern.n()) {
                    throw new IllegalArgumentException("sparse weights: got " + kept.cardinality() + " of "
                            + pattern.m() + " that are not zero, expected " + pattern);
                }
                while (kept.cardinality() < pattern.n()) {
                    kept.set(kept.nextClearBit(0));
                }
                long to = group / inner * pattern.n() * inner + group % inner;
                for (int place = kept.nextSetBit(0); place >= 0; place = kept.nextSetBit(place + 1)) {
                    places.setLong(to, place);
                    to += inner;
                }
            }
            return places;
        }

        /** The row-major index of a place of a group; -1 behind the end of the axis. */
        private long index(Shape shape, long group, long place) {
            Shape held = held(shape);
            long inner = held.extent(3);
            long channel = group / inner % held.extent(1) * pattern.m() + place;
            long outer = group / inner / held.extent(1);
            return channel < shape.extent(axis) ? (outer * shape.extent(axis) + channel) * inner + group % inner : -1;
        }

        /** Row-major indices of the numbers that are held; -1 for what lies behind the end of the axis. */
        public long[] indices(Tensor places, Shape shape) {
            long[] indices = new long[Math.toIntExact(places.elements())];
            long inner = places.shape().extent(3);
            for (int i = 0; i < indices.length; i++) {
                long group = i / (pattern.n() * inner) * inner + i % inner;
                indices[i] = index(shape, group, places.getLong(i));
            }
            return indices;
        }
    }

    @Override
    public Optional<Coded> codes() {
        return of.codes();
    }

    @Override
    public Shape shape() {
        return of.shape();
    }

    @Override
    public Tensor decode() {
        return of.decode();
    }

    /**
     * Row-major indices of the numbers that are held, zeros between long runs and those that fill up groups among them; -1
     * for what lies behind the end of the axis of groups.
     */
    public long[] held() {
        Tensor numbers = decode();
        if (groups.isPresent()) {
            return groups.get().indices(groups.get().places(numbers), shape());
        }
        LongStream.Builder held = LongStream.builder();
        long last = -1;
        for (long i = 0; i < numbers.elements(); i++) {
            if (numbers.getFloat(i) != 0 || i - last > LONGEST) {
                held.add(i);
                last = i;
            }
        }
        return held.build().toArray();
    }

    /** Zeros before each number that is held; of weights that are not held in groups. */
    public int[] runs() {
        long[] held = held();
        int[] runs = new int[held.length];
        long last = -1;
        for (int i = 0; i < runs.length; i++) {
            runs[i] = (int) (held[i] - last - 1);
            last = held[i];
        }
        return runs;
    }

    /** The numbers that are held, a vector; empty where their scales do not let them be told apart from the others. */
    public Optional<Encoded> numbers() {
        long[] held = held();
        Shape shape = Shape.of(held.length);
        if (codes().isEmpty()) {
            Tensor floats = decode();
            Tensor numbers = Tensor.allocate(ElementType.FLOAT32, shape);
            for (int i = 0; i < held.length; i++) {
                numbers.set(i, held[i] < 0 ? 0 : floats.getFloat(held[i]));
            }
            return Optional.of(new Floats(numbers));
        }
        List<Coded.Term> terms = codes().get().terms();
        Coded.Term term = terms.getFirst();
        Levels levels = term.levels();
        if (terms.size() > 1 || !term.scales().isOne() || levels.level(levels.nearest(0)) != 0) {
            return Optional.empty();
        }
        Tensor codes = Tensor.allocate(term.codes().type(), shape);
        for (int i = 0; i < held.length; i++) {
            codes.setLong(i, held[i] < 0 ? levels.nearest(0) : term.codes().getLong(held[i]));
        }
        return Optional.of(new Coded(shape, List.of(new Coded.Term(levels, codes, term.scales()))));
    }

    /** The share of weights that are not zero, 0 to 1. */
    @Override
    public double density() {
        return Occupancy.share(decode());
    }

    @Override
    public long bits() {
        long count = groups.map(each -> each.held(shape()).elements()).orElseGet(() -> (long) held().length);
        int place = groups.map(each -> each.pattern().codeBits()).orElse(RUN_BITS);
        long numbers = of.bits();
        long each = codes().map(coded -> coded.terms().stream()
                        .mapToLong(term -> term.levels().bits())
                        .sum())
                .orElse((long) Float.SIZE);
        return numbers - each * shape().elements() + count * (each + place);
    }

    @Override
    public Optional<Encoded> scaled(int axis, double[] factors) {
        return of.scaled(axis, factors).map(scaled -> new Sparse(scaled, groups));
    }

    @Override
    public Optional<Encoded> transposed(List<Integer> order) {
        return of.transposed(order)
                .map(moved ->
                        new Sparse(moved, groups.map(each -> new Groups(each.pattern(), order.indexOf(each.axis())))));
    }

    @Override
    public Optional<Encoded> reshaped(Shape to) {
        return of.reshaped(to).map(moved -> new Sparse(moved, groups.flatMap(each -> reshaped(each, to))));
    }

    private Optional<Groups> reshaped(Groups from, Shape to) {
        Shape shape = shape();
        for (int axis = 0; axis < to.rank(); axis++) {
            if (to.elements(0, axis) == shape.elements(0, from.axis())
                    && to.extent(axis) == shape.extent(from.axis())) {
                return Optional.of(new Groups(from.pattern(), axis));
            }
        }
        return Optional.empty();
    }
}
