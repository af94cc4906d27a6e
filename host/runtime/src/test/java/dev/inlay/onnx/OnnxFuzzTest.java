// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import static dev.inlay.onnx.ModelFile.integer;
import static dev.inlay.onnx.ModelFile.ints;
import static dev.inlay.onnx.ModelFile.opset;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.graph.GraphException;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** Damaged model files give a graph or a {@link GraphException}, nothing else, in bounded time. */
class OnnxFuzzTest {
    private static final long SEED = 20260101;
    private static final int FILES = 2_000;
    private static final Duration TIME = Duration.ofSeconds(20);
    private static final Path SAMPLE = Path.of("..", "..", "samples", "models", "lenet5.onnx");

    private static List<byte[]> seeds() throws IOException {
        List<byte[]> seeds = new ArrayList<>();
        seeds.add(opset(13)
                .input("x", 1, 2, 8, 8)
                .weights("w", 4, 2, 3, 3)
                .weights("s", 4)
                .node("Conv", List.of("x", "w"), "a", ints("pads", 1, 1, 1, 1), integer("group", 1))
                .node("BatchNormalization", List.of("a", "s", "s", "s", "s"), "b")
                .node("Relu", List.of("b"), "c")
                .node("MaxPool", List.of("c"), "d", ints("kernel_shape", 2, 2), ints("strides", 2, 2))
                .node("Flatten", List.of("d"), "e")
                .weights("f", 64, 10)
                .node("Gemm", List.of("e", "f"), "g")
                .node("Softmax", List.of("g"), "y")
                .output("y")
                .bytes());
        seeds.add(opset(13)
                .input("x", 2, 6, 5)
                .integers("zero", 0)
                .integers("two", 2)
                .integers("rest", -1)
                .constant("limit", Tensor.of(Shape.SCALAR, 9L))
                .constant("one", Tensor.of(Shape.SCALAR, 1L))
                .node("Shape", List.of("x"), "shape")
                .node("Gather", List.of("shape", "zero"), "batch")
                .node("Slice", List.of("shape", "zero", "two"), "front")
                .node("ReduceProd", List.of("front"), "product", integer("keepdims", 1))
                .node("Concat", List.of("product", "rest"), "to", integer("axis", 0))
                .node("Reshape", List.of("x", "to"), "flat")
                .node("ConstantOfShape", List.of("front"), "zeros")
                .node("Range", List.of("one", "limit", "one"), "range")
                .node("Expand", List.of("batch", "front"), "expanded")
                .node("Transpose", List.of("flat"), "t", ints("perm", 1, 0))
                .node("MatMul", List.of("flat", "t"), "y")
                .output("y")
                .output("zeros")
                .output("expanded")
                .output("range")
                .bytes());
        seeds.add(opset(11)
                .input("x", 1, 3, 9)
                .weights("w", 6, 1, 3)
                .integers("pads", 0, 0, 1, 0, 0, 1)
                .node("Pad", List.of("x", "pads"), "p")
                .node("Conv", List.of("p", "w"), "a", integer("group", 3), ints("strides", 2))
                .node("GlobalAveragePool", List.of("a"), "b")
                .node("Clip", List.of("b"), "c")
                .node("Unsqueeze", List.of("c"), "d", ints("axes", 0))
                .node("ReduceMean", List.of("d"), "y", ints("axes", 1, 2))
                .output("y")
                .bytes());
        if (Files.isRegularFile(SAMPLE)) {
            seeds.add(Files.readAllBytes(SAMPLE));
        }
        return seeds;
    }

    private static byte[] mutated(byte[] seed, Random random) {
        byte[] bytes = seed.clone();
        // Most of a model is weights; its structure is at the ends.
        int span = random.nextBoolean() ? bytes.length : Math.min(bytes.length, 600);
        int base = random.nextBoolean() ? 0 : bytes.length - span;
        int edits = 1 + random.nextInt(4);
        for (int edit = 0; edit < edits; edit++) {
            int at = base + random.nextInt(span);
            int other = base + random.nextInt(span);
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> {
                    byte swapped = bytes[at];
                    bytes[at] = bytes[other];
                    bytes[other] = swapped;
                }
                case 2 -> bytes[at] = (byte) random.nextInt(256);
                case 3 -> bytes[at] = (byte) 0xff;
                case 4 -> bytes[at]++;
                default -> {
                    int count = Math.min(1 + random.nextInt(24), bytes.length - Math.max(at, other));
                    System.arraycopy(bytes, at, bytes, other, count);
                }
            }
        }
        return random.nextInt(8) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
    }

    @Test
    void damagedFilesAreRefusedInPeace() throws IOException {
        List<byte[]> seeds = seeds();
        for (byte[] seed : seeds) {
            assertTrue(OnnxReader.inspect(seed, Map.of()).unsupported().isEmpty());
        }
        Random random = new Random(SEED);
        int[] counts = new int[2];
        Assertions.assertTimeoutPreemptively(TIME, () -> {
            for (int file = 0; file < FILES; file++) {
                byte[] bytes = mutated(seeds.get(file % seeds.size()), random);
                try {
                    OnnxReader.read(bytes, Map.of());
                    counts[0]++;
                } catch (GraphException e) {
                    counts[1]++;
                    assertFalse(e.getMessage().contains("\n"), e.getMessage());
                }
            }
        });
        assertEquals(FILES, counts[0] + counts[1]);
        assertTrue(counts[0] > FILES / 20, "read " + counts[0]);
        assertTrue(counts[1] > FILES / 4, "refused " + counts[1]);
    }
}
