// SPDX-License-Identifier: Apache-2.0
package dev.inlay.encoding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;

final class NofMTest {
    private static final int CHANNELS = 14;

    private static Tensor matrix(LongPredicate kept) {
        Tensor numbers = Tensor.allocate(ElementType.FLOAT32, Shape.of(3, CHANNELS));
        for (long i = 0; i < numbers.elements(); i++) {
            numbers.set(i, kept.test(i) ? i + 1.0 : 0);
        }
        return numbers;
    }

    private static Optional<NofM> pattern(LongPredicate kept) {
        return NofM.of(Occupancy.of(matrix(kept), WeightsShape.ofRows(3, CHANNELS), 1, 1), Float.SIZE);
    }

    @Test
    void isTheOneThatTakesTheFewestBits() {
        assertEquals(Optional.of(new NofM(2, 4)), pattern(i -> i % CHANNELS % 4 < 2));
        assertEquals(Optional.of(new NofM(1, 4)), pattern(i -> i % CHANNELS % 4 == i / CHANNELS));
        assertEquals(Optional.of(new NofM(1, 14)), pattern(i -> i % CHANNELS == 5));
        assertEquals(Optional.empty(), pattern(i -> true));
    }

    @Test
    void placesTakeAsManyBitsAsTellThemApart() {
        assertEquals(1, new NofM(1, 2).codeBits());
        assertEquals(2, new NofM(2, 3).codeBits());
        assertEquals(2, new NofM(2, 4).codeBits());
        assertEquals(3, new NofM(1, 5).codeBits());
        assertEquals(4, new NofM(9, 16).codeBits());
        assertThrows(IllegalArgumentException.class, () -> new NofM(4, 4));
        assertThrows(IllegalArgumentException.class, () -> new NofM(1, 17));
    }

    @Test
    void groupsAreHeldFullAndTheLastOneMayReachBehindTheEnd() {
        Sparse.Groups groups = new Sparse.Groups(new NofM(2, 4), 1);
        Tensor numbers = matrix(i -> i == 1 || i == 3 || i == 6 || i == 13);
        Sparse sparse = new Sparse(new Floats(numbers), Optional.of(groups));
        long[] first = {1, 3, 4, 6, 8, 9, 12, 13};
        long[] held = sparse.held();
        for (int i = 0; i < first.length; i++) {
            assertEquals(first[i], held[i]);
        }
        assertEquals(Shape.of(3, 4, 2, 1), groups.held(numbers.shape()));
        assertEquals(24 * (Float.SIZE + 2), sparse.bits());
        // One number of three channels, of which a group of five holds four.
        assertArrayEquals(
                new long[] {0, 1, 2, -1},
                new Sparse(
                                new Floats(Tensor.of(Shape.of(1, 3), 0f, 0f, 7f)),
                                Optional.of(new Sparse.Groups(new NofM(4, 5), 1)))
                        .held());
    }

    @Test
    void moreThanAPatternHoldsIsRefused() {
        var failure = assertThrows(
                IllegalArgumentException.class,
                () -> new Sparse(new Floats(matrix(i -> i < 3)), Optional.of(new Sparse.Groups(new NofM(2, 4), 1))));
        assertEquals("sparse weights: got 3 of 4 that are not zero, expected 2 of 4", failure.getMessage());
    }

    @Test
    void groupsFollowTheirAxis() {
        Sparse sparse = new Sparse(
                new Floats(matrix(i -> i % CHANNELS % 4 < 2)), Optional.of(new Sparse.Groups(new NofM(2, 4), 1)));
        Sparse turned = (Sparse) sparse.transposed(List.of(1, 0)).orElseThrow();
        assertEquals(0, turned.groups().orElseThrow().axis());
        assertEquals(sparse.bits(), turned.bits());
        Sparse wide = (Sparse) sparse.reshaped(Shape.of(3, CHANNELS, 1, 1)).orElseThrow();
        assertEquals(1, wide.groups().orElseThrow().axis());
        assertTrue(((Sparse) sparse.reshaped(Shape.of(6, 7)).orElseThrow())
                .groups()
                .isEmpty());
    }
}
