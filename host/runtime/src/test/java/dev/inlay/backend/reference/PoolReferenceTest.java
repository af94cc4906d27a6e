// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.inlay.graph.Pool;
import dev.inlay.graph.Window;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PoolReferenceTest {
    /** A window over columns only. */
    private static Window row(int columns, int stride, int dilation, int left, int right) {
        return new Window(1, columns, 1, stride, 1, dilation, 0, left, 0, right);
    }

    private static Tensor image(float... values) {
        return Tensor.of(Shape.of(1, 1, 1, values.length), values);
    }

    private static float[] max(Window window, boolean ceil, Tensor x) {
        return Evaluation.run(new Pool.MaxPool(window, ceil), x).toFloats();
    }

    private static float[] average(Window window, boolean ceil, boolean countPadding, Tensor x) {
        return Evaluation.run(new Pool.AveragePool(window, ceil, countPadding), x)
                .toFloats();
    }

    @Test
    void takesTheLargestInEachChannel() {
        Tensor x = Tensor.of(Shape.of(1, 2, 2, 4), 1f, 5, 2, 3, 4, 0, 9, 1, -1, -5, -2, -3, -4, -8, -9, -7);
        Tensor y = Evaluation.run(new Pool.MaxPool(new Window(2, 2, 2, 2, 1, 1, 0, 0, 0, 0), false), x);
        assertEquals(Shape.of(1, 2, 1, 2), y.shape());
        assertArrayEquals(new float[] {5, 9, -1, -2}, y.toFloats());
    }

    @Test
    void paddingNeverWins() {
        assertArrayEquals(new float[] {-3, -2, -2, -7}, max(row(2, 1, 1, 1, 1), false, image(-3, -2, -7)));
        assertArrayEquals(new float[] {-3, -2, -2, -7}, max(row(2, 1, 1, 1, 1), true, image(-3, -2, -7)));
        Tensor codes = Evaluation.integers(ElementType.INT8, Shape.of(1, 1, 1, 2), -128, -127);
        assertArrayEquals(
                new long[] {-128, -127, -127},
                Evaluation.run(new Pool.MaxPool(row(2, 1, 1, 1, 1), false), codes)
                        .toLongs());
    }

    @Test
    void dilatesAndRoundsUp() {
        assertArrayEquals(new float[] {3, 4}, max(row(2, 2, 2, 0, 0), false, image(1, 2, 3, 0, 4)));
        assertArrayEquals(new float[] {2, 4, 5}, max(row(2, 2, 1, 0, 0), true, image(1, 2, 3, 4, 5)));
        assertArrayEquals(new float[] {2, 4}, max(row(2, 2, 1, 0, 0), false, image(1, 2, 3, 4, 5)));
    }

    @Test
    void countsPaddingOnlyWhereAsked() {
        assertArrayEquals(new float[] {2, 3, 5, 6}, average(row(2, 1, 1, 1, 1), false, false, image(2, 4, 6)));
        assertArrayEquals(new float[] {1, 3, 5, 3}, average(row(2, 1, 1, 1, 1), false, true, image(2, 4, 6)));
    }

    @Test
    void neverCountsTapsThatOnlyRoundingUpBrings() {
        // The last window covers column 4, the padding column 5 and two columns past it.
        assertArrayEquals(new float[] {3, 5f / 2}, average(row(4, 4, 1, 0, 1), true, true, image(1, 2, 4, 5, 5)));
        assertArrayEquals(new float[] {3, 5}, average(row(4, 4, 1, 0, 1), true, false, image(1, 2, 4, 5, 5)));
    }

    @Test
    void averagesDilatedWindows() {
        assertArrayEquals(new float[] {2, 3, 4}, average(row(2, 1, 2, 0, 0), false, false, image(1, 2, 3, 4, 5)));
        assertArrayEquals(new float[] {1, 3, 5}, average(row(2, 2, 2, 1, 1), false, true, image(7, 2, 9, 4, 8, 6)));
    }

    @Test
    void agreesOnSeveralThreads() {
        Tensor x = Evaluation.random(new Random(2), 2, 32, 64, 64);
        Window window = new Window(3, 3, 1, 1, 1, 1, 1, 1, 1, 1);
        float[] all = max(window, false, x);
        for (int plane = 0; plane < 64; plane += 21) {
            Tensor one = Tensor.allocate(ElementType.FLOAT32, Shape.of(1, 1, 64, 64));
            for (int i = 0; i < 4096; i++) {
                one.set(i, x.getFloat(plane * 4096L + i));
            }
            float[] part = max(window, false, one);
            for (int i = 0; i < 4096; i++) {
                assertEquals(part[i], all[plane * 4096 + i]);
            }
        }
    }
}
