// SPDX-License-Identifier: Apache-2.0
package dev.inlay.encoding;

import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * Weights whose codes, and whose runs of zeros, are in a {@link Huffman} code on disk, each where that takes fewer bits.
 * A device has them as it has the weights themselves.
 *
 * @param of codes, or sparse weights
 */
public record HuffmanCoded(Encoded of) implements Encoded {
    public HuffmanCoded {
        if (!(of instanceof Sparse) && !(of instanceof Coded)) {
            throw new IllegalArgumentException("weights in a Huffman code: got "
                    + of.getClass().getSimpleName() + ", expected codes or sparse weights");
        }
    }

    /** The symbols of a term's codes, in row-major order: each less the least code. */
    public static int[] symbols(Coded.Term term) {
        int[] symbols = new int[Math.toIntExact(term.codes().elements())];
        for (int i = 0; i < symbols.length; i++) {
            symbols[i] = (int) term.codes().getLong(i) - term.levels().low();
        }
        return symbols;
    }

    /** Whether a term's codes take fewer bits in a Huffman code, all that it needs counted. */
    public static boolean isShorter(Coded.Term term) {
        return isCoded(term.levels())
                && Huffman.bits(symbols(term), alphabet(term.levels()))
                        < term.codes().elements() * term.levels().bits();
    }

    /** Whether runs of zeros do. */
    public static boolean isShorter(int[] runs) {
        return Huffman.bits(runs, Sparse.LONGEST + 1) < (long) runs.length * Sparse.RUN_BITS;
    }

    /** Symbols of codes. */
    public static int alphabet(Levels levels) {
        return levels.high() - levels.low() + 1;
    }

    private static boolean isCoded(Levels levels) {
        return levels.bits() > 1 && alphabet(levels) <= Huffman.MOST_SYMBOLS;
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

    @Override
    public double density() {
        return of.density();
    }

    @Override
    public long bits() {
        if (of instanceof Sparse sparse && sparse.numbers().isPresent()) {
            Encoded numbers = sparse.numbers().get();
            return placeBits(sparse) + numbers.codes().map(HuffmanCoded::bits).orElseGet(numbers::bits);
        }
        return bits(of.codes().orElseThrow());
    }

    /** Bits of the places: of groups as they are. */
    private static long placeBits(Sparse sparse) {
        if (sparse.groups().isPresent()) {
            Sparse.Groups groups = sparse.groups().get();
            return groups.held(sparse.shape()).elements() * groups.pattern().codeBits();
        }
        int[] runs = sparse.runs();
        return isShorter(runs) ? Huffman.bits(runs, Sparse.LONGEST + 1) : (long) runs.length * Sparse.RUN_BITS;
    }

    private static long bits(Coded codes) {
        long saved = codes.terms().stream()
                .filter(HuffmanCoded::isShorter)
                .mapToLong(term -> term.codes().elements() * term.levels().bits()
                        - Huffman.bits(symbols(term), alphabet(term.levels())))
                .sum();
        return codes.bits() - saved;
    }

    @Override
    public Optional<Encoded> scaled(int axis, double[] factors) {
        return of.scaled(axis, factors).map(HuffmanCoded::new);
    }

    @Override
    public Optional<Encoded> transposed(List<Integer> order) {
        return of.transposed(order).map(HuffmanCoded::new);
    }

    @Override
    public Optional<Encoded> reshaped(Shape to) {
        return of.reshaped(to).map(HuffmanCoded::new);
    }
}
