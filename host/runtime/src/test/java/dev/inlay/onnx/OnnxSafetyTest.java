// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import static dev.inlay.onnx.ModelFile.integer;
import static dev.inlay.onnx.ModelFile.ints;
import static dev.inlay.onnx.ModelFile.opset;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.inlay.graph.Graph;
import dev.inlay.graph.GraphException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OnnxSafetyTest {
    private static ModelFile relu() {
        return opset(13).input("x", 2).node("Relu", List.of("x"), "y").output("y");
    }

    private static ModelFile adding(TensorProto.Builder weights) {
        return opset(13)
                .input("x", 2)
                .initializer(weights.setName("w").build())
                .node("Add", List.of("x", "w"), "y")
                .output("y");
    }

    private static TensorProto.Builder floats(long... extents) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setDataType(TensorProto.DataType.FLOAT_VALUE);
        Arrays.stream(extents).forEach(tensor::addDims);
        return tensor;
    }

    private static ByteString raw(int bytes) {
        return ByteString.copyFrom(new byte[bytes]);
    }

    private static Arguments refused(String expected, byte[] bytes) {
        return Arguments.of(expected, bytes);
    }

    static Stream<Arguments> models() {
        return Stream.of(
                refused("no graph", new byte[0]),
                refused("no ONNX model", new byte[] {0x0a, 0x7f, 1}),
                refused("a kind that ONNX has not", new byte[] {0x0b, 0x0c}),
                refused("IR version 2", relu().irVersion(2).bytes()),
                refused("opset 6, expected 7 to 22", opset(6).bytes()),
                refused("opset 99", opset(99).bytes()),
                refused("imported twice", relu().opsetAgain(13).bytes()),
                refused("no outputs", opset(13).input("x", 1).bytes()),
                refused(
                        "defined twice",
                        relu().node("Abs", List.of("x"), "y").output("y").bytes()),
                refused("defined twice", relu().input("x", 2).bytes()),
                refused("empty name", relu().input("", 2).bytes()),
                refused("twice, expected it once", relu().output("y").bytes()),
                refused(
                        "an extent of -3",
                        opset(13)
                                .input("x", -3)
                                .node("Relu", List.of("x"), "y")
                                .output("y")
                                .bytes()),
                refused(
                        "before its use",
                        opset(13)
                                .input("x", 2)
                                .node("Relu", List.of("b"), "y")
                                .node("Abs", List.of("x"), "b")
                                .output("y")
                                .bytes()),
                refused(
                        "before its use",
                        opset(13).node("Relu", List.of("y"), "y").output("y").bytes()),
                refused(
                        "defined by nothing",
                        opset(13).input("x", 2).output("y").bytes()),
                refused(
                        "got 2 inputs, expected 1",
                        opset(13)
                                .input("x", 2)
                                .node("Relu", List.of("x", "x"), "y")
                                .output("y")
                                .bytes()),
                refused(
                        "got 1 inputs, expected 2",
                        opset(13)
                                .input("x", 2)
                                .node("Add", List.of("x"), "y")
                                .output("y")
                                .bytes()),
                refused(
                        "got no input 0",
                        opset(13)
                                .input("x", 2)
                                .node("Relu", List.of(""), "y")
                                .output("y")
                                .bytes()),
                refused(
                        "attributes [alpha]",
                        opset(13)
                                .input("x", 2)
                                .node("Relu", List.of("x"), "y", integer("alpha", 1))
                                .output("y")
                                .bytes()),
                refused(
                        "of type INT, expected FLOAT",
                        opset(13)
                                .input("x", 2)
                                .node("Elu", List.of("x"), "y", integer("alpha", 1))
                                .output("y")
                                .bytes()),
                refused(
                        "attribute axis twice",
                        opset(13)
                                .input("x", 2)
                                .node("Flatten", List.of("x"), "y", integer("axis", 0), integer("axis", 0))
                                .output("y")
                                .bytes()),
                refused(
                        "expected -2 to 1",
                        opset(13)
                                .input("x", 2, 2)
                                .node("Softmax", List.of("x"), "y", integer("axis", 7))
                                .output("y")
                                .bytes()),
                refused(
                        "taps and reach below 2^31",
                        opset(13)
                                .input("x", 1, 1, 4, 4)
                                .node("MaxPool", List.of("x"), "y", ints("kernel_shape", 100_000, 100_000))
                                .output("y")
                                .bytes()),
                refused(
                        "got strides 0, expected 1",
                        opset(13)
                                .input("x", 1, 1, 4, 4)
                                .node("MaxPool", List.of("x"), "y", ints("kernel_shape", 2, 2), ints("strides", 0, 1))
                                .output("y")
                                .bytes()),
                refused(
                        "expected at most 2147483647",
                        opset(13)
                                .input("x", 100_000, 100_000)
                                .node("Relu", List.of("x"), "y")
                                .output("y")
                                .bytes()),
                refused(
                        "expected at most 2147483647",
                        opset(13)
                                .input("x", 60_000, 1)
                                .input("z", 60_000)
                                .node("Add", List.of("x", "z"), "y")
                                .output("y")
                                .bytes()),
                refused(
                        "bytes to compute",
                        opset(13)
                                .integers("n", 1 << 30)
                                .node("ConstantOfShape", List.of("n"), "y")
                                .output("y")
                                .bytes()),
                refused(
                        "division by 0",
                        opset(13)
                                .integers("a", 1)
                                .integers("b", 0)
                                .node("Div", List.of("a", "b"), "y")
                                .output("y")
                                .bytes()),
                refused(
                        "rank",
                        opset(13)
                                .input("x", new long[40])
                                .node("Relu", List.of("x"), "y")
                                .output("y")
                                .bytes()));
    }

    static Stream<Arguments> tensors() {
        return Stream.of(
                refused(
                        "4 bytes of raw_data, expected 8",
                        adding(floats(2).setRawData(raw(4))).bytes()),
                refused(
                        "1 numbers in float_data, expected 2",
                        adding(floats(2).addFloatData(1)).bytes()),
                refused("an extent of -1", adding(floats(-1)).bytes()),
                refused(
                        "an extent of 4611686018427387904",
                        adding(floats(1L << 62, 4)).bytes()),
                refused(
                        "elements, expected at most",
                        adding(floats(65_536, 65_536)).bytes()),
                refused(
                        "expected raw_data only",
                        adding(floats(2).setRawData(raw(8)).addFloatData(1)).bytes()),
                refused(
                        "got elements of STRING",
                        adding(floats(2).setDataType(TensorProto.DataType.STRING_VALUE))
                                .bytes()),
                refused(
                        "got elements of type 777",
                        adding(floats(2).setDataType(777)).bytes()),
                refused(
                        "300 for INT8, expected -128 to 127",
                        adding(floats(1)
                                        .setDataType(TensorProto.DataType.INT8_VALUE)
                                        .addInt32Data(300))
                                .bytes()),
                refused(
                        "a segment",
                        adding(floats(2).setRawData(raw(8)).setSegment(TensorProto.Segment.newBuilder()))
                                .bytes()),
                refused(
                        "expected all data inside",
                        adding(external("weights.bin", 0, 8)).bytes()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"models", "tensors"})
    void refusesInOneLine(String expected, byte[] bytes) {
        GraphException refusal = assertThrows(GraphException.class, () -> OnnxReader.read(bytes, Map.of()));
        assertTrue(refusal.getMessage().contains(expected), refusal.getMessage());
        assertFalse(refusal.getMessage().contains("\n"), refusal.getMessage());
    }

    @Test
    void quotesHostileNamesOnOneLine() {
        byte[] bytes = opset(13)
                .input("x", 2)
                .node("Evil\n\u001b[2J", List.of("x"), "y")
                .output("y")
                .bytes();
        String message = assertThrows(GraphException.class, () -> OnnxReader.read(bytes, Map.of()))
                .getMessage();
        assertTrue(message.chars().noneMatch(Character::isISOControl), message);
    }

    @Test
    void refusesDeepNestingBeforeParsing() {
        GraphProto graph = GraphProto.getDefaultInstance();
        for (int depth = 0; depth < 200; depth++) {
            graph = GraphProto.newBuilder()
                    .addNode(NodeProto.newBuilder()
                            .addAttribute(
                                    AttributeProto.newBuilder().setName("body").setG(graph)))
                    .build();
        }
        byte[] bytes = opset(13).graph(graph).bytes();
        String message = assertThrows(GraphException.class, () -> OnnxReader.read(bytes, Map.of()))
                .getMessage();
        assertTrue(message.contains("nested deeper"), message);
    }

    /** Two bytes of the file become an object of a hundred; a file of few megabytes could fill the heap. */
    @Test
    void refusesManyTinyMessagesBeforeParsing() throws IOException {
        int nodes = Math.toIntExact(Math.min(50_000_000, Runtime.getRuntime().maxMemory() / 4 / 256 + 1));
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        int length = 2 * nodes;
        wire.write(0x3a); // ModelProto.graph
        for (int rest = length; ; rest >>>= 7) {
            wire.write(rest < 128 ? rest : (rest & 127) | 128);
            if (rest < 128) {
                break;
            }
        }
        byte[] empty = new byte[length];
        for (int i = 0; i < length; i += 2) {
            empty[i] = 0x0a; // GraphProto.node of no bytes
        }
        wire.write(empty);
        String message = assertThrows(GraphException.class, () -> OnnxReader.read(wire.toByteArray(), Map.of()))
                .getMessage();
        assertTrue(message.contains("bytes beside its raw tensor data"), message);
    }

    /** Concatenating a constant with itself doubles it each time. */
    @Test
    void boundsWhatConstantsMayGrowTo() {
        ModelFile file = opset(13).integers("c0", new long[16_384]);
        for (int i = 0; i < 60; i++) {
            file.node("Concat", List.of("c" + i, "c" + i), "c" + (i + 1), integer("axis", 0));
        }
        byte[] bytes = file.output("c60").bytes();
        assertThrows(GraphException.class, () -> OnnxReader.read(bytes, Map.of()));
    }

    private static TensorProto.Builder external(String location, long offset, long length) {
        return floats(2)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(entry("location", location))
                .addExternalData(entry("offset", Long.toString(offset)))
                .addExternalData(entry("length", Long.toString(length)));
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    private static Path saved(Path folder, TensorProto.Builder weights) throws IOException {
        return Files.write(folder.resolve("model.onnx"), adding(weights).bytes());
    }

    private static Path data(Path folder, String name) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putFloat(0).putFloat(1).putFloat(2).putFloat(3);
        return Files.write(folder.resolve(name), bytes.array());
    }

    @Test
    void readsExternalDataFromTheModelsFolder(@TempDir Path folder) throws IOException {
        data(folder, "weights.bin");
        Graph graph = OnnxReader.read(saved(folder, external("weights.bin", 4, 8)), Map.of());
        assertArrayEquals(new float[] {1, 2}, graph.constant("w").orElseThrow().toFloats());
    }

    static Stream<Arguments> escapes() {
        return Stream.of(
                Arguments.of("../outside.bin", 0, 8),
                Arguments.of("inner/../../outside.bin", 0, 8),
                Arguments.of("/etc/hostname", 0, 8),
                Arguments.of("", 0, 8),
                Arguments.of("link.bin", 0, 8),
                Arguments.of("folder/outside.bin", 0, 8),
                Arguments.of("missing.bin", 0, 8),
                Arguments.of(".", 0, 8),
                Arguments.of("a\u0000b", 0, 8),
                Arguments.of("weights.bin", 12, 8),
                Arguments.of("weights.bin", Long.MAX_VALUE, 8),
                Arguments.of("weights.bin", -1, 8),
                Arguments.of("weights.bin", 0, 16));
    }

    @ParameterizedTest
    @MethodSource("escapes")
    void keepsExternalDataInsideTheModelsFolder(String location, long offset, long length, @TempDir Path root)
            throws IOException {
        Path folder = Files.createDirectory(root.resolve("model"));
        data(folder, "weights.bin");
        Path outside = data(root, "outside.bin");
        Files.createSymbolicLink(folder.resolve("link.bin"), outside);
        Files.createSymbolicLink(folder.resolve("folder"), root);
        Path model = saved(folder, external(location, offset, length));
        assertThrows(GraphException.class, () -> OnnxReader.read(model, Map.of()));
    }

    @Test
    void refusesWhatIsNoFile(@TempDir Path folder) {
        assertThrows(GraphException.class, () -> OnnxReader.read(folder, Map.of()));
        assertThrows(GraphException.class, () -> OnnxReader.read(folder.resolve("missing.onnx"), Map.of()));
    }
}
