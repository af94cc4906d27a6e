// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.inlay.graph.GraphException;
import dev.inlay.graph.Reduction;
import dev.inlay.graph.Reduction.Fold;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReductionReferenceTest {
    private static final Tensor FLOATS = Tensor.of(Shape.of(2, 3, 2), 1f, 2, 3, 4, 5, 6, -1, -2, -3, -4, -5, -7);

    private static Tensor reduce(Fold fold, boolean keep, Tensor x, Integer... axes) {
        return Evaluation.run(new Reduction.Reduce(fold, List.of(axes), keep), x);
    }

    @Test
    void foldsFloats() {
        assertArrayEquals(
                new float[] {9, 12, -9, -13}, reduce(Fold.SUM, false, FLOATS, 1).toFloats());
        assertArrayEquals(
                new float[] {3.5f, -22f / 6},
                reduce(Fold.MEAN, false, FLOATS, 1, 2).toFloats());
        assertArrayEquals(
                new float[] {5, 6}, reduce(Fold.MAX, false, FLOATS, 0, 1).toFloats());
        assertArrayEquals(
                new float[] {-1, -2, -3, -4, -5, -7},
                reduce(Fold.MIN, false, FLOATS, 0).toFloats());
        assertArrayEquals(
                new float[] {2, 12, 30, 2, 12, 35},
                reduce(Fold.PROD, false, FLOATS, 2).toFloats());
        assertArrayEquals(
                new float[] {-1}, reduce(Fold.SUM, false, FLOATS, 0, 1, 2).toFloats());
    }

    @Test
    void keepsAxesWhereAsked() {
        Tensor y = reduce(Fold.SUM, true, FLOATS, 0, 2);
        assertEquals(Shape.of(1, 3, 1), y.shape());
        assertArrayEquals(new float[] {0, 0, -1}, y.toFloats());
        assertEquals(Shape.of(3), reduce(Fold.SUM, false, FLOATS, 0, 2).shape());
    }

    @Test
    void foldsIntegers() {
        long large = (1L << 53) + 1;
        Tensor x = Evaluation.integers(ElementType.INT64, Shape.of(2, 2), large, 1, -3, 2);
        assertArrayEquals(
                new long[] {large + 1, -1}, reduce(Fold.SUM, false, x, 1).toLongs());
        assertArrayEquals(new long[] {large, 2}, reduce(Fold.MAX, false, x, 1).toLongs());
        assertArrayEquals(new long[] {-3, 1}, reduce(Fold.MIN, false, x, 0).toLongs());
        assertArrayEquals(new long[] {large, -6}, reduce(Fold.PROD, false, x, 1).toLongs());
        Tensor small = Evaluation.integers(ElementType.INT32, Shape.of(2), -4, -3);
        assertArrayEquals(new long[] {-3}, reduce(Fold.MEAN, false, small, 0).toLongs());
        Tensor wide = Evaluation.integers(ElementType.INT32, Shape.of(2), Integer.MAX_VALUE, 1);
        assertArrayEquals(
                new long[] {Integer.MIN_VALUE}, reduce(Fold.SUM, false, wide, 0).toLongs());
    }

    @Test
    void foldsNothingToTheNeutralElement() {
        Tensor none = Tensor.of(Shape.of(2, 0), new float[0]);
        assertArrayEquals(new float[] {0, 0}, reduce(Fold.SUM, false, none, 1).toFloats());
        assertArrayEquals(new float[] {1, 1}, reduce(Fold.PROD, false, none, 1).toFloats());
        Tensor integers = Evaluation.integers(ElementType.INT32, Shape.of(0));
        assertArrayEquals(new long[] {0}, reduce(Fold.SUM, false, integers, 0).toLongs());
        assertThrows(GraphException.class, () -> reduce(Fold.MAX, false, integers, 0));
    }

    @Test
    void findsTheFirstLargest() {
        Tensor x = Tensor.of(Shape.of(2, 3), 1f, 7, 7, 9, -1, 9);
        Tensor y = Evaluation.run(new Reduction.ArgMax(-1, false), x);
        assertEquals(ElementType.INT64, y.type());
        assertEquals(Shape.of(2), y.shape());
        assertArrayEquals(new long[] {1, 0}, y.toLongs());
        Tensor kept = Evaluation.run(new Reduction.ArgMax(0, true), x);
        assertEquals(Shape.of(1, 3), kept.shape());
        assertArrayEquals(new long[] {1, 0, 1}, kept.toLongs());
        long large = 1L << 53;
        Tensor wide = Evaluation.integers(ElementType.INT64, Shape.of(2), large, large + 1);
        assertArrayEquals(
                new long[] {1},
                Evaluation.run(new Reduction.ArgMax(0, false), wide).toLongs());
    }
}
