// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

final class RooflineTest {
    private static final Roofline ROOFLINE = new Roofline(100, 10, 0.5);

    @Test
    void theLongerOfComputingAndMovingCounts() {
        assertEquals(2.5, ROOFLINE.seconds(new Work("f32", 200, 10)));
        assertEquals(4.5, ROOFLINE.seconds(new Work("f32", 200, 40)));
        assertEquals(7, ROOFLINE.seconds(List.of(new Work("f32", 200, 10), new Work("f32", 200, 40))));
    }

    @Test
    void theBoundIsWhatTakesMost() {
        assertEquals(Roofline.Bound.COMPUTE, ROOFLINE.bound(List.of(new Work("f32", 200, 10))));
        assertEquals(Roofline.Bound.MEMORY, ROOFLINE.bound(List.of(new Work("f32", 200, 40))));
        assertEquals(Roofline.Bound.LAUNCH, ROOFLINE.bound(List.of(new Work("f32", 1, 1))));
    }

    @Test
    void ceilingsArePositive() {
        assertThrows(IllegalArgumentException.class, () -> new Roofline(0, 1, 0));
        assertThrows(IllegalArgumentException.class, () -> new Roofline(1, Double.NaN, 0));
        assertThrows(IllegalArgumentException.class, () -> new Roofline(1, 1, -1));
    }
}
