// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.inlay.graph.Function;
import dev.inlay.graph.GraphException;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Lanewise.Arithmetic;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LanewiseReferenceTest {
    private static float unary(Function.Kind kind, float alpha, float beta, float x) {
        return Evaluation.run(new Lanewise.Unary(new Function(kind, alpha, beta)), Tensor.of(Shape.of(1), x))
                .getFloat(0);
    }

    private static float[] binary(Arithmetic arithmetic, Tensor x, Tensor y) {
        return Evaluation.run(new Lanewise.Binary(arithmetic), x, y).toFloats();
    }

    private static long[] integers(Arithmetic arithmetic, Tensor x, Tensor y) {
        return Evaluation.run(new Lanewise.Binary(arithmetic), x, y).toLongs();
    }

    private static Tensor ints(long... values) {
        return Evaluation.integers(ElementType.INT32, Shape.of(values.length), values);
    }

    private static Tensor longs(long... values) {
        return Evaluation.integers(ElementType.INT64, Shape.of(values.length), values);
    }

    private static Tensor floats(float... values) {
        return Tensor.of(Shape.of(values.length), values);
    }

    // Expected values to nine digits from the functions' definitions.
    @ParameterizedTest
    @CsvSource({
        "IDENTITY, 0, 0, -1.5, -1.5",
        "RELU, 0, 0, -1.5, 0",
        "RELU, 0, 0, 1.5, 1.5",
        "LEAKY_RELU, 0.25, 0, -2, -0.5",
        "LEAKY_RELU, 0.25, 0, 2, 2",
        "ELU, 2, 0, -1, -1.264241118",
        "ELU, 2, 0, 3, 3",
        "SELU, 2, 3, -1, -3.792723353",
        "SELU, 2, 3, 1, 3",
        "CLIP, -1, 2, -5, -1",
        "CLIP, -1, 2, 5, 2",
        "CLIP, -1, 2, 0.5, 0.5",
        "CLIP, 3, 2, 0.5, 2",
        "SIGMOID, 0, 0, 1, 0.731058579",
        "SIGMOID, 0, 0, -200, 0",
        "HARD_SIGMOID, 0.25, 0.5, 1, 0.75",
        "HARD_SIGMOID, 0.25, 0.5, -4, 0",
        "HARD_SIGMOID, 0.25, 0.5, 4, 1",
        "HARD_SWISH, 0, 0, 1.5, 1.125",
        "HARD_SWISH, 0, 0, -4, 0",
        "HARD_SWISH, 0, 0, 4, 4",
        "TANH, 0, 0, 0.5, 0.462117157",
        "SOFTPLUS, 0, 0, 1, 1.313261688",
        "SOFTPLUS, 0, 0, 1000, 1000",
        "SOFTPLUS, 0, 0, -20, 2.06115362e-9",
        "SOFTSIGN, 0, 0, -3, -0.75",
        "EXP, 0, 0, 1, 2.718281828",
        "LOG, 0, 0, 10, 2.302585093",
        "SQRT, 0, 0, 2, 1.414213562",
        "RECIPROCAL, 0, 0, -4, -0.25",
        "ABS, 0, 0, -4, 4",
        "NEGATE, 0, 0, -4, 4",
        "FLOOR, 0, 0, -1.5, -2",
        "CEIL, 0, 0, -1.5, -1",
        "SIGN, 0, 0, -1.5, -1",
        "SIGN, 0, 0, 0, 0",
        "ERF, 0, 0, 0.5, 0.520499878",
        "ERF, 0, 0, -1, -0.842700793",
    })
    void appliesFunctions(Function.Kind kind, float alpha, float beta, float x, float expected) {
        assertEquals(expected, unary(kind, alpha, beta, x), 1e-7f * Math.abs(expected));
    }

    @Test
    void erfAgreesWithPublishedDigits() {
        double[][] table = {
            {0.1, 0.1124629160182849},
            {1, 0.8427007929497149},
            {2, 0.9953222650189527},
            {2.9, 0.9999589021219005},
            {3, 0.9999779095030014},
            {3.5, 0.9999992569016276},
            {5, 0.9999999999984626},
        };
        for (double[] row : table) {
            assertEquals(row[1], FunctionReference.erf(row[0]), 2e-15);
            assertEquals(-row[1], FunctionReference.erf(-row[0]), 2e-15);
        }
        assertEquals(0, FunctionReference.erf(0));
        assertEquals(1, FunctionReference.erf(Double.POSITIVE_INFINITY));
        assertEquals(Double.NaN, FunctionReference.erf(Double.NaN));
        assertEquals(FunctionReference.erf(Math.nextDown(3.0)), FunctionReference.erf(3.0), 1e-15);
    }

    @Test
    void functionsPassNaNOn() {
        for (Function.Kind kind : Function.Kind.values()) {
            assertEquals(Float.NaN, unary(kind, -1, 1, Float.NaN), kind.name());
        }
    }

    @Test
    void appliesWholeFunctionsToIntegers() {
        Tensor x = longs(-5, 0, Long.MAX_VALUE);
        assertArrayEquals(
                new long[] {5, 0, Long.MAX_VALUE},
                Evaluation.run(new Lanewise.Unary(Function.of(Function.Kind.ABS)), x)
                        .toLongs());
        assertArrayEquals(
                new long[] {-2, 0, 7},
                Evaluation.run(new Lanewise.Unary(Function.clip(-2, 7)), x).toLongs());
        assertThrows(GraphException.class, () -> Evaluation.run(new Lanewise.Unary(Function.of(Function.Kind.EXP)), x));
    }

    @Test
    void broadcastsBothWays() {
        Tensor column = Tensor.of(Shape.of(2, 1), 10f, 20);
        Tensor row = Tensor.of(Shape.of(3), 1f, 2, 3);
        assertArrayEquals(new float[] {11, 12, 13, 21, 22, 23}, binary(Arithmetic.ADD, column, row));
        assertArrayEquals(new float[] {-9, -8, -7, -19, -18, -17}, binary(Arithmetic.SUB, row, column));
        Tensor scalar = Tensor.of(Shape.SCALAR, 2f);
        assertArrayEquals(new float[] {2, 1, 2f / 3}, binary(Arithmetic.DIV, scalar, row));
        Tensor middle = Tensor.of(Shape.of(2, 1, 2), 1f, 2, 3, 4);
        Tensor other = Tensor.of(Shape.of(3, 1), 1f, 10, 100);
        assertArrayEquals(
                new float[] {1, 2, 10, 20, 100, 200, 3, 4, 30, 40, 300, 400}, binary(Arithmetic.MUL, middle, other));
    }

    @Test
    void computesFloats() {
        Tensor x = floats(-2, 4, 9, Float.NaN);
        Tensor y = floats(3, 0.5f, -1, 1);
        assertArrayEquals(new float[] {-8, 2, 1f / 9, Float.NaN}, binary(Arithmetic.POW, x, y));
        assertArrayEquals(new float[] {-2, 0.5f, -1, Float.NaN}, binary(Arithmetic.MIN, x, y));
        assertArrayEquals(new float[] {3, 4, 9, Float.NaN}, binary(Arithmetic.MAX, x, y));
        assertArrayEquals(new float[] {-8, 64, 1 / 9f}, binary(Arithmetic.POW, floats(-2, 4, 9), ints(3, 3, -1)));
        Tensor d = Evaluation.doubles(Shape.of(1), 1e-12);
        Tensor one = Evaluation.doubles(Shape.of(1), 1);
        assertEquals(
                1 + 1e-12,
                Evaluation.run(new Lanewise.Binary(Arithmetic.ADD), one, d).getDouble(0));
    }

    @Test
    void integersWrapAndDivideTowardsZero() {
        assertArrayEquals(
                new long[] {Integer.MIN_VALUE, -3}, integers(Arithmetic.ADD, ints(Integer.MAX_VALUE, -5), ints(1, 2)));
        assertArrayEquals(
                new long[] {-3, 3, Integer.MIN_VALUE},
                integers(Arithmetic.DIV, ints(-7, 7, Integer.MIN_VALUE), ints(2, 2, -1)));
        assertArrayEquals(new long[] {0}, integers(Arithmetic.MUL, ints(1 << 16), ints(1 << 16)));
        long large = (1L << 53) + 1;
        assertArrayEquals(new long[] {large + 2}, integers(Arithmetic.ADD, longs(large), longs(2)));
        assertArrayEquals(new long[] {large}, integers(Arithmetic.MAX, longs(large), longs(large - 1)));
        assertArrayEquals(new long[] {large - 1}, integers(Arithmetic.MIN, longs(large), longs(large - 1)));
        assertArrayEquals(new long[] {-243, 1, 0}, integers(Arithmetic.POW, longs(-3, 9, 2), longs(5, 0, -1)));
        assertArrayEquals(new long[] {15}, integers(Arithmetic.POW, ints(4), floats(1.96f)));
        GraphException e = assertThrows(GraphException.class, () -> integers(Arithmetic.DIV, ints(1), ints(0)));
        assertEquals("node \"node\" (DIV): got an integer divisor of 0, expected another", e.getMessage());
        assertThrows(GraphException.class, () -> integers(Arithmetic.ADD, ints(1), longs(1)));
    }

    @Test
    void scalesWhatIsNotPositiveBySlope() {
        Tensor x = Tensor.of(Shape.of(1, 2, 1, 2), -1f, 2, -3, 4);
        Tensor slope = Tensor.of(Shape.of(2, 1, 1), 0.5f, 10);
        assertArrayEquals(
                new float[] {-0.5f, 2, -30, 4},
                Evaluation.run(new Lanewise.PRelu(), x, slope).toFloats());
        assertArrayEquals(
                new long[] {-6, 3},
                Evaluation.run(new Lanewise.PRelu(), ints(-2, 3), ints(3)).toLongs());
    }

    @Test
    void castsAsInC() {
        Tensor x = floats(-1.9f, 2.9f, Float.NaN, 300, -0f, 3e9f);
        assertArrayEquals(new long[] {-1, 2, 0, 300, 0, Integer.MAX_VALUE}, cast(x, ElementType.INT32));
        assertArrayEquals(new long[] {-1, 2, 0, 300, 0, 3_000_000_000L}, cast(x, ElementType.INT64));
        assertArrayEquals(new long[] {255, 2, 0, 44}, cast(floats(-1.9f, 2.9f, Float.NaN, 300), ElementType.UINT8));
        assertArrayEquals(new long[] {1, 1, 1, 1, 0, 1}, cast(x, ElementType.BOOL));
        assertArrayEquals(new long[] {1, 0, 1}, cast(longs(256, 0, -1), ElementType.BOOL));
        assertArrayEquals(new long[] {1, 0, -1}, cast(longs((1L << 32) + 1, 1L << 40, -1), ElementType.INT32));
        assertArrayEquals(new long[] {-128, 127}, cast(longs(128, -129), ElementType.INT8));
        long large = (1L << 62) + (1L << 38) + 1;
        Tensor rounded = Evaluation.run(new Lanewise.Cast(ElementType.FLOAT32), longs(large));
        assertEquals((float) large, rounded.getFloat(0));
        Tensor bool = Evaluation.integers(ElementType.BOOL, Shape.of(2), 0, 1);
        assertArrayEquals(
                new float[] {0, 1},
                Evaluation.run(new Lanewise.Cast(ElementType.FLOAT32), bool).toFloats());
    }

    private static long[] cast(Tensor x, ElementType to) {
        return Evaluation.run(new Lanewise.Cast(to), x).toLongs();
    }
}
