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
    private static final int FILES = 4_000;
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
        seeds.addAll(quantised());
        if (Files.isRegularFile(SAMPLE)) {
            seeds.add(Files.readAllBytes(SAMPLE));
        }
        return seeds;
    }

    private static List<byte[]> quantised() {
        byte[] pairs = opset(21)
                .domain("com.microsoft", 1)
                .domain("qonnx.custom_op.general", 1)
                .input("x", 1, 2, 6, 6)
                .scalar("s", 0.5f)
                .codes("z", CodeType.UINT8, Shape.SCALAR, 100)
                .codes("w", CodeType.INT8, Shape.of(2, 2, 1, 1), 1, -2, 3, -4)
                .constant("ws", Tensor.of(Shape.of(2), 0.5f, 0.25f))
                .codes("wz", CodeType.INT8, Shape.of(2), 1, -1)
                .codes("f", CodeType.UINT4, Shape.of(2, 4), 1, 2, 3, 4, 5, 6, 7, 8)
                .constant("fs", Tensor.of(Shape.of(2, 2), 1f, 2f, 3f, 4f))
                .codes("low", CodeType.UINT8, Shape.SCALAR, 50)
                .integers("rows", 4, 2)
                .scalar("nought", 0)
                .scalar("bits", 4)
                .node("QuantizeLinear", List.of("x", "s", "z"), "q")
                .node("MaxPool", List.of("q"), "m", ints("kernel_shape", 3, 3), ints("strides", 3, 3))
                .node("Clip", List.of("m", "low"), "c")
                .node("QLinearConv", List.of("c", "s", "z", "w", "ws", "wz", "s", "z"), "v")
                .node("DequantizeLinear", List.of("v", "s", "z"), "d")
                .node("Reshape", List.of("d", "rows"), "r")
                .node("DequantizeLinear", List.of("f", "fs"), "g", integer("axis", 1), integer("block_size", 2))
                .node("MatMul", List.of("r", "g"), "h")
                .foreign("qonnx.custom_op.general", "Quant", List.of("h", "s", "nought", "bits"), "y")
                .foreign("com.microsoft", "QLinearSigmoid", List.of("v", "s", "z", "s", "z"), "l")
                .output("y")
                .output("l")
                .bytes();
        byte[] functions = opset(21)
                .domain("dev.inlay", 1)
                .input("x", 2, 12)
                .scalar("s", 0.5f)
                .codes("p", CodeType.UINT8, Shape.of(1, 6), 1, 2, 3, 4, 5, 6)
                .codes("t", CodeType.UINT8, Shape.of(2, 6), 1, 2, 3, 4, 5, 6, 6, 5, 4, 2, 0, 0)
                .codes("l", CodeType.UINT8, Shape.of(3, 6), 1, 2, 3, 4, 5, 6, 6, 5, 4, 2, 0, 0, 0, 0, 0, 0, 0, 0)
                .constant("one", Tensor.of(Shape.of(1, 1), 0.5f))
                .constant("each", Tensor.of(Shape.of(1, 4), 0.5f, 1f, 2f, 4f))
                .constant("blocks", Tensor.of(Shape.of(3, 4), 1f, 1f, 1f, 1f, 2f, 2f, 2f, 2f, 4f, 4f, 4f, 4f))
                .integers("shape", 12, 4)
                .integers("view", 2, 12, 1)
                .node("Identity", List.of("x"), "i")
                .foreign("dev.inlay", "QuantizeOdd", List.of("x", "s"), "a", integer("bits", 1))
                .foreign(
                        "dev.inlay",
                        "QuantizeBlockFloat",
                        List.of("a", "view"),
                        "b",
                        integer("mantissa_bits", 5),
                        integer("block", 4))
                .foreign(
                        "dev.inlay",
                        "OddWeights",
                        List.of("p", "one", "shape"),
                        "c",
                        integer("bits", 1),
                        integer("axis", 0),
                        integer("block", 0))
                .foreign(
                        "dev.inlay",
                        "IntegerWeights",
                        List.of("t", "each", "shape"),
                        "d",
                        integer("low", -1),
                        integer("high", 2),
                        integer("axis", 1),
                        integer("block", 0))
                .foreign(
                        "dev.inlay",
                        "LogarithmicWeights",
                        List.of("l", "blocks", "shape"),
                        "e",
                        integer("magnitudes", 3),
                        integer("root", 2),
                        integer("axis", 0),
                        integer("block", 4))
                .node("Add", List.of("c", "d"), "f")
                .node("Add", List.of("f", "e"), "g")
                .node("MatMul", List.of("b", "g"), "y")
                .output("y")
                .bytes();
        return List.of(pairs, functions);
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
