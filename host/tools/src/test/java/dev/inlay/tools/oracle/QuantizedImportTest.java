// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.oracle;

import static dev.inlay.onnx.ModelFile.integer;
import static dev.inlay.onnx.ModelFile.ints;
import static dev.inlay.onnx.ModelFile.number;
import static dev.inlay.onnx.ModelFile.opset;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.inlay.backend.reference.GraphInterpreter;
import dev.inlay.backend.reference.Reference;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Value;
import dev.inlay.onnx.ModelFile;
import dev.inlay.onnx.OnnxReader;
import dev.inlay.onnx.OnnxWriter;
import dev.inlay.rewrite.Rewriter;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Quantised files as other programs write them mean what ONNX Runtime makes of them. */
class QuantizedImportTest {
    private static final String MICROSOFT = "com.microsoft";
    private static final long[] SCALAR = {};

    private static ModelFile image(int opset) {
        return opset(opset)
                .domain(MICROSOFT, 1)
                .input("x", DataType.FLOAT, 1, 4, 6, 6)
                .floats("s", SCALAR, 0.03f)
                .floats("t", SCALAR, 0.05f)
                .floats("u", SCALAR, 0.4f)
                .integers("z", DataType.UINT8, SCALAR, 120)
                .integers("i", DataType.INT8, SCALAR, -3)
                .integers("nought", DataType.INT8, SCALAR, 0)
                .floats("ws", new long[] {5}, 0.01f, 0.02f, 0.015f, 0.03f, 0.025f)
                .integers("wz", DataType.INT8, new long[] {5}, 0, 0, 0, 0, 0)
                .mixed("w", DataType.INT8, -63, 63, 5, 4, 3, 3)
                .mixed("b", DataType.INT32, -2000, 2000, 5)
                .floats("bs", new long[] {5}, 3e-4f, 6e-4f, 4.5e-4f, 9e-4f, 7.5e-4f)
                .integers("bz", DataType.INT32, new long[] {5}, 0, 0, 0, 0, 0)
                .node("QuantizeLinear", List.of("x", "s", "z"), "q");
    }

    /** Files that end in a value "y". */
    static Stream<Arguments> files() {
        return Stream.of(
                file(
                        "a convolution between pairs",
                        image(13)
                                .node("DequantizeLinear", List.of("q", "s", "z"), "a")
                                .node("DequantizeLinear", List.of("w", "ws", "wz"), "f", integer("axis", 0))
                                .node("DequantizeLinear", List.of("b", "bs", "bz"), "c", integer("axis", 0))
                                .node("Conv", List.of("a", "f", "c"), "d", ints("pads", 1, 1, 1, 1))
                                .node("Relu", List.of("d"), "e")
                                .node("QuantizeLinear", List.of("e", "u", "z"), "g")
                                .node("DequantizeLinear", List.of("g", "u", "z"), "y"),
                        DataType.FLOAT),
                file(
                        "moves on codes",
                        image(13)
                                .integers("to", 1, 2, 9, 2)
                                .node("MaxPool", List.of("q"), "p", ints("kernel_shape", 2, 2), ints("strides", 2, 2))
                                .node("Transpose", List.of("p"), "r", ints("perm", 0, 2, 3, 1))
                                .node("Reshape", List.of("r", "to"), "v")
                                .node("Concat", List.of("v", "v"), "k", integer("axis", 1))
                                .node("DequantizeLinear", List.of("k", "s", "z"), "y"),
                        DataType.FLOAT),
                file("codes that leave", image(13).node("Identity", List.of("q"), "y"), DataType.UINT8),
                file(
                        "codes that another scale reads",
                        image(13).node("DequantizeLinear", List.of("q", "t", "z"), "y"),
                        DataType.FLOAT),
                file(
                        "two readers of codes",
                        image(13)
                                .node("DequantizeLinear", List.of("q", "s", "z"), "a")
                                .node("DequantizeLinear", List.of("q", "s", "z"), "c")
                                .node("Add", List.of("a", "c"), "y"),
                        DataType.FLOAT),
                file(
                        "cut codes",
                        image(13)
                                .integers("low", DataType.INT8, SCALAR, -8)
                                .integers("high", DataType.INT8, SCALAR, 7)
                                .node("QuantizeLinear", List.of("x", "u", "nought"), "g")
                                .node("Clip", List.of("g", "low", "high"), "h")
                                .node("DequantizeLinear", List.of("h", "u", "nought"), "y"),
                        DataType.FLOAT),
                file(
                        "rectified codes",
                        image(14)
                                .node("QuantizeLinear", List.of("x", "u", "nought"), "g")
                                .node("Relu", List.of("g"), "h")
                                .node("DequantizeLinear", List.of("h", "u", "nought"), "y"),
                        DataType.FLOAT),
                file(
                        "quantised weights of floats",
                        image(13)
                                .floats("raw", new long[] {2, 3}, 0.5f, -0.25f, 0.3f, 1f, -2f, 0.015f)
                                .node("QuantizeLinear", List.of("raw", "s", "i"), "g")
                                .node("DequantizeLinear", List.of("g", "s", "i"), "y"),
                        DataType.FLOAT),
                file(
                        "affine weights a channel",
                        image(13)
                                .mixed("v", DataType.UINT8, 0, 255, 5, 7)
                                .integers("vz", DataType.UINT8, new long[] {5}, 3, 128, 0, 255, 90)
                                .node("DequantizeLinear", List.of("v", "ws", "vz"), "f", integer("axis", 0))
                                .node("Transpose", List.of("f"), "y", ints("perm", 1, 0)),
                        DataType.FLOAT),
                file(
                        "16 bits",
                        image(21)
                                .floats("fine", SCALAR, 0.0003f)
                                .integers("fz", DataType.UINT16, SCALAR, 31_000)
                                .node("QuantizeLinear", List.of("x", "fine", "fz"), "g")
                                .node("DequantizeLinear", List.of("g", "fine", "fz"), "y"),
                        DataType.FLOAT),
                file(
                        "blocks",
                        image(21)
                                .mixed("v", DataType.INT8, -128, 127, 3, 8)
                                .floats("vs", new long[] {3, 2}, 0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f)
                                .node(
                                        "DequantizeLinear",
                                        List.of("v", "vs"),
                                        "y",
                                        integer("axis", 1),
                                        integer("block_size", 4)),
                        DataType.FLOAT),
                file(
                        "QLinearConv",
                        image(13)
                                .node(
                                        "QLinearConv",
                                        List.of("q", "s", "z", "w", "ws", "wz", "u", "z", "b"),
                                        "y",
                                        ints("pads", 1, 1, 1, 1)),
                        DataType.UINT8),
                file(
                        "QLinearMatMul",
                        image(13)
                                .mixed("v", DataType.UINT8, 0, 255, 6, 3)
                                .node("QLinearMatMul", List.of("q", "s", "z", "v", "t", "z", "u", "z"), "y"),
                        DataType.UINT8),
                file(
                        "QGemm",
                        image(13)
                                .integers("to", 4, 36)
                                .mixed("v", DataType.INT8, -100, 100, 5, 36)
                                .node("Reshape", List.of("q", "to"), "r")
                                .foreign(
                                        MICROSOFT,
                                        "QGemm",
                                        List.of("r", "s", "z", "v", "ws", "wz", "b", "u", "z"),
                                        List.of("y"),
                                        integer("transB", 1)),
                        DataType.UINT8),
                file(
                        "QLinearAdd and QLinearMul",
                        image(13)
                                .foreign(
                                        MICROSOFT,
                                        "QLinearAdd",
                                        List.of("q", "s", "z", "q", "s", "z", "t", "z"),
                                        List.of("g"))
                                .foreign(
                                        MICROSOFT,
                                        "QLinearMul",
                                        List.of("g", "t", "z", "q", "s", "z", "u", "z"),
                                        List.of("y")),
                        DataType.UINT8),
                file(
                        "QLinearConcat",
                        image(13)
                                .node("QuantizeLinear", List.of("x", "t", "z"), "g")
                                .foreign(
                                        MICROSOFT,
                                        "QLinearConcat",
                                        List.of("t", "z", "q", "s", "z", "g", "t", "z"),
                                        List.of("y"),
                                        integer("axis", 1)),
                        DataType.UINT8),
                file(
                        "QLinearAveragePool",
                        image(13)
                                .foreign(
                                        MICROSOFT,
                                        "QLinearAveragePool",
                                        List.of("q", "s", "z", "t", "z"),
                                        List.of("g"),
                                        ints("kernel_shape", 2, 2),
                                        ints("strides", 2, 2))
                                .foreign(
                                        MICROSOFT,
                                        "QLinearGlobalAveragePool",
                                        List.of("g", "t", "z", "t", "z"),
                                        List.of("y")),
                        DataType.UINT8),
                file(
                        "QLinearSigmoid and QLinearLeakyRelu",
                        image(13)
                                .floats("small", SCALAR, 1 / 256f)
                                .integers("first", DataType.UINT8, SCALAR, 0)
                                .foreign(
                                        MICROSOFT,
                                        "QLinearLeakyRelu",
                                        List.of("q", "s", "z", "t", "z"),
                                        List.of("g"),
                                        number("alpha", 0.2f))
                                .foreign(
                                        MICROSOFT,
                                        "QLinearSigmoid",
                                        List.of("g", "t", "z", "small", "first"),
                                        List.of("y")),
                        DataType.UINT8),
                file(
                        "ConvInteger",
                        image(13)
                                .mixed("v", DataType.UINT8, 0, 255, 5, 4, 3, 3)
                                .node("ConvInteger", List.of("q", "v", "z", "z"), "y", ints("pads", 1, 0, 1, 0)),
                        DataType.INT32),
                file(
                        "a dynamically quantised product",
                        image(13)
                                .mixed("v", DataType.INT8, -100, 100, 6, 5)
                                .node("DynamicQuantizeLinear", List.of("x"), List.of("g", "gs", "gz"))
                                .node("MatMulInteger", List.of("g", "v", "gz", "wz"), "h")
                                .node("Cast", List.of("h"), "k", integer("to", DataType.FLOAT_VALUE))
                                .node("Mul", List.of("k", "gs"), "y"),
                        DataType.FLOAT),
                file(
                        "sums that FLOAT32 has not",
                        opset(13)
                                .domain(MICROSOFT, 1)
                                .input("x", DataType.UINT8, 2, 900)
                                .mixed("v", DataType.UINT8, 100, 255, 900, 3)
                                .node("MatMulInteger", List.of("x", "v"), "y"),
                        DataType.INT32));
    }

    private static Arguments file(String title, ModelFile file, DataType type) {
        return Arguments.of(title, file.output("y", type).bytes());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void meansWhatOnnxRuntimeMakesOfIt(String title, byte[] file) {
        Graph graph = OnnxReader.read(file, Map.of());
        Map<String, Tensor> inputs = inputs(graph);
        Tensor expected;
        try (OnnxRuntimeModel model = OnnxRuntimeModel.plain(file)) {
            expected = model.run(inputs).get("y");
        }
        assertNear(expected, new GraphInterpreter(graph).run(inputs).get("y"));
        Graph rewritten = Rewriter.standard(Reference::evaluate).rewrite(graph);
        assertNear(expected, new GraphInterpreter(rewritten).run(inputs).get("y"));
        byte[] again = OnnxWriter.bytes(graph);
        try (OnnxRuntimeModel model = OnnxRuntimeModel.plain(again)) {
            assertNear(expected, model.run(inputs).get("y"));
        }
    }

    /** ONNX Runtime is no oracle here: with AVX2 alone it lets pairs of products of UINT8 and INT8 saturate. */
    @Test
    void sumsOfSignedWeightsDoNotSaturate() {
        int rows = 900;
        byte[] file = opset(13)
                .input("x", DataType.UINT8, 1, rows)
                .mixed("v", DataType.INT8, 90, 127, rows, 1)
                .node("MatMulInteger", List.of("x", "v"), "y")
                .output("y", DataType.INT32)
                .bytes();
        Graph graph = OnnxReader.read(file, Map.of());
        Map<String, Tensor> inputs = inputs(graph);
        long expected = 0;
        for (int i = 0; i < rows; i++) {
            expected += inputs.get("x").getLong(i) * ModelFile.mixed(i, 90, 127);
        }
        assertEquals(expected, new GraphInterpreter(graph).run(inputs).get("y").getLong(0));
    }

    private static Map<String, Tensor> inputs(Graph graph) {
        Random random = new Random(3);
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        for (Value value : graph.inputs()) {
            Tensor tensor = Tensor.allocate(value.type(), value.shape());
            for (long i = 0; i < tensor.elements(); i++) {
                tensor.set(i, value.type().isFloating() ? random.nextGaussian() : random.nextInt(256));
            }
            inputs.put(value.name(), tensor);
        }
        return inputs;
    }

    /** Floats within one part in 10^5 of the largest, codes within one, few of them apart; sums are equal. */
    private static void assertNear(Tensor expected, Tensor got) {
        assertEquals(expected.type(), got.type());
        assertEquals(expected.shape(), got.shape());
        double largest = 1;
        for (long i = 0; i < expected.elements(); i++) {
            largest = Math.max(largest, Math.abs(expected.getDouble(i)));
        }
        double allowed = expected.type().isFloating() ? 1e-5 * largest : expected.type() == ElementType.INT32 ? 0 : 1;
        long apart = 0;
        for (long i = 0; i < expected.elements(); i++) {
            double difference = Math.abs(expected.getDouble(i) - got.getDouble(i));
            assertTrue(
                    difference <= allowed,
                    "element " + i + ": got " + got.getDouble(i) + ", expected " + expected.getDouble(i));
            apart += difference >= 1 && !expected.type().isFloating() ? 1 : 0;
        }
        assertTrue(apart * 1000 <= expected.elements(), "got " + apart + " codes apart of " + expected.elements());
    }
}
