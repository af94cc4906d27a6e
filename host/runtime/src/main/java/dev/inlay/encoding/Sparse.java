// SPDX-License-Identifier: Apache-2.0
package dev.inlay.encoding;

import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * Weights that are zero but for some, which are held with the lengths of the runs of zeros before them. A run of 4 bits
 * is up to {@value #LONGEST} zeros long; a longer one has a zero of its own held in between. Source: Han et al., "EIE:
 * Efficient Inference Engine on Compressed Deep Neural Network", ISCA 2016.
 *
 * @param of the weights with their zeros
 */
public record Sparse(Encoded of) implements Encoded {
    /** The longest run of zeros before a number. */
    public static final int LONGEST = 15;

    /** Bits of the length of a run. */
    public static final int RUN_BITS = 4;

    public Sparse {
        if (!(of instanceof Floats) && !(of instanceof Coded)) {
            throw new IllegalArgumentException(
                    "sparse weights: got " + of.getClass().getSimpleName() + ", expected floats or codes");
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

    /** Row-major indices of the numbers that are held, zeros between long runs among them. */
    public long[] held() {
        Tensor numbers = decode();
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

    /** Zeros before each number that is held. */
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
                numbers.set(i, floats.getFloat(held[i]));
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
            codes.setLong(i, term.codes().getLong(held[i]));
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
        long count = held().length;
        long numbers = of.bits();
        long each = codes().map(coded -> coded.terms().stream()
                        .mapToLong(term -> term.levels().bits())
                        .sum())
                .orElse((long) Float.SIZE);
        return numbers - each * shape().elements() + count * (each + RUN_BITS);
    }

    @Override
    public Optional<Encoded> scaled(int axis, double[] factors) {
        return of.scaled(axis, factors).map(Sparse::new);
    }

    @Override
    public Optional<Encoded> transposed(List<Integer> order) {
        return of.transposed(order).map(Sparse::new);
    }

    @Override
    public Optional<Encoded> reshaped(Shape to) {
        return of.reshaped(to).map(Sparse::new);
    }
}
