// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.encode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.encoding.Encoded;
import dev.inlay.encoding.Product;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ProductWeightsTest {
    private static Tensor random(Shape shape) {
        Random random = new Random(3);
        Tensor tensor = Tensor.allocate(ElementType.FLOAT32, shape);
        for (long i = 0; i < tensor.elements(); i++) {
            tensor.set(i, random.nextGaussian());
        }
        return tensor;
    }

    private static List<LayerWeights> layers() {
        return List.of(
                new LayerWeights(random(Shape.of(40, 7, 2, 3)), 0, 1),
                new LayerWeights(random(Shape.of(70, 9)), 0, 1),
                new LayerWeights(random(Shape.of(9, 70)), 1, 0));
    }

    /** At the end of k-means every centroid is the mean of its vectors, so that none moved makes the error less. */
    @Test
    void centroidsAreMeans() {
        for (LayerWeights layer : layers()) {
            Product chosen = (Product) new ProductWeights(4, 8, 1000).encode(layer);
            double least = EncodingError.of(layer.tensor(), chosen.decode()).mse();
            for (long i = 0; i < chosen.centroids().elements(); i++) {
                for (float step : new float[] {-0.01f, 0.01f}) {
                    Tensor moved = Tensor.of(
                            chosen.centroids().shape(), chosen.centroids().toFloats());
                    moved.set(i, moved.getFloat(i) + step);
                    Product other = new Product(layer.shape(), layer.outputAxis(), moved, chosen.places());
                    double error =
                            EncodingError.of(layer.tensor(), other.decode()).mse();
                    assertTrue(error >= least, () -> "got an error of " + error + " below " + least);
                }
            }
        }
    }

    @Test
    void eachRoundMakesTheErrorLess() {
        for (LayerWeights layer : layers()) {
            double before = Double.POSITIVE_INFINITY;
            for (int iterations : new int[] {0, 1, 40}) {
                Encoded chosen = new ProductWeights(4, 8, iterations).encode(layer);
                double error = EncodingError.of(layer.tensor(), chosen.decode()).mse();
                assertTrue(error < before, "got an error of " + error + " after " + before);
                before = error;
            }
        }
    }

    @Test
    void keepsWhatHasAsFewVectors() {
        for (LayerWeights layer : layers()) {
            Encoded once = new ProductWeights(4, 8, 10).encode(layer);
            Encoded twice = new ProductWeights(4, 256, 100)
                    .encode(new LayerWeights(once.decode(), layer.outputAxis(), layer.inputAxis()));
            assertArrayEquals(once.decode().toFloats(), twice.decode().toFloats(), 1e-6f);
        }
    }

    @Test
    void countsCentroidsAndCodes() {
        Product chosen = (Product) new ProductWeights(4, 8, 1).encode(layers().get(1));
        assertEquals(3 * 8 * 4 * 32 + 3 * 70 * 3, chosen.bits());
        assertEquals(Map.of("length", 4, "centroids", 8), new ProductWeights(4, 8, 1).parameters(chosen));
    }

    @Test
    void isScaledAlongInputs() {
        for (LayerWeights layer : layers()) {
            Product chosen = (Product) new ProductWeights(4, 8, 1).encode(layer);
            int axis = chosen.inputAxis();
            double[] factors = new double[layer.shape().size(axis)];
            for (int i = 0; i < factors.length; i++) {
                factors[i] = i + 1;
            }
            Tensor scaled = chosen.scaled(axis, factors).orElseThrow().decode();
            long inner = layer.shape().elements(axis + 1, layer.shape().rank());
            for (long i = 0; i < scaled.elements(); i++) {
                float expected = (float) (chosen.decode().getFloat(i) * factors[(int) (i / inner % factors.length)]);
                assertEquals(expected, scaled.getFloat(i));
            }
            double[] outputs = new double[layer.shape().size(chosen.outputAxis())];
            outputs[0] = 2;
            assertTrue(chosen.scaled(chosen.outputAxis(), outputs).isEmpty());
        }
    }

    @Test
    void refusesCodesOfNoCentroid() {
        Tensor codes = Tensor.allocate(ElementType.UINT8, Shape.of(1, 1, 2));
        codes.setLong(1, 3);
        Tensor centroids = random(Shape.of(1, 3, 4));
        assertEquals(
                "product weights: got the code 3, expected 0 to 2",
                assertThrows(IllegalArgumentException.class, () -> new Product(Shape.of(2, 4), 0, centroids, codes))
                        .getMessage());
        assertEquals(
                "product weights: got centroids of 1x3x4 and codes of UINT8 1x1x2, expected 2 blocks and codes of UINT8 2x1x2 for 2x5",
                assertThrows(IllegalArgumentException.class, () -> new Product(Shape.of(2, 5), 0, centroids, codes))
                        .getMessage());
    }
}
