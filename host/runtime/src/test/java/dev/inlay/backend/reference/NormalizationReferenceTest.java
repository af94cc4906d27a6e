// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.inlay.graph.Normalization;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import org.junit.jupiter.api.Test;

class NormalizationReferenceTest {
    private static Tensor vector(float... values) {
        return Tensor.of(Shape.of(values.length), values);
    }

    @Test
    void normalisesEachChannel() {
        Tensor x = Tensor.of(Shape.of(2, 2, 1, 2), 1f, 3, 10, 20, 5, 7, 30, 40);
        Tensor y = Evaluation.run(
                new Normalization.BatchNormalization(0.25f),
                x,
                vector(2, 3),
                vector(100, 200),
                vector(1, 10),
                vector(0.75f, 8.75f));
        assertArrayEquals(new float[] {100, 104, 200, 210, 108, 112, 220, 230}, y.toFloats());
    }

    @Test
    void dividesByNeighbouringChannels() {
        Tensor x = Tensor.of(Shape.of(1, 4, 1, 1), 1f, 2, 3, 4);
        // Size 3 reaches one channel each way; an even size reaches further to the higher ones.
        Normalization.Lrn odd = new Normalization.Lrn(3, 3, 1, 1);
        assertArrayEquals(
                new float[] {1f / 6, 2f / 15, 3f / 30, 4f / 26},
                Evaluation.run(odd, x).toFloats(),
                1e-7f);
        Normalization.Lrn even = new Normalization.Lrn(2, 2, 0.5f, 4);
        assertArrayEquals(
                new float[] {1f / 3, 2 / (float) Math.sqrt(17), 3 / (float) Math.sqrt(29), 4 / (float) Math.sqrt(20)},
                Evaluation.run(even, x).toFloats(),
                1e-7f);
    }

    @Test
    void exponentialsSumToOneAlongAnAxis() {
        float ln2 = (float) Math.log(2);
        float ln3 = (float) Math.log(3);
        Tensor x = Tensor.of(Shape.of(2, 2), 0f, ln3, ln2, ln3);
        Tensor rows = Evaluation.run(new Normalization.Softmax(-1, false, false), x);
        assertArrayEquals(new float[] {0.25f, 0.75f, 0.4f, 0.6f}, rows.toFloats(), 1e-7f);
        Tensor columns = Evaluation.run(new Normalization.Softmax(0, false, false), x);
        assertArrayEquals(new float[] {1f / 3, 0.5f, 2f / 3, 0.5f}, columns.toFloats(), 1e-7f);
        Tensor all = Evaluation.run(new Normalization.Softmax(0, true, false), x);
        assertArrayEquals(new float[] {1f / 9, 3f / 9, 2f / 9, 3f / 9}, all.toFloats(), 1e-7f);
        Tensor logarithm = Evaluation.run(new Normalization.Softmax(1, false, true), x);
        assertArrayEquals(
                new float[] {
                    (float) Math.log(0.25), (float) Math.log(0.75), (float) Math.log(0.4), (float) Math.log(0.6)
                },
                logarithm.toFloats(),
                1e-7f);
    }

    @Test
    void flattensTheAxesFromTheGivenOneOn() {
        Tensor x = Tensor.of(Shape.of(2, 2, 1, 2), 0f, 0, 0, 0, 0, 0, 0, 1000);
        Tensor y = Evaluation.run(new Normalization.Softmax(1, true, false), x);
        assertArrayEquals(new float[] {0.25f, 0.25f, 0.25f, 0.25f, 0, 0, 0, 1}, y.toFloats());
        Tensor middle = Evaluation.run(new Normalization.Softmax(1, false, false), x);
        assertArrayEquals(new float[] {0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0, 0.5f, 1}, middle.toFloats());
    }
}
