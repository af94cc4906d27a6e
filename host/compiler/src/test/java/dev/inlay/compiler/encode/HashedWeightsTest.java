// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.encode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.encoding.Encoded;
import dev.inlay.encoding.Hashed;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class HashedWeightsTest {
    private static Tensor random(Shape shape) {
        Random random = new Random(11);
        Tensor tensor = Tensor.allocate(ElementType.FLOAT32, shape);
        for (long i = 0; i < tensor.elements(); i++) {
            tensor.set(i, random.nextGaussian());
        }
        return tensor;
    }

    /** No change of any number of any bucket makes the squared error less. */
    @Test
    void projectsOnTheNearest() {
        for (Shape shape : List.of(Shape.of(7, 6, 2, 3), Shape.of(30, 17))) {
            LayerWeights layer = new LayerWeights(random(shape), 0, 1);
            Hashed chosen = (Hashed) new HashedWeights(8).encode(layer);
            assertEquals(Math.round(shape.elements() / 8.0), chosen.count());
            double least = EncodingError.of(layer.tensor(), chosen.decode()).mse();
            int[] filled = Hashed.places(shape, chosen.count());
            for (int i = 0; i < chosen.count(); i++) {
                int bucket = i;
                if (Arrays.stream(filled).noneMatch(place -> place == bucket)) {
                    continue;
                }
                for (float step : new float[] {-0.01f, 0.01f}) {
                    Tensor moved =
                            Tensor.of(chosen.buckets().shape(), chosen.buckets().toFloats());
                    moved.set(i, moved.getFloat(i) + step);
                    double error = EncodingError.of(layer.tensor(), new Hashed(shape, moved).decode())
                            .mse();
                    assertTrue(error > least, () -> "got an error of " + error + " below " + least);
                }
            }
        }
    }

    @Test
    void spreadsWeightsAndSignsEvenly() {
        Shape shape = Shape.of(64, 1000);
        int[] counts = new int[100];
        Arrays.stream(Hashed.places(shape, counts.length)).forEach(place -> counts[place]++);
        assertTrue(Arrays.stream(counts).min().orElseThrow() > 500, Arrays.toString(counts));
        assertTrue(Arrays.stream(counts).max().orElseThrow() < 780, Arrays.toString(counts));
        assertEquals(0, IntStream.of(Hashed.signs(shape)).sum(), 1000);
    }

    @Test
    void keepsWhatIsHashed() {
        LayerWeights layer = new LayerWeights(random(Shape.of(9, 5)), 1, 0);
        Encoded once = new HashedWeights(3).encode(layer);
        Encoded twice = new HashedWeights(3).encode(new LayerWeights(once.decode(), 1, 0));
        assertArrayEquals(once.decode().toFloats(), twice.decode().toFloats(), 1e-6f);
        assertEquals(15 * 32, once.bits());
        assertEquals(Map.of("ratio", 3.0, "buckets", 15), new HashedWeights(3).parameters(once));
    }

    @Test
    void isScaledAndReshapedWhereHashesStay() {
        Hashed weights = new Hashed(Shape.of(4, 6), random(Shape.of(5)));
        Encoded doubled = weights.scaled(0, new double[] {2, 2, 2, 2}).orElseThrow();
        for (int i = 0; i < 24; i++) {
            assertEquals(2 * weights.decode().getFloat(i), doubled.decode().getFloat(i));
        }
        assertTrue(weights.scaled(0, new double[] {2, 2, 2, 1}).isEmpty());
        assertTrue(weights.transposed(List.of(1, 0)).isEmpty());
        assertTrue(weights.reshaped(Shape.of(6, 4)).isEmpty());
        Encoded image = weights.reshaped(Shape.of(4, 2, 3, 1)).orElseThrow();
        assertEquals(-1, weights.decode().data().mismatch(image.decode().data()));
    }

    @Test
    void refusesWhatCannotBe() {
        for (double ratio : new double[] {0.5, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertEquals(
                    "ratio: got " + ratio + ", expected at least 1",
                    assertThrows(IllegalArgumentException.class, () -> new HashedWeights(ratio))
                            .getMessage());
        }
        assertEquals(
                "buckets: got 0, expected 1 to 16777213",
                assertThrows(IllegalArgumentException.class, () -> new Hashed(Shape.of(2, 2), random(Shape.of(0))))
                        .getMessage());
        assertEquals(
                "hashed weights: got shape 3, expected rank 2 or 4",
                assertThrows(IllegalArgumentException.class, () -> new Hashed(Shape.of(3), random(Shape.of(1))))
                        .getMessage());
    }
}
