// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.encode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Levels;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each method keeps its bound, gives again what it gave before, and takes layers that are out of the ordinary. */
final class WeightMethodTest {
    private static final Granularity TENSOR = new Granularity.PerTensor();
    private static final Granularity CHANNEL = new Granularity.PerChannel();

    /** A scale, a quotient and a product are rounded to float. */
    private static final double FLOAT_STEPS = 4 * 0x1p-24;

    static List<CodeMethod> methods() {
        List<CodeMethod> methods = new ArrayList<>();
        for (Fit fit : Fit.values()) {
            for (int bits : new int[] {2, 4, 8, 16}) {
                methods.add(new FixedPoint(bits, OptionalInt.empty(), fit));
                methods.add(new Affine(bits, true, TENSOR, fit));
                methods.add(new Affine(bits, true, CHANNEL, fit));
                methods.add(new Affine(bits, true, new Granularity.PerGroup(4), fit));
            }
            for (int bits : new int[] {1, 2, 3, 7}) {
                methods.add(new DoReFa(bits, TENSOR, fit));
                methods.add(new DoReFa(bits, CHANNEL, fit));
            }
        }
        for (int bits : new int[] {2, 3, 5, 8}) {
            methods.add(new Affine(bits, false, TENSOR, Fit.RANGE));
            methods.add(new BlockFloatWeights(bits, 16));
            methods.add(new Logarithmic(bits, 1));
            methods.add(new Logarithmic(bits, 2));
            methods.add(new IncrementalPowers(Math.max(3, bits)));
        }
        methods.add(new Binary(false));
        methods.add(new Binary(true));
        for (MultiBase.Choice choice : MultiBase.Choice.values()) {
            for (int bases = 1; bases <= 4; bases++) {
                methods.add(new MultiBase(bases, choice, TENSOR));
                methods.add(new MultiBase(bases, choice, CHANNEL));
            }
        }
        methods.add(new Ternary(0.7, TENSOR));
        methods.add(new Ternary(0.7, CHANNEL));
        methods.add(new TrainedTernary(0.05));
        for (Codebook.Init init : Codebook.Init.values()) {
            methods.add(new Codebook(2, init, 40, TENSOR));
            methods.add(new Codebook(4, init, 5, CHANNEL));
            methods.add(new Codebook(8, init, 0, TENSOR));
        }
        return methods;
    }

    /** A convolution's or a matrix's weights, of any scale. */
    private static LayerWeights random(long seed) {
        Random random = new Random(seed);
        boolean image = random.nextBoolean();
        Shape shape = image
                ? Shape.of(1 + random.nextInt(6), 1 + random.nextInt(20), 1 + random.nextInt(3), 3)
                : Shape.of(1 + random.nextInt(40), 1 + random.nextInt(6));
        float scale = (float) Math.pow(10, random.nextInt(13) - 6);
        float[] values = new float[(int) shape.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian() * scale;
        }
        Tensor tensor = Tensor.of(shape, values);
        return image ? new LayerWeights(tensor, 0, 1) : new LayerWeights(tensor, 1, 0);
    }

    private static LayerWeights like(LayerWeights weights, Tensor tensor) {
        return new LayerWeights(tensor, weights.outputAxis(), weights.inputAxis());
    }

    @ParameterizedTest
    @MethodSource("methods")
    void staysWithinItsBound(CodeMethod method) {
        for (long seed = 0; seed < 40; seed++) {
            LayerWeights weights = random(seed);
            Coded encoded = method.encode(weights);
            Tensor decoded = encoded.decode();
            for (long i = 0; i < decoded.elements(); i++) {
                double exact = weights.tensor().getDouble(i);
                double error = Math.abs(exact - decoded.getDouble(i));
                double bound = bound(method, encoded, weights, i) + Math.abs(exact) * FLOAT_STEPS;
                assertTrue(
                        error <= bound,
                        method + " seed " + seed + ": got " + decoded.getDouble(i) + " for " + exact
                                + ", expected within " + bound);
            }
        }
    }

    /** How far a weight may lie from what stands for it. */
    private static double bound(CodeMethod method, Coded encoded, LayerWeights weights, long index) {
        Coded.Term term = encoded.terms().getFirst();
        double scale = term.scales().at(weights.shape(), index);
        double exact = Math.abs(weights.tensor().getDouble(index));
        double largest = Terms.largest(weights.values());
        return switch (method) {
            case FixedPoint fixed -> fixed.fit() == Fit.RANGE ? scale / 2 : largest;
            case Affine affine -> affine.fit() == Fit.RANGE ? scale / 2 * (affine.symmetric() ? 1 : 2) : largest;
            case BlockFloatWeights block -> scale;
            case DoReFa doReFa -> doReFa.fit() == Fit.RANGE ? scale : largest;
            case Binary binary -> binary.scaled() ? Math.max(exact, scale) : Math.max(exact, 1);
            case MultiBase bases -> 4 * largest;
            case Ternary ternary -> Math.max(exact, largest);
            case TrainedTernary ternary -> Math.max(exact, largest);
            case Logarithmic log -> {
                double root = Math.pow(2, 0.5 / log.root());
                yield Math.max(exact * (root - 1), scale / root);
            }
            case IncrementalPowers powers -> Math.max(exact / 3, scale / 2);
            case Codebook codebook -> {
                double nearest = Double.POSITIVE_INFINITY;
                for (int code = 0; code <= term.levels().high(); code++) {
                    double real = term.levels().level(code) * scale;
                    nearest = Math.min(nearest, Math.abs(weights.tensor().getDouble(index) - real));
                }
                yield nearest + largest * 1e-6;
            }
        };
    }

    @ParameterizedTest
    @MethodSource("methods")
    void givesAgainWhatItGave(CodeMethod method) {
        // The bases of a sum are not found again from the sum, nor the means of what starts elsewhere.
        if (method instanceof MultiBase || method instanceof Codebook) {
            return;
        }
        for (long seed = 0; seed < 40; seed++) {
            LayerWeights weights = random(seed);
            Tensor once = method.encode(weights).decode();
            Tensor twice = method.encode(like(weights, once)).decode();
            double largest = Terms.largest(once.toFloats());
            for (long i = 0; i < once.elements(); i++) {
                assertEquals(once.getDouble(i), twice.getDouble(i), largest * 1e-6, method + " seed " + seed);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void keepsZerosAndSingleWeights(CodeMethod method) {
        Tensor zeros = method.encode(new LayerWeights(Tensor.of(Shape.of(3, 5), new float[15]), 0, 1))
                .decode();
        float left = method instanceof Binary binary && !binary.scaled() ? 1 : 0;
        for (float value : zeros.toFloats()) {
            assertEquals(left, value, method.toString());
        }
        Tensor one = method.encode(new LayerWeights(Tensor.of(Shape.of(1, 1), -0.75f), 0, 1))
                .decode();
        assertTrue(one.getFloat(0) < 0, method + ": got " + one.getFloat(0));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void staysFiniteBesideAnOutlier(CodeMethod method) {
        float[] values = new float[64];
        Arrays.fill(values, 1e-3f);
        for (float outlier : new float[] {1e30f, Float.MAX_VALUE / 2, -Float.MAX_VALUE / 2, 1e-42f}) {
            values[5] = outlier;
            Tensor decoded = method.encode(new LayerWeights(Tensor.of(Shape.of(8, 8), values), 0, 1))
                    .decode();
            for (float value : decoded.toFloats()) {
                assertTrue(Float.isFinite(value), method + " beside " + outlier + ": got " + value);
            }
        }
    }

    @Test
    void refusesWhatIsNoNumber() {
        for (float wrong : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            Tensor tensor = Tensor.of(Shape.of(1, 2), 1f, wrong);
            String message = assertThrows(IllegalArgumentException.class, () -> new LayerWeights(tensor, 0, 1))
                    .getMessage();
            assertEquals("weights: got " + wrong + " at element 1, expected finite numbers", message);
        }
    }

    static Stream<Float> scales() {
        return Stream.of(1f, 0x1p-7f, 0x1p9f);
    }

    @ParameterizedTest
    @MethodSource("scales")
    void holdsNumbersOfItsLevelsExactly(float scale) {
        for (Fit fit : Fit.values()) {
            assertExact(new FixedPoint(8, OptionalInt.empty(), fit), new Levels.Integers(-128, 127), scale);
            assertExact(new Affine(8, true, TENSOR, fit), Levels.Integers.symmetric(8), scale);
            assertExact(new DoReFa(4, TENSOR, fit), new Levels.Odd(4), scale);
        }
        assertExact(new Affine(8, false, TENSOR, Fit.RANGE), new Levels.Integers(-100, 155), scale);
        assertExact(new Logarithmic(4, 1), new Levels.Logarithmic(7, 1), scale);
        assertExact(new Logarithmic(4, 2), new Levels.Logarithmic(7, 2), scale);
        assertExact(new IncrementalPowers(5), new Levels.Logarithmic(8, 1), scale);
        assertExact(new TrainedTernary(0.05), Levels.Integers.TERNARY, scale);
        assertExact(new Ternary(0.7, TENSOR), Levels.Integers.TERNARY, scale);
        List<Float> any = List.of(-3f, -2.5f, -0.1f, 0f, 0.001f, 0.2f, 0.4f, 7f);
        for (Codebook.Init init : Codebook.Init.values()) {
            assertExact(new Codebook(3, init, 40, TENSOR), new Levels.Table(any), scale);
            assertExact(new Codebook(5, init, 40, TENSOR), new Levels.Table(any), scale);
        }
        assertExact(new Binary(true), Levels.Odd.BINARY, scale);
        assertExact(new MultiBase(1, MultiBase.Choice.LEAST_SQUARES, TENSOR), Levels.Odd.BINARY, scale);
        assertExact(new MultiBase(2, MultiBase.Choice.GREEDY, TENSOR), new Levels.Odd(2), scale);
    }

    private static void assertExact(CodeMethod method, Levels levels, float scale) {
        float[] values = new float[levels.high() - levels.low() + 1];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (levels.level(levels.low() + i) * scale);
        }
        Tensor tensor = Tensor.of(Shape.of(1, values.length), values);
        assertArrayEquals(
                values, method.encode(new LayerWeights(tensor, 0, 1)).decode().toFloats(), method.toString());
    }

    @Test
    void findsTheScalesOfBinaryBases() {
        // Four levels of two bases: the least squares solution makes them exactly.
        Tensor tensor = Tensor.of(Shape.of(1, 8), -3f, -3f, -1f, -1f, 1f, 1f, 3f, 3f);
        LayerWeights weights = new LayerWeights(tensor, 0, 1);
        double one = error(new MultiBase(1, MultiBase.Choice.LEAST_SQUARES, TENSOR), weights);
        double three = error(new MultiBase(3, MultiBase.Choice.LEAST_SQUARES, TENSOR), weights);
        assertEquals(1, one, 1e-6);
        assertEquals(0, three, 1e-6);
    }

    @Test
    void fitsNoWorseThanTheRange() {
        for (long seed = 0; seed < 40; seed++) {
            LayerWeights weights = random(seed);
            for (int bits = 2; bits <= 8; bits++) {
                assertNoWorse(
                        new Affine(bits, true, TENSOR, Fit.MSE), new Affine(bits, true, TENSOR, Fit.RANGE), weights);
                assertNoWorse(
                        new FixedPoint(bits, OptionalInt.empty(), Fit.MSE),
                        new FixedPoint(bits, OptionalInt.empty(), Fit.RANGE),
                        weights);
            }
        }
    }

    private static void assertNoWorse(CodeMethod fitted, CodeMethod ranged, LayerWeights weights) {
        assertTrue(error(fitted, weights) <= error(ranged, weights) * (1 + 1e-6), fitted.toString());
    }

    private static double error(CodeMethod method, LayerWeights weights) {
        return EncodingError.of(weights.tensor(), method.encode(weights).decode())
                .mse();
    }

    @Test
    void measuresErrors() {
        EncodingError error = EncodingError.of(Tensor.of(Shape.of(2), 3f, -4f), Tensor.of(Shape.of(2), 3f, -3.5f));
        assertEquals(0.5, error.max());
        assertEquals(0.125, error.mse());
        assertEquals(20, error.sqnrDb(), 1e-9);
        Tensor same = Tensor.of(Shape.of(1), 1f);
        assertEquals(Double.POSITIVE_INFINITY, EncodingError.of(same, same).sqnrDb());
    }
}
