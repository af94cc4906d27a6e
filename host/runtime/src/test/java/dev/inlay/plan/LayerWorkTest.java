// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.inlay.encoding.BlockCirculant;
import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Encoded;
import dev.inlay.encoding.Floats;
import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Quantizer;
import dev.inlay.encoding.Sparse;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Function;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Value;
import dev.inlay.profile.Carrier;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What layers are counted as, in the formats that a graph holds their operands in. */
final class LayerWorkTest {
    private static final int ROWS = 3;
    private static final int CHANNELS = 16;
    private static final int OUTPUTS = 8;

    /** A matrix product of activations that go through a quantizer where one is given. */
    private static LayerWork product(Encoded weights, Optional<Quantizer> quantizer) {
        Graph.Builder graph = Graph.builder("g")
                .input(new Value("x", ElementType.FLOAT32, Shape.of(ROWS, CHANNELS)))
                .encoded("w", weights)
                .node("product", new Contraction.MatMul(Epilogue.NONE), List.of("q", "w"), "p")
                .node("relu", new Lanewise.Unary(Function.RELU), List.of("p"), "y")
                .output("y");
        graph.node(
                "first",
                quantizer.<Lanewise>map(Lanewise.Quantize::new).orElse(new Lanewise.Unary(Function.RELU)),
                List.of("x"),
                "q");
        List<LayerWork> contractions = LayerWork.contractions(graph.build());
        assertEquals(1, contractions.size());
        return contractions.getFirst();
    }

    private static Coded coded(Levels levels) {
        Tensor codes = Tensor.allocate(ElementType.INT8, Shape.of(CHANNELS, OUTPUTS));
        for (long i = 0; i < codes.elements(); i++) {
            codes.setLong(i, i % 2 == 0 ? levels.low() : levels.high());
        }
        return new Coded(codes.shape(), List.of(new Coded.Term(levels, codes, Coded.Scales.of(0.5f))));
    }

    private static Optional<Quantizer> uniform(Levels levels) {
        return Optional.of(new Quantizer.Uniform(levels, 0.5f, 0));
    }

    private static Floats half() {
        Tensor numbers = Tensor.allocate(ElementType.FLOAT32, Shape.of(CHANNELS, OUTPUTS));
        for (long i = 0; i < numbers.elements(); i++) {
            numbers.set(i, i % 2 == 0 ? 0.0 : 1.0);
        }
        return new Floats(numbers);
    }

    @Test
    void numbersAreReadAndWrittenOnce() {
        LayerWork work = product(half(), Optional.empty());
        assertEquals("f32*f32", work.format());
        assertEquals(MultiplyAdd.F32, work.multiply());
        assertEquals(new Work("f32", 2 * ROWS * CHANNELS * OUTPUTS, 4 * (48 + 128 + 24)), work.work());
        assertEquals(Optional.of(new LayerWork.Extents(1, OUTPUTS, CHANNELS, 1, 1, ROWS, 1, 1)), work.extents());
    }

    @Test
    void codesHaveTheBitsOfTheirLevels() {
        LayerWork bytes = product(coded(Levels.Integers.symmetric(4)), uniform(Levels.Integers.UNSIGNED_8));
        assertEquals("u8*s4", bytes.format());
        assertEquals(MultiplyAdd.integers(8, 4), bytes.multiply());
        assertEquals(ROWS * CHANNELS, bytes.readBytes());
        assertEquals(CHANNELS * OUTPUTS / 2 + Float.BYTES, bytes.weightBytes());
        assertEquals(4 * ROWS * OUTPUTS, bytes.writtenBytes());
        LayerWork signs = product(coded(Levels.Odd.BINARY), uniform(Levels.Odd.BINARY));
        assertEquals("b1*b1", signs.format());
        assertEquals(Carrier.PLANES, signs.multiply().carrier());
        LayerWork shifts = product(coded(new Levels.Logarithmic(7, 1)), uniform(Levels.Integers.UNSIGNED_8));
        assertEquals(MultiplyAdd.Kind.SHIFT, shifts.multiply().kind());
        assertEquals(
                "f32*s4",
                product(coded(Levels.Integers.symmetric(4)), Optional.empty()).format());
    }

    @Test
    void zerosAreLeftOutWhereTheyAreNotHeld() {
        LayerWork sparse = product(new Sparse(half()), Optional.empty());
        assertEquals("f32*f32 sparse", sparse.format());
        assertEquals(0.5, sparse.density(), 0.05);
        assertEquals(Math.round(2 * ROWS * CHANNELS * OUTPUTS * sparse.density()), sparse.operations());
        Tensor vectors = Tensor.allocate(ElementType.FLOAT32, Shape.of(1, 2, 1, 8));
        LayerWork circulant = product(
                new BlockCirculant(Shape.of(CHANNELS, OUTPUTS), 1, new BlockCirculant.Floats(vectors)),
                Optional.empty());
        assertEquals("f32*f32 circulant", circulant.format());
        assertEquals(4 * 16, circulant.weightBytes());
    }

    @Test
    void operandsHaveBits() {
        assertThrows(IllegalArgumentException.class, () -> MultiplyAdd.integers(0, 8));
        assertThrows(IllegalArgumentException.class, () -> MultiplyAdd.integers(8, 33));
    }
}
