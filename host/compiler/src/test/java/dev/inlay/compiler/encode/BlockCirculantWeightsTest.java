// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.encode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.encoding.BlockCirculant;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class BlockCirculantWeightsTest {
    private static final BlockCirculantWeights FOURS = new BlockCirculantWeights(4, OptionalInt.empty());

    private static Tensor random(Shape shape) {
        Random random = new Random(5);
        Tensor tensor = Tensor.allocate(ElementType.FLOAT32, shape);
        for (long i = 0; i < tensor.elements(); i++) {
            tensor.set(i, random.nextGaussian());
        }
        return tensor;
    }

    private static List<LayerWeights> layers() {
        return List.of(
                new LayerWeights(random(Shape.of(7, 6, 2, 3)), 0, 1),
                new LayerWeights(random(Shape.of(9, 5)), 0, 1),
                new LayerWeights(random(Shape.of(9, 5)), 1, 0));
    }

    /** No change of any number of any vector makes the squared error less. */
    @Test
    void projectsOnTheNearest() {
        for (LayerWeights layer : layers()) {
            BlockCirculant chosen = (BlockCirculant) FOURS.encode(layer);
            double least = EncodingError.of(layer.tensor(), chosen.decode()).mse();
            Tensor vectors = chosen.vectors().decode();
            for (long i = 0; i < vectors.elements(); i++) {
                for (float step : new float[] {-0.01f, 0.01f}) {
                    Tensor moved = Tensor.of(vectors.shape(), vectors.toFloats());
                    moved.set(i, moved.getFloat(i) + step);
                    BlockCirculant other =
                            new BlockCirculant(layer.shape(), layer.outputAxis(), new BlockCirculant.Floats(moved));
                    double error =
                            EncodingError.of(layer.tensor(), other.decode()).mse();
                    assertTrue(error >= least, () -> "got an error of " + error + " below " + least);
                }
            }
        }
    }

    @Test
    void keepsWhatIsCirculant() {
        for (LayerWeights layer : layers()) {
            Tensor once = FOURS.encode(layer).decode();
            Tensor twice = FOURS.encode(new LayerWeights(once, layer.outputAxis(), layer.inputAxis()))
                    .decode();
            for (long i = 0; i < once.elements(); i++) {
                assertEquals(once.getFloat(i), twice.getFloat(i), 1e-6f);
            }
        }
    }

    @Test
    void roundsVectorsToFixedPoint() {
        BlockCirculantWeights method = new BlockCirculantWeights(4, OptionalInt.of(16));
        for (LayerWeights layer : layers()) {
            BlockCirculant exact = (BlockCirculant) FOURS.encode(layer);
            BlockCirculant rounded = (BlockCirculant) method.encode(layer);
            assertTrue(rounded.bits() < exact.bits() * 0.51 + 32, "bits");
            float[] numbers = rounded.vectors().decode().toFloats();
            assertArrayEquals(exact.vectors().decode().toFloats(), numbers, 0x1p-14f);
            for (float number : numbers) {
                assertEquals(Math.rint(number * 0x1p15), number * 0x1p15);
            }
            assertEquals(Map.of("block", 4, "bits", 16), method.parameters(rounded));
        }
    }

    @Test
    void refusesOtherBlocks() {
        for (int block : new int[] {0, 2, 12, 128, -4}) {
            IllegalArgumentException error = assertThrows(
                    IllegalArgumentException.class, () -> new BlockCirculantWeights(block, OptionalInt.empty()));
            assertEquals("block: got " + block + ", expected a power of two from 4 to 64", error.getMessage());
        }
    }
}
