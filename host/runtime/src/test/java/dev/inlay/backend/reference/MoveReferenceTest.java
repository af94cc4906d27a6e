// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.inlay.graph.Move;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MoveReferenceTest {
    private static long bit(ElementType type, long value) {
        return type == ElementType.BOOL ? value & 1 : value;
    }

    private static Tensor counted(ElementType type, long... extents) {
        Tensor tensor = Tensor.allocate(type, Shape.of(extents));
        for (long i = 0; i < tensor.elements(); i++) {
            tensor.setLong(i, bit(type, i));
        }
        return tensor;
    }

    private static long[] expected(ElementType type, long... values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = bit(type, values[i]);
        }
        return values;
    }

    @ParameterizedTest
    @EnumSource
    void reshapesIntoMemoryOfItsOwn(ElementType type) {
        Tensor x = counted(type, 2, 3);
        Tensor y = Evaluation.run(new Move.Reshape(Shape.of(3, 2)), x);
        assertEquals(Shape.of(3, 2), y.shape());
        assertArrayEquals(expected(type, 0, 1, 2, 3, 4, 5), y.toLongs());
        x.setLong(1, 0);
        assertEquals(1, y.getLong(1));
    }

    @ParameterizedTest
    @EnumSource
    void transposes(ElementType type) {
        Tensor x = counted(type, 2, 3, 2);
        assertArrayEquals(
                expected(type, 0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11),
                Evaluation.run(new Move.Transpose(List.of(2, 1, 0)), x).toLongs());
        Tensor pairs = Evaluation.run(new Move.Transpose(List.of(1, 0, 2)), x);
        assertEquals(Shape.of(3, 2, 2), pairs.shape());
        assertArrayEquals(expected(type, 0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11), pairs.toLongs());
        // Order [1, 2, 0] is not its own inverse.
        assertArrayEquals(
                expected(type, 0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11),
                Evaluation.run(new Move.Transpose(List.of(1, 2, 0)), x).toLongs());
    }

    @ParameterizedTest
    @EnumSource
    void concatenates(ElementType type) {
        Tensor x = counted(type, 2, 2);
        Tensor y = counted(type, 2, 1);
        assertArrayEquals(
                expected(type, 0, 1, 0, 0, 1, 2, 3, 1, 2, 3),
                Evaluation.run(new Move.Concat(-1), x, y, x).toLongs());
        assertArrayEquals(
                expected(type, 0, 1, 2, 3, 0, 1, 2, 3),
                Evaluation.run(new Move.Concat(0), x, x).toLongs());
    }

    @ParameterizedTest
    @EnumSource
    void pads(ElementType type) {
        Tensor x = counted(type, 2, 2);
        Tensor y = Evaluation.run(new Move.Pad(List.of(1, 0), List.of(0, 2), 9), x);
        assertEquals(Shape.of(3, 4), y.shape());
        long nine = y.getLong(0);
        assertEquals(9, nine);
        assertArrayEquals(new long[] {9, 9, 9, 9, 0, 1, 9, 9, bit(type, 2), bit(type, 3), 9, 9}, y.toLongs());
    }

    @Test
    void transposingTwiceGivesBack() {
        Random random = new Random(3);
        Tensor x = Evaluation.random(random, 3, 5, 4, 2);
        Tensor there = Evaluation.run(new Move.Transpose(List.of(2, 0, 3, 1)), x);
        Tensor back = Evaluation.run(new Move.Transpose(List.of(1, 3, 0, 2)), there);
        assertEquals(x.shape(), back.shape());
        assertArrayEquals(x.toFloats(), back.toFloats());
    }

    @Test
    void movesNothingAndScalars() {
        assertEquals(
                Shape.of(0, 2),
                Evaluation.run(new Move.Transpose(List.of(1, 0)), counted(ElementType.FLOAT32, 2, 0))
                        .shape());
        Tensor scalar = Tensor.of(Shape.SCALAR, 5f);
        assertEquals(5f, Evaluation.run(new Move.Transpose(List.of()), scalar).getFloat(0));
        assertEquals(
                Float.NEGATIVE_INFINITY,
                Evaluation.run(
                                new Move.Pad(List.of(1), List.of(0), Float.NEGATIVE_INFINITY),
                                Tensor.of(Shape.of(1), 1f))
                        .getFloat(0));
    }
}
