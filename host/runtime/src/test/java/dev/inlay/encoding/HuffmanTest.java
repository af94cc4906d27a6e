// SPDX-License-Identifier: Apache-2.0
package dev.inlay.encoding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HuffmanTest {
    /** Symbols that fall off by a factor, so that those at the end of the alphabet want words of any length. */
    private static int[] symbols(int count, int alphabet, double factor) {
        Random random = new Random(count + alphabet);
        return IntStream.range(0, count)
                .map(i -> {
                    int symbol = 0;
                    while (symbol < alphabet - 1 && random.nextDouble() > factor) {
                        symbol++;
                    }
                    return factor == 0 ? random.nextInt(alphabet) : symbol;
                })
                .toArray();
    }

    @ParameterizedTest(name = "{0} symbols of {1}, {2} of each the first")
    @CsvSource({
        "0, 4, 0.5",
        "1, 4, 0.5",
        "5000, 1, 0.5",
        "1024, 16, 0",
        "1025, 256, 0",
        "3000, 16, 0.3",
        "50000, 200, 0.4",
        "2048, 2, 0.9"
    })
    void symbolsComeBackInTheBitsThatAreSaid(int count, int alphabet, double factor) {
        int[] symbols = symbols(count, alphabet, factor);
        Huffman code = Huffman.of(symbols, alphabet);
        assertArrayEquals(symbols, code.decode());
        long held = code.stream().elements() * 8 + code.starts().elements() * 32 + Math.ceilDiv(alphabet, 2) * 8L;
        assertEquals(held, Huffman.bits(symbols, alphabet));
    }

    @Test
    void codeWordsAreAsShortAsTheyCanBe() {
        assertArrayEquals(new int[] {1, 2, 3, 3, 0}, Huffman.lengths(new int[] {8, 4, 2, 1, 0}));
        assertArrayEquals(new int[] {2, 2, 2, 2}, Huffman.lengths(new int[] {9, 9, 9, 9}));
        assertArrayEquals(new int[] {0, 1, 0}, Huffman.lengths(new int[] {0, 7, 0}));
        assertArrayEquals(new int[] {0, 1, 1}, Huffman.lengths(new int[] {0, 7, 1}));
        assertArrayEquals(new int[] {}, Huffman.lengths(new int[] {}));
    }

    /** Weights of Fibonacci want words as long as the alphabet; the limit costs little. */
    @Test
    void noCodeWordIsLongerThanTheLimit() {
        int[] counts = new int[20];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = i < 2 ? 1 : counts[i - 1] + counts[i - 2];
        }
        int[] lengths = Huffman.lengths(counts);
        assertEquals(Huffman.LONGEST, Arrays.stream(lengths).max().orElseThrow());
        assertEquals(4096, Arrays.stream(lengths).map(length -> 4096 >> length).sum());
        double all = Arrays.stream(counts).sum();
        double entropy = Arrays.stream(counts)
                        .mapToDouble(count -> -count / all * Math.log(count / all))
                        .sum()
                / Math.log(2);
        double mean = IntStream.range(0, counts.length)
                .mapToDouble(i -> counts[i] / all * lengths[i])
                .sum();
        assertTrue(mean >= entropy && mean < entropy + 0.15, "got " + mean + " bits, the entropy is " + entropy);
    }

    private static Tensor vector(ElementType type, long... values) {
        Tensor tensor = Tensor.allocate(type, Shape.of(values.length));
        for (int i = 0; i < values.length; i++) {
            tensor.setLong(i, values[i]);
        }
        return tensor;
    }

    private static String refusal(int[] lengths, long[] starts, long[] stream, int count) {
        return assertThrows(
                        IllegalArgumentException.class,
                        () -> new Huffman(
                                        lengths,
                                        vector(ElementType.INT32, starts),
                                        vector(ElementType.UINT8, stream),
                                        count)
                                .decode())
                .getMessage();
    }

    @Test
    void refusesWhatIsNoCode() {
        int[] lengths = {1, 2, 2};
        assertEquals(
                "got code words that fill 3072 of 4096 windows, expected 4096 for 2 symbols",
                refusal(new int[] {1, 2, 0}, new long[] {0}, new long[] {0}, 1));
        assertEquals(
                "got code words that fill 6144 of 4096 windows, expected 4096 for 3 symbols",
                refusal(new int[] {1, 1, 1}, new long[] {0}, new long[] {0}, 1));
        assertEquals(
                "symbol 1: got a code word of 13 bits, expected 0 to 12",
                refusal(new int[] {1, 13}, new long[] {0}, new long[] {0}, 1));
        assertEquals(
                "got 257 lengths of code words, expected at most 256",
                refusal(new int[257], new long[] {0}, new long[] {0}, 1));
        assertEquals("got 0 chunks, expected 1 for 3 symbols", refusal(lengths, new long[] {}, new long[] {0}, 3));
        assertEquals("chunk 0: got a start at bit 1, expected 0", refusal(lengths, new long[] {1}, new long[] {0}, 3));
        assertEquals(
                "symbol 4: got the end of the stream before bit 9, expected 5 symbols",
                refusal(lengths, new long[] {0}, new long[] {0xff}, 5));
        assertEquals(
                "got a stream of 2 bytes, expected 1 for 4 symbols",
                refusal(lengths, new long[] {0}, new long[] {0xff, 0}, 4));
        assertEquals(
                "symbol 1: got no code word before bit 2, expected 2 symbols",
                refusal(new int[] {1}, new long[] {0}, new long[] {0x40}, 2));
        assertEquals(
                "got starts of FLOAT32 1, expected a vector of INT32",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new Huffman(
                                        lengths, vector(ElementType.FLOAT32, 0), vector(ElementType.UINT8, 0), 1))
                        .getMessage());
    }

    @Test
    void onlyWhatIsShorterCounts() {
        Levels levels = new Levels.Integers(-1, 1);
        Tensor codes = Tensor.allocate(ElementType.INT8, Shape.of(40, 100));
        codes.setLong(7, -1);
        codes.setLong(8, 1);
        Coded few = new Coded(codes.shape(), java.util.List.of(new Coded.Term(levels, codes, Coded.Scales.of(0.5f))));
        long bits = 4008 + 4 * 32 + 4 * 4 + 32;
        assertEquals(bits, new HuffmanCoded(few).bits());
        Tensor four = Tensor.allocate(ElementType.INT8, Shape.of(4));
        Coded small = new Coded(four.shape(), java.util.List.of(new Coded.Term(levels, four, Coded.Scales.of(1))));
        assertEquals(small.bits(), new HuffmanCoded(small).bits());
        HuffmanCoded sparse = new HuffmanCoded(new Sparse(few));
        assertTrue(
                sparse.bits() < sparse.of().bits(),
                sparse.bits() + " of " + sparse.of().bits());
        assertEquals(2.0 / 4000, sparse.density());
        assertEquals(-1, few.decode().data().mismatch(sparse.decode().data()));
        assertThrows(IllegalArgumentException.class, () -> new HuffmanCoded(sparse));
    }
}
