// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Window;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuantizedContractionTest {
    private static final Contraction GEMM = new Contraction.Gemm(1, 1, false, false, Epilogue.NONE);

    private static Tensor sums(long... values) {
        return Evaluation.integers(ElementType.INT32, Shape.of(1, values.length), values);
    }

    private static Tensor floats(float... values) {
        return Tensor.of(Shape.of(1, values.length), values);
    }

    @Test
    void sumsDifferencesFromTheZeroPoint() {
        Tensor a = Evaluation.integers(ElementType.UINT8, Shape.of(1, 2), 255, 3);
        Tensor w = Evaluation.integers(ElementType.INT8, Shape.of(2, 2), -128, 1, 127, -1);
        Tensor bias = Evaluation.integers(ElementType.INT32, Shape.of(2), 1000000, -1);
        Tensor y = QuantizedContraction.sums(GEMM, a, 128, w, Optional.of(bias), Shape.of(1, 2));
        assertArrayEquals(new long[] {127 * -128 - 125 * 127 + 1000000, 127 + 125 - 1}, y.toLongs());
    }

    @Test
    void paddingIsTheZeroPoint() {
        Contraction conv = new Contraction.Conv(new Window(1, 2, 1, 1, 1, 1, 0, 1, 0, 0), 1, Epilogue.NONE);
        Tensor a = Evaluation.integers(ElementType.UINT8, Shape.of(1, 1, 1, 1), 7);
        Tensor w = Evaluation.integers(ElementType.INT8, Shape.of(1, 1, 1, 2), 100, 3);
        Tensor y = QuantizedContraction.sums(conv, a, 5, w, Optional.empty(), Shape.of(1, 1, 1, 1));
        assertArrayEquals(new long[] {6}, y.toLongs());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void convolvesAsDefined(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 20; round++) {
            NaiveConvolution naive = NaiveConvolution.random(random, Epilogue.NONE);
            Tensor x = Evaluation.randomIntegers(
                    random, ElementType.UINT8, 0, 255, naive.x().toArray());
            Tensor w = Evaluation.randomIntegers(
                    random, ElementType.INT8, -128, 127, naive.w().toArray());
            Tensor bias = Evaluation.randomIntegers(
                    random, ElementType.INT32, -99999, 99999, naive.y().extent(1));
            int zero = random.nextInt(0, 256);
            double[] exact = naive.sums((a, b) -> (double) ((x.getLong(a) - zero) * w.getLong(b)));
            int plane = (int) naive.y().elements(2, 4);
            long[] expected = new long[exact.length];
            for (int i = 0; i < exact.length; i++) {
                expected[i] =
                        (long) exact[i] + bias.getLong(i / plane % naive.y().size(1));
            }
            Tensor y = QuantizedContraction.sums(naive.conv(), x, zero, w, Optional.of(bias), naive.y());
            assertArrayEquals(expected, y.toLongs(), naive::toString);
        }
    }

    @Test
    void refusesAnAccumulatorPast32Bits() {
        Tensor a = Evaluation.integers(ElementType.UINT8, Shape.of(1, 1), 1);
        Tensor w = Evaluation.integers(ElementType.INT8, Shape.of(1, 1), 1);
        Tensor bias = Evaluation.integers(ElementType.INT32, Shape.of(1), Integer.MAX_VALUE);
        assertThrows(
                ArithmeticException.class,
                () -> QuantizedContraction.sums(GEMM, a, 0, w, Optional.of(bias), Shape.of(1, 1)));
    }

    @Test
    void convertsSumsToFloatBeforeScaling() {
        // 2^24 + 1 is half way between two floats and becomes 2^24; three times itself it would round upwards.
        Tensor y = QuantizedContraction.scaled(
                GEMM, sums((1 << 24) + 1, (1 << 24) + 3), new float[] {3, 0.5f}, Optional.empty());
        assertArrayEquals(new float[] {3 << 24, (1 << 23) + 2}, y.toFloats());
    }

    @Test
    void scalesEachChannelOfAnImage() {
        Contraction conv = new Contraction.Conv(Window.of(1, 1), 1, Epilogue.NONE);
        Tensor image = sums(1, 2, 3, 4, 5, 6, 7, 8).reshaped(Shape.of(2, 2, 1, 2));
        Tensor y = QuantizedContraction.scaled(conv, image, new float[] {1, 10}, Optional.empty());
        assertArrayEquals(new float[] {1, 2, 30, 40, 5, 6, 70, 80}, y.toFloats());
    }

    @Test
    void roundsTheResidualInStepsOfItsOwn() {
        float m = 0.1f;
        float mr = 0.3f;
        int fusedDiffers = 0;
        for (int sum = 1; sum < 200; sum++) {
            Tensor codes = Evaluation.integers(ElementType.UINT8, Shape.of(1, 1), sum);
            Tensor y = QuantizedContraction.scaled(
                    GEMM, sums(sum), new float[] {m}, Optional.of(new QuantizedContraction.Residual(codes, mr, 17)));
            float first = sum * m;
            float second = (sum - 17) * mr;
            assertEquals(first + second, y.getFloat(0));
            fusedDiffers += Math.fma((float) (sum - 17), mr, first) != y.getFloat(0) ? 1 : 0;
        }
        assertNotEquals(0, fusedDiffers);
    }

    @Test
    void roundsHalvesToEvenThenShiftsAndClamps() {
        Tensor scaled = floats(0.5f, 1.5f, 2.5f, -0.5f, -1.5f, 250, 300, -300, 1e30f, -1e30f);
        assertArrayEquals(
                new long[] {10, 12, 12, 10, 8, 255, 255, 0, 255, 0},
                QuantizedContraction.codes(scaled, 10, 0).toLongs());
        assertArrayEquals(
                new long[] {10, 12, 12, 10, 10, 255, 255, 10, 255, 10},
                QuantizedContraction.codes(scaled, 10, 10).toLongs());
    }

    @Test
    void refusesOtherTypes() {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> QuantizedContraction.sums(GEMM, sums(1), 0, sums(1), Optional.empty(), Shape.of(1, 1)));
        assertEquals("activations: got type INT32, expected UINT8", e.getMessage());
    }
}
