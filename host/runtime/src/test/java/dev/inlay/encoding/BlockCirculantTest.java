// SPDX-License-Identifier: Apache-2.0
package dev.inlay.encoding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BlockCirculantTest {
    private static BlockCirculant weights(Shape shape, int outputAxis, int block) {
        Random random = new Random(block);
        Tensor vectors = Tensor.allocate(ElementType.FLOAT32, BlockCirculant.vectorsOf(shape, outputAxis, block));
        for (long i = 0; i < vectors.elements(); i++) {
            vectors.set(i, random.nextGaussian());
        }
        return new BlockCirculant(shape, outputAxis, new BlockCirculant.Floats(vectors));
    }

    private static float vector(BlockCirculant weights, int... at) {
        Tensor vectors = weights.vectors().decode();
        long[] strides = vectors.shape().strides();
        long place = 0;
        for (int axis = 0; axis < 4; axis++) {
            place += at[axis] * strides[axis];
        }
        return vectors.getFloat(place);
    }

    @Test
    void everyBlockIsCirculant() {
        BlockCirculant conv = weights(Shape.of(7, 6, 2, 3), 0, 4);
        Tensor decoded = conv.decode();
        for (int output = 0; output < 7; output++) {
            for (int input = 0; input < 6; input++) {
                for (int tap = 0; tap < 6; tap++) {
                    assertEquals(
                            vector(conv, output / 4, input / 4, tap, (output % 4 - input % 4 + 4) % 4),
                            decoded.getFloat((output * 6L + input) * 6 + tap));
                }
            }
        }
        assertEquals(2 * 2 * 6 * 4 * 32, conv.bits());
    }

    @Test
    void aMatrixKeepsItsBlocksWhereItIsTransposed() {
        BlockCirculant rows = weights(Shape.of(9, 14), 0, 8);
        Encoded columns = rows.transposed(List.of(1, 0)).orElseThrow();
        assertEquals(Shape.of(14, 9), columns.shape());
        Tensor decoded = rows.decode();
        Tensor turned = columns.decode();
        for (int output = 0; output < 9; output++) {
            for (int input = 0; input < 14; input++) {
                assertEquals(decoded.getFloat(output * 14L + input), turned.getFloat(input * 9L + output));
            }
        }
        assertEquals(Optional.empty(), weights(Shape.of(4, 4, 3, 3), 0, 4).transposed(List.of(1, 0, 2, 3)));
    }

    @Test
    void aMatrixIsAConvolutionOfOneTap() {
        BlockCirculant rows = weights(Shape.of(9, 14), 0, 8);
        Encoded conv = rows.reshaped(Shape.of(9, 14, 1, 1)).orElseThrow();
        assertArrayEquals(rows.decode().toFloats(), conv.decode().toFloats());
        assertEquals(Optional.empty(), rows.reshaped(Shape.of(14, 9)));
        assertEquals(Optional.empty(), weights(Shape.of(9, 14), 1, 8).reshaped(Shape.of(9, 14, 1, 1)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aFactorForEveryBlockIsOneForItsVectors(int axis) {
        for (int outputAxis = 0; outputAxis < 2; outputAxis++) {
            BlockCirculant weights = weights(Shape.of(9, 14), outputAxis, 4);
            double[] factors = new double[weights.shape().size(axis)];
            Arrays.setAll(factors, i -> 0.5 + Math.floorDiv(i, 4));
            float[] expected = weights.decode().toFloats();
            for (int i = 0; i < expected.length; i++) {
                expected[i] *= (float) factors[axis == 0 ? i / 14 : i % 14];
            }
            Encoded scaled = weights.scaled(axis, factors).orElseThrow();
            assertArrayEquals(expected, scaled.decode().toFloats());
            factors[5] += 1;
            assertEquals(Optional.empty(), weights.scaled(axis, factors));
        }
        assertEquals(Optional.empty(), weights(Shape.of(4, 4, 2, 2), 0, 4).scaled(2, new double[] {2, 2}));
    }

    @Test
    void refusesWhatIsNoBlock() {
        assertRefused("block: got 0", Shape.of(2, 2), 0, Shape.of(1, 1, 4));
        assertRefused("block: got 12, expected a power of two from 4 to 64", Shape.of(2, 2), 0, Shape.of(1, 1, 1, 12));
        assertRefused("block: got 128", Shape.of(2, 2), 0, Shape.of(1, 1, 1, 128));
        assertRefused(
                "got vectors of shape 1x2x1x4, expected 2x2x1x4 for 5x6", Shape.of(5, 6), 0, Shape.of(1, 2, 1, 4));
        assertRefused("expected rank 2 with axis 0 or 1", Shape.of(4, 4, 1, 1), 1, Shape.of(1, 1, 1, 4));
        assertRefused("expected rank 2 with axis 0 or 1", Shape.of(4, 4, 4), 0, Shape.of(1, 1, 4, 4));
    }

    private static void assertRefused(String why, Shape shape, int outputAxis, Shape vectors) {
        BlockCirculant.Vectors zeros = new BlockCirculant.Floats(Tensor.allocate(ElementType.FLOAT32, vectors));
        IllegalArgumentException error =
                assertThrows(IllegalArgumentException.class, () -> new BlockCirculant(shape, outputAxis, zeros));
        assertEquals(true, error.getMessage().contains(why), error.getMessage());
    }
}
