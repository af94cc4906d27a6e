// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Function;
import dev.inlay.graph.GraphException;
import dev.inlay.graph.Window;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContractionReferenceTest {
    private static final Window PLAIN = Window.of(2, 2);

    private static Contraction.Conv conv(Window window) {
        return new Contraction.Conv(window, 1, Epilogue.NONE);
    }

    private static Contraction.Gemm gemm(float alpha, float beta, boolean transposeA, boolean transposeB) {
        return new Contraction.Gemm(alpha, beta, transposeA, transposeB, Epilogue.NONE);
    }

    @Test
    void convolvesWithoutFlippingTheWeights() {
        Tensor x = Tensor.of(Shape.of(1, 1, 3, 3), 1f, 2, 3, 4, 5, 6, 7, 8, 9);
        Tensor w = Tensor.of(Shape.of(1, 1, 2, 2), 1f, 10, 100, 1000);
        Tensor y = Evaluation.run(conv(PLAIN), x, w);
        assertEquals(Shape.of(1, 1, 2, 2), y.shape());
        assertArrayEquals(new float[] {5421, 6532, 8754, 9865}, y.toFloats());
    }

    @Test
    void padsUnevenlyWithZeros() {
        Tensor x = Tensor.of(Shape.of(1, 1, 1, 2), 1f, 2);
        Tensor w = Tensor.of(Shape.of(1, 1, 1, 2), 1f, 10);
        Tensor y = Evaluation.run(conv(new Window(1, 2, 1, 1, 1, 1, 1, 2, 0, 1)), x, w);
        assertArrayEquals(new float[] {0, 0, 0, 0, 0, 10, 21, 2}, y.toFloats());
    }

    @Test
    void addsBiasThenResidualThenActivates() {
        Tensor x = Tensor.of(Shape.of(1, 1, 1, 3), 1f, 2, -9);
        Tensor w = Tensor.of(Shape.of(2, 1, 1, 1), 1f, -1);
        Tensor bias = Tensor.of(Shape.of(2), 10f, 20);
        Tensor residual = Tensor.of(Shape.of(1, 2, 1, 3), 0f, -13, 0, -18, 1, 2);
        Epilogue epilogue = Epilogue.NONE.withResidual().withActivation(Function.RELU);
        Tensor y = Evaluation.run(new Contraction.Conv(Window.of(1, 1), 1, epilogue), x, w, bias, residual);
        assertArrayEquals(new float[] {11, 0, 1, 1, 19, 31}, y.toFloats());
        Tensor unbiased = Evaluation.run(
                new Contraction.Conv(Window.of(1, 1), 1, epilogue),
                List.of(Optional.of(x), Optional.of(w), Optional.empty(), Optional.of(residual)));
        assertArrayEquals(new float[] {1, 0, 0, 0, 0, 11}, unbiased.toFloats());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void convolvesAsDefined(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 20; round++) {
            NaiveConvolution naive = NaiveConvolution.random(random, Epilogue.NONE);
            Tensor x = Evaluation.random(random, naive.x().toArray());
            Tensor w = Evaluation.random(random, naive.w().toArray());
            Tensor bias = Evaluation.random(random, naive.y().extent(1));
            double[] expected = naive.products(x, w);
            Tensor y = Evaluation.run(naive.conv(), x, w, bias);
            int plane = (int) naive.y().elements(2, 4);
            for (int i = 0; i < expected.length; i++) {
                double exact =
                        expected[i] + bias.getDouble(i / plane % naive.y().size(1));
                assertEquals(exact, y.getDouble(i), 1e-7 * Math.abs(exact) + 1e-12, naive + " at " + i);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 19})
    void convolvesOnSeveralThreadsAsDefined(int size) {
        Random random = new Random(size);
        Window window = new Window(3, 3, 1, 1, 1, 1, 1, 1, 1, 1);
        Tensor x = Evaluation.random(random, 1, 70, size, size);
        Tensor w = Evaluation.random(random, 35, 70, 3, 3);
        NaiveConvolution naive = new NaiveConvolution(conv(window), x.shape(), w.shape(), Shape.of(1, 35, size, size));
        assertTrue(PanelProduct.deservesThreads(naive.y().elements() * 70 * 9));
        double[] expected = naive.products(x, w);
        Tensor y = Evaluation.run(conv(window), x, w);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], y.getDouble(i), 1e-7 * Math.abs(expected[i]) + 1e-11);
        }
    }

    @Test
    void anInfiniteWeightStaysInfiniteBehindAPanel() {
        for (int columns : new int[] {1, 2}) {
            Tensor a = Tensor.allocate(ElementType.FLOAT32, Shape.of(1, 257));
            Tensor b = Tensor.allocate(ElementType.FLOAT32, Shape.of(257, columns));
            for (int i = 0; i < b.elements(); i++) {
                b.set(i, 1);
            }
            a.set(1, Double.POSITIVE_INFINITY);
            assertEquals(
                    Float.POSITIVE_INFINITY,
                    Evaluation.run(gemm(1, 1, false, false), a, b).getFloat(0));
        }
    }

    @Test
    void keepsSmallTermsBesideLargeOnes() {
        Tensor a = Tensor.of(Shape.of(1, 3), 1e8f, 1f, -1e8f);
        Tensor b = Tensor.of(Shape.of(3, 1), 1f, 1, 1);
        assertEquals(
                1f, Evaluation.run(new Contraction.MatMul(Epilogue.NONE), a, b).getFloat(0));
    }

    @Test
    void multipliesTransposedScaledMatrices() {
        Tensor a = Tensor.of(Shape.of(2, 3), 1f, 2, 3, 4, 5, 6);
        Tensor at = Tensor.of(Shape.of(3, 2), 1f, 4, 2, 5, 3, 6);
        Tensor b = Tensor.of(Shape.of(3, 2), 1f, 0, 0, 1, 10, 100);
        Tensor bt = Tensor.of(Shape.of(2, 3), 1f, 0, 10, 0, 1, 100);
        Tensor c = Tensor.of(Shape.of(2), 1000f, 2000);
        float[] expected = {2 * 31 + 3000, 2 * 302 + 6000, 2 * 64 + 3000, 2 * 605 + 6000};
        assertArrayEquals(
                expected, Evaluation.run(gemm(2, 3, false, false), a, b, c).toFloats());
        assertArrayEquals(
                expected, Evaluation.run(gemm(2, 3, true, false), at, b, c).toFloats());
        assertArrayEquals(
                expected, Evaluation.run(gemm(2, 3, false, true), a, bt, c).toFloats());
        assertArrayEquals(
                expected, Evaluation.run(gemm(2, 3, true, true), at, bt, c).toFloats());
        Tensor column = Tensor.of(Shape.of(2, 1), 1f, 2);
        assertArrayEquals(
                new float[] {32, 303, 66, 607},
                Evaluation.run(gemm(1, 1, false, false), a, b, column).toFloats());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 127, 128, 129, 300})
    void multipliesAtPanelEdges(int columns) {
        Random random = new Random(columns);
        for (int depth : new int[] {0, 1, 3, 4, 5, 255, 256, 257, 515}) {
            int rows = random.nextInt(1, 8);
            Tensor a = Evaluation.random(random, rows, depth);
            Tensor b = Evaluation.random(random, depth, columns);
            Tensor y = Evaluation.run(gemm(1, 1, false, false), a, b);
            for (int r = 0; r < rows; r++) {
                for (int c = 0; c < columns; c++) {
                    double sum = 0;
                    for (int k = 0; k < depth; k++) {
                        sum += a.getDouble((long) r * depth + k) * b.getDouble((long) k * columns + c);
                    }
                    assertEquals(sum, y.getDouble((long) r * columns + c), 1e-7 * Math.abs(sum) + 1e-11);
                }
            }
        }
    }

    @Test
    void broadcastsTheOuterAxesOfMatMul() {
        Contraction.MatMul matMul = new Contraction.MatMul(Epilogue.NONE);
        Tensor a = Tensor.of(Shape.of(2, 1, 1, 2), 1f, 2, 3, 4);
        Tensor b = Tensor.of(Shape.of(2, 2, 1), 1f, 10, 100, 1000);
        Tensor y = Evaluation.run(matMul, a, b);
        assertEquals(Shape.of(2, 2, 1, 1), y.shape());
        assertArrayEquals(new float[] {21, 2100, 43, 4300}, y.toFloats());
        Tensor vector = Tensor.of(Shape.of(2), 5f, 7);
        assertArrayEquals(
                new float[] {75, 7500}, Evaluation.run(matMul, vector, b).toFloats());
        assertArrayEquals(
                new float[] {19, 43}, Evaluation.run(matMul, a, vector).toFloats());
        assertEquals(Shape.SCALAR, Evaluation.run(matMul, vector, vector).shape());
        assertEquals(74f, Evaluation.run(matMul, vector, vector).getFloat(0));
    }

    @Test
    void addsAMatMulBiasAlongTheLastAxis() {
        Tensor a = Tensor.of(Shape.of(2, 1), 1f, 2);
        Tensor b = Tensor.of(Shape.of(1, 2), 1f, 10);
        Tensor bias = Tensor.of(Shape.of(2), 0.5f, 0.25f);
        Tensor y = Evaluation.run(new Contraction.MatMul(Epilogue.NONE), a, b, bias);
        assertArrayEquals(new float[] {1.5f, 10.25f, 2.5f, 20.25f}, y.toFloats());
    }

    @Test
    void boundsGrowWithTheMagnitudesOfAllTerms() {
        Tensor a = Tensor.of(Shape.of(1, 2), 3f, -5);
        Tensor b = Tensor.of(Shape.of(2, 1), 7f, 4);
        Tensor c = Tensor.of(Shape.of(1), -2f);
        Tensor residual = Tensor.of(Shape.of(1, 1), -1f);
        List<Optional<Tensor>> inputs = List.of(Optional.of(a), Optional.of(b), Optional.of(c), Optional.of(residual));
        Contraction op = new Contraction.Gemm(-2, 3, false, false, Epilogue.NONE.withResidual());
        ContractionReference.Bounded bounded = ContractionReference.bounded(op, inputs, Shape.of(1, 1));
        assertEquals(-2f * (21 - 20) + 3 * -2 - 1, bounded.value().getFloat(0));
        double magnitude = 2 * (21 + 20) + 3 * 2 + 1;
        double expected = 4 * 0x1p-24 * (2 * magnitude + 9);
        assertEquals(expected, bounded.bound().getFloat(0), 1e-6 * expected);
    }

    @Test
    void boundsPassThroughTheActivation() {
        Tensor a = Tensor.of(Shape.of(1, 1), 100f);
        Tensor b = Tensor.of(Shape.of(1, 2), 1f, -1);
        Contraction op = new Contraction.MatMul(Epilogue.NONE.withActivation(Function.of(Function.Kind.SIGMOID)));
        Tensor bound = ContractionReference.bounded(op, List.of(Optional.of(a), Optional.of(b)), Shape.of(1, 2))
                .bound();
        assertEquals(4 * 0x1p-24, bound.getFloat(0), 1e-10);
        assertTrue(bound.getFloat(1) > 0 && bound.getFloat(1) < 1e-30);
    }

    @Test
    void boundsHoldForFloatSumsInAnyOrderAndNotForAWrongTap() {
        Random random = new Random(11);
        int depth = 1152;
        int columns = 400;
        Tensor a = Evaluation.random(random, 1, depth);
        Tensor b = Evaluation.random(random, depth, columns);
        Contraction op = new Contraction.MatMul(Epilogue.NONE);
        ContractionReference.Bounded bounded =
                ContractionReference.bounded(op, List.of(Optional.of(a), Optional.of(b)), Shape.of(1, columns));
        int seen = 0;
        for (int c = 0; c < columns; c++) {
            float forward = 0;
            float backward = 0;
            for (int k = 0; k < depth; k++) {
                forward += a.getFloat(k) * b.getFloat((long) k * columns + c);
                int l = depth - 1 - k;
                backward = Math.fma(a.getFloat(l), b.getFloat((long) l * columns + c), backward);
            }
            double bound = bounded.bound().getDouble(c);
            double value = bounded.value().getDouble(c);
            assertEquals(value, forward, bound);
            assertEquals(value, backward, bound);
            double wrong = forward - a.getFloat(0) * b.getFloat(c);
            seen += Math.abs(wrong - value) > bound ? 1 : 0;
        }
        assertTrue(seen > columns * 0.9, "a missing tap must leave the bound, got " + seen + " of " + columns);
    }

    @Test
    void refusesWhatItCannotAdd() {
        Tensor a = Evaluation.integers(ElementType.INT32, Shape.of(1, 1), 3);
        GraphException e =
                assertThrows(GraphException.class, () -> Evaluation.run(new Contraction.MatMul(Epilogue.NONE), a, a));
        assertEquals("node \"node\" (MatMul): got input 0 of type INT32, expected FLOAT32", e.getMessage());
    }
}
