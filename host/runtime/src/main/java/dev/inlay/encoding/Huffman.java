// SPDX-License-Identifier: Apache-2.0
package dev.inlay.encoding;

import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Symbols in a canonical Huffman code: code words follow one another in the order of their lengths, those of one length
 * in the order of their symbols, so that the lengths alone give the code. Code words are at most {@value #LONGEST} bits
 * long, the shortest code with that limit being found by packages (Larmore and Hirschberg, "A fast algorithm for optimal
 * length-limited Huffman codes", JACM 1990). Chunks of {@value #CHUNK} symbols begin at known bits, so that they can be
 * decoded side by side. Source of the use: Han, Mao and Dally, "Deep Compression", ICLR 2016, section 4.
 *
 * @param lengths of the code words of symbols 0, 1, …, 0 for one that does not occur; at most {@value #MOST_SYMBOLS}
 * @param starts the bit of the stream at which each chunk begins: INT32
 * @param stream code words without gaps, the first bit in the highest of the first byte: UINT8
 * @param count of the symbols
 */
@SuppressWarnings("ArrayRecordComponent")
public record Huffman(int[] lengths, Tensor starts, Tensor stream, int count) {
    /** Bits of the longest code word. */
    public static final int LONGEST = 12;

    /** Symbols of a chunk. */
    public static final int CHUNK = 1024;

    /** The most symbols of an alphabet. */
    public static final int MOST_SYMBOLS = 256;

    /** Bits in which a file says the length of a code word. */
    public static final int LENGTH_BITS = 4;

    private static final int MOST_BYTES = Integer.MAX_VALUE / Byte.SIZE;
    private static final int WINDOWS = 1 << LONGEST;

    /**
     * @throws IllegalArgumentException if the lengths are those of no code, or the chunks do not fit the stream
     */
    public Huffman {
        requireVector("starts", starts, ElementType.INT32);
        requireVector("stream", stream, ElementType.UINT8);
        if (lengths.length > MOST_SYMBOLS) {
            throw new IllegalArgumentException(
                    "got " + lengths.length + " lengths of code words, expected at most " + MOST_SYMBOLS);
        }
        if (stream.elements() > MOST_BYTES) {
            throw new IllegalArgumentException(
                    "got a stream of " + stream.elements() + " bytes, expected at most " + MOST_BYTES);
        }
        int filled = 0;
        int used = 0;
        for (int symbol = 0; symbol < lengths.length; symbol++) {
            int length = lengths[symbol];
            if (length < 0 || length > LONGEST) {
                throw new IllegalArgumentException(
                        "symbol " + symbol + ": got a code word of " + length + " bits, expected 0 to " + LONGEST);
            }
            filled += length == 0 ? 0 : WINDOWS >> length;
            used += length == 0 ? 0 : 1;
        }
        int expected = used > 1 ? WINDOWS : used * WINDOWS / 2;
        if (filled != expected) {
            throw new IllegalArgumentException("got code words that fill " + filled + " of " + WINDOWS
                    + " windows, expected " + expected + " for " + used + " symbols");
        }
        int chunks = Math.ceilDiv(count, CHUNK);
        if (count < 0 || starts.elements() != chunks) {
            throw new IllegalArgumentException(
                    "got " + starts.elements() + " chunks, expected " + chunks + " for " + count + " symbols");
        }
    }

    private static void requireVector(String what, Tensor tensor, ElementType type) {
        if (tensor.type() != type || tensor.shape().rank() != 1) {
            throw new IllegalArgumentException(
                    "got " + what + " of " + tensor.type() + " " + tensor.shape() + ", expected a vector of " + type);
        }
    }

    /**
     * Codes symbols.
     *
     * @param symbols each from 0 to {@code alphabet - 1}
     * @param alphabet 1 to {@value #MOST_SYMBOLS} symbols
     */
    public static Huffman of(int[] symbols, int alphabet) {
        int[] counts = counts(symbols, alphabet);
        int[] lengths = lengths(counts);
        int[] words = words(lengths);
        Tensor starts = Tensor.allocate(ElementType.INT32, Shape.of(Math.ceilDiv(symbols.length, CHUNK)));
        Tensor stream = Tensor.allocate(ElementType.UINT8, Shape.of(bytes(counts, lengths)));
        int at = 0;
        for (int i = 0; i < symbols.length; i++) {
            if (i % CHUNK == 0) {
                starts.setLong(i / CHUNK, at);
            }
            int length = lengths[symbols[i]];
            for (int bit = length - 1; bit >= 0; bit--, at++) {
                if ((words[symbols[i]] >> bit & 1) != 0) {
                    byte eight = stream.data().get(ValueLayout.JAVA_BYTE, at / Byte.SIZE);
                    stream.data()
                            .set(ValueLayout.JAVA_BYTE, at / Byte.SIZE, (byte) (eight | (0x80 >> (at % Byte.SIZE))));
                }
            }
        }
        return new Huffman(lengths, starts, stream, symbols.length);
    }

    /** The symbols. */
    public int[] decode() {
        int[] symbolOf = new int[WINDOWS];
        int[] words = words(lengths);
        Arrays.fill(symbolOf, -1);
        for (int symbol = 0; symbol < lengths.length; symbol++) {
            if (lengths[symbol] > 0) {
                int first = words[symbol] << (LONGEST - lengths[symbol]);
                Arrays.fill(symbolOf, first, first + (WINDOWS >> lengths[symbol]), symbol);
            }
        }
        int[] symbols = new int[count];
        int at = 0;
        for (int i = 0; i < count; i++) {
            if (i % CHUNK == 0 && starts.getLong(i / CHUNK) != at) {
                throw new IllegalArgumentException("chunk " + i / CHUNK + ": got a start at bit "
                        + starts.getLong(i / CHUNK) + ", expected " + at);
            }
            int symbol = symbolOf[window(at)];
            at += symbol < 0 ? 1 : lengths[symbol];
            if (symbol < 0 || at > (int) stream.elements() * Byte.SIZE) {
                throw new IllegalArgumentException("symbol " + i + ": got "
                        + (symbol < 0 ? "no code word" : "the end of the stream") + " before bit " + at + ", expected "
                        + count + " symbols");
            }
            symbols[i] = symbol;
        }
        if (stream.elements() != Math.ceilDiv(at, Byte.SIZE)) {
            throw new IllegalArgumentException("got a stream of " + stream.elements() + " bytes, expected "
                    + Math.ceilDiv(at, Byte.SIZE) + " for " + count + " symbols");
        }
        return symbols;
    }

    private int window(int at) {
        int three = 0;
        for (int i = 0; i < 3; i++) {
            int place = at / Byte.SIZE + i;
            int eight = place < stream.elements() ? stream.data().get(ValueLayout.JAVA_BYTE, place) & 0xff : 0;
            three = three << Byte.SIZE | eight;
        }
        return three >> (LONGEST - at % Byte.SIZE) & (WINDOWS - 1);
    }

    /** Bits that symbols take in a file: code words, their lengths, and the starts of chunks. */
    public static long bits(int[] symbols, int alphabet) {
        int[] counts = counts(symbols, alphabet);
        return bytes(counts, lengths(counts)) * Byte.SIZE
                + (long) Math.ceilDiv(symbols.length, CHUNK) * Integer.SIZE
                + 2L * Math.ceilDiv(alphabet, 2) * LENGTH_BITS;
    }

    private static int[] counts(int[] symbols, int alphabet) {
        int[] counts = new int[alphabet];
        for (int symbol : symbols) {
            counts[symbol]++;
        }
        return counts;
    }

    private static long bytes(int[] counts, int[] lengths) {
        long bits = 0;
        for (int symbol = 0; symbol < counts.length; symbol++) {
            bits += (long) counts[symbol] * lengths[symbol];
        }
        return Math.ceilDiv(bits, (long) Byte.SIZE);
    }

    /** Symbols, some of them more than once, with how often they occur together. */
    private record Uses(long weight, int[] times) {
        Uses and(Uses other) {
            int[] sum = times.clone();
            for (int i = 0; i < sum.length; i++) {
                sum[i] += other.times[i];
            }
            return new Uses(weight + other.weight, sum);
        }
    }

    /** The length of each code word; 0 for a symbol that does not occur, 1 for one that is alone. */
    static int[] lengths(int[] counts) {
        List<Uses> single = new ArrayList<>();
        for (int symbol = 0; symbol < counts.length; symbol++) {
            if (counts[symbol] > 0) {
                int[] uses = new int[counts.length];
                uses[symbol] = 1;
                single.add(new Uses(counts[symbol], uses));
            }
        }
        if (single.size() == 1) {
            return single.getFirst().times();
        }
        List<Uses> packages = List.of();
        for (int length = 0; length < LONGEST; length++) {
            List<Uses> next = new ArrayList<>(single);
            for (int i = 0; i + 1 < packages.size(); i += 2) {
                next.add(packages.get(i).and(packages.get(i + 1)));
            }
            next.sort(Comparator.comparingLong(Uses::weight));
            packages = next;
        }
        return packages.stream()
                .limit(Math.max(0, 2L * single.size() - 2))
                .reduce(new Uses(0, new int[counts.length]), Uses::and)
                .times();
    }

    /** Code words in canonical order. */
    private static int[] words(int[] lengths) {
        int[] words = new int[lengths.length];
        int next = 0;
        int before = 0;
        for (int symbol : IntStream.range(0, lengths.length)
                .filter(symbol -> lengths[symbol] > 0)
                .boxed()
                .sorted(Comparator.comparingInt(symbol -> lengths[symbol]))
                .toList()) {
            next <<= lengths[symbol] - before;
            before = lengths[symbol];
            words[symbol] = next++;
        }
        return words;
    }
}
