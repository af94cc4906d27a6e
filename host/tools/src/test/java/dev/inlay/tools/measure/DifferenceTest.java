// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.graph.GraphException;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import org.junit.jupiter.api.Test;

final class DifferenceTest {
    private static final Tensor RIGHT = Tensor.of(Shape.of(2), 3f, 4f);

    @Test
    void equalIsExact() {
        Difference difference = between(Tensor.of(Shape.of(2), 3f, 4f), 0);
        assertEquals(new Difference(true, 0, 0, true), difference);
    }

    @Test
    void nmseIsOverTheRightPower() {
        Difference difference = between(Tensor.of(Shape.of(2), 3f, 4.5f), 0.01);
        assertEquals(0.5, difference.maxAbs());
        assertEquals(0.25 / 25, difference.nmse(), 1e-15);
        assertTrue(difference.within());
        assertFalse(between(Tensor.of(Shape.of(2), 3f, 4.5f), 0.0099).within());
    }

    @Test
    void anythingFromZeroIsTooFar() {
        Tensor zero = Tensor.of(Shape.of(1), 0f);
        assertFalse(
                Difference.between("t", Tensor.of(Shape.of(1), 1e-20f), zero, 1).within());
        assertTrue(Difference.between("t", Tensor.of(Shape.of(1), -0f), zero, 0).within());
    }

    @Test
    void oneNanIsTooFarAndTwoAreEqual() {
        assertFalse(between(Tensor.of(Shape.of(2), Float.NaN, 4f), 1).within());
        Tensor nan = Tensor.of(Shape.of(2), Float.NaN, 4f);
        assertTrue(Difference.between("t", Tensor.of(Shape.of(2), -Float.NaN, 4f), nan, 0)
                .within());
        assertFalse(Difference.between("t", RIGHT, nan, 1).within());
        Tensor infinite = Tensor.of(Shape.of(2), Float.POSITIVE_INFINITY, 4f);
        assertFalse(between(infinite, 1).within());
    }

    @Test
    void integersMayBeOffByOneOnOneInAThousand() {
        Tensor right = Tensor.of(Shape.of(1000), new long[1000]);
        long[] values = new long[1000];
        values[7] = 1;
        assertTrue(integers(values, right).within());
        values[8] = -1;
        assertFalse(integers(values, right).within());
        values[8] = 0;
        values[7] = 2;
        assertFalse(integers(values, right).within());
    }

    @Test
    void otherShapesAreNoDifference() {
        assertThrows(GraphException.class, () -> between(Tensor.of(Shape.of(1, 2), 3f, 4f), 1));
        assertThrows(GraphException.class, () -> between(Tensor.of(Shape.of(2), 3L, 4L), 1));
    }

    private static Difference integers(long[] values, Tensor right) {
        return Difference.between("t", Tensor.of(right.shape(), values), right, 0);
    }

    private static Difference between(Tensor got, double tolerance) {
        return Difference.between("t", got, RIGHT, tolerance);
    }
}
