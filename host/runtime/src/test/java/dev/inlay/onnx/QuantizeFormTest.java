// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import static dev.inlay.onnx.ModelFile.integer;
import static dev.inlay.onnx.ModelFile.ints;
import static dev.inlay.onnx.ModelFile.opset;
import static dev.inlay.onnx.ModelFile.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Coded.Term;
import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Levels.Integers;
import dev.inlay.encoding.Quantizer.Uniform;
import dev.inlay.graph.Function;
import dev.inlay.graph.Graph;
import dev.inlay.graph.GraphException;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Op;
import dev.inlay.graph.Value;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of quantised files: which operators, quantizers, codes and scales. */
class QuantizeFormTest {
    private static final String QONNX = "qonnx.custom_op.general";
    private static final Shape PAIR = Shape.of(2);

    private static ModelFile image(int opset) {
        return opset(opset)
                .input("x", 1, 4, 6, 6)
                .scalar("s", 0.5f)
                .scalar("t", 0.25f)
                .codes("u", CodeType.UINT8, Shape.SCALAR, 128)
                .codes("i", CodeType.INT8, Shape.SCALAR, 3)
                .codes("n", CodeType.INT8, Shape.SCALAR, 0);
    }

    private static ModelFile weights(int opset) {
        return opset(opset)
                .input("x", 1, 3)
                .scalar("s", 0.5f)
                .codes("w", CodeType.INT8, Shape.of(2, 3), 1, -2, 3, -4, 127, -128)
                .constant("ws", Tensor.of(PAIR, 0.5f, 0.25f))
                .codes("wz", CodeType.INT8, PAIR, 1, -2);
    }

    private static List<Op> ops(Graph graph) {
        return graph.nodes().stream().map(node -> node.op()).toList();
    }

    private static Term only(Graph graph, String name) {
        Coded weights = graph.coded(name).orElseThrow();
        assertEquals(1, weights.terms().size());
        return weights.terms().getFirst();
    }

    @Test
    void aPairIsOneProjectionUnderTheLastName() {
        Graph graph = image(13)
                .node("QuantizeLinear", List.of("x", "s", "u"), "q")
                .node("DequantizeLinear", List.of("q", "s", "u"), "y")
                .output("y")
                .read();
        assertEquals(List.of(new Lanewise.Quantize(new Uniform(Integers.UNSIGNED_8, 0.5f, 128))), ops(graph));
        assertEquals(
                Optional.of(new Uniform(Integers.UNSIGNED_8, 0.5f, 128)),
                graph.value("y").quantizer());
    }

    @Test
    void aSecondReaderIsTheSameValue() {
        Graph graph = image(13)
                .node("QuantizeLinear", List.of("x", "s", "u"), "q")
                .node("DequantizeLinear", List.of("q", "s", "u"), "a")
                .node("DequantizeLinear", List.of("q", "s", "u"), "b")
                .node("Add", List.of("a", "b"), "y")
                .output("y")
                .read();
        assertEquals(List.of("a", "a"), graph.producer("y").orElseThrow().inputs());
    }

    @Test
    void movesOnCodesAreMovesOfWhatTheyStandFor() {
        Graph graph = image(13)
                .integers("to", 4, 9)
                .node("QuantizeLinear", List.of("x", "s", "u"), "q")
                .node("MaxPool", List.of("q"), "p", ints("kernel_shape", 2, 2), ints("strides", 2, 2))
                .node("Reshape", List.of("p", "to"), "r")
                .node("DequantizeLinear", List.of("r", "s", "u"), "d")
                .node("Relu", List.of("d"), "y")
                .output("y")
                .read();
        assertEquals(
                List.of("Quantize", "MaxPool", "Reshape", "RELU"),
                ops(graph).stream().map(Op::title).toList());
        assertTrue(graph.nodes().stream()
                .flatMap(node -> node.outputs().stream())
                .allMatch(value -> graph.value(value).type() == ElementType.FLOAT32));
        assertEquals(
                Optional.of(new Uniform(Integers.UNSIGNED_8, 0.5f, 128)),
                graph.value(graph.nodes().getLast().input(0)).quantizer());
    }

    @Test
    void anotherScaleReadsTheCodesThemselves() {
        Graph graph = image(13)
                .node("QuantizeLinear", List.of("x", "s", "u"), "q")
                .node("DequantizeLinear", List.of("q", "t", "u"), "y")
                .output("y")
                .read();
        assertEquals(
                List.of(
                        new Lanewise.Encode(new Uniform(Integers.UNSIGNED_8, 0.5f, 128), ElementType.UINT8),
                        new Lanewise.Decode(new Uniform(Integers.UNSIGNED_8, 0.25f, 128))),
                ops(graph));
    }

    @Test
    void codesEnterAndLeaveAsIntegers() {
        ModelFile file = opset(13).scalar("s", 0.5f).codes("n", CodeType.INT8, Shape.SCALAR, 0);
        file.graph().addInput(ModelFile.info("x", TensorProto.DataType.INT8, 2, 3));
        Graph graph = file.node("DequantizeLinear", List.of("x", "s"), "a")
                .node("Relu", List.of("a"), "b")
                .node("QuantizeLinear", List.of("b", "s", "n"), "y")
                .output("y")
                .read();
        Uniform by = new Uniform(Integers.SIGNED_8, 0.5f, 0);
        assertEquals(
                List.of("Decode", "RELU", "Encode"),
                ops(graph).stream().map(Op::title).toList());
        assertEquals(new Lanewise.Decode(by), ops(graph).getFirst());
        assertEquals(new Value("y", ElementType.INT8, Shape.of(2, 3)), graph.value("y"));
    }

    @ParameterizedTest
    @CsvSource({"-8, 7, -8, 7", "-200, 3, -128, 3", "0, 127, 0, 127"})
    void aClipMakesTheLevelsFewer(int low, int high, int least, int most) {
        Graph graph = image(13)
                .codes("low", CodeType.INT8, Shape.SCALAR, Math.max(-128, low))
                .codes("high", CodeType.INT8, Shape.SCALAR, high)
                .node("QuantizeLinear", List.of("x", "s", "n"), "q")
                .node("Clip", List.of("q", "low", "high"), "c")
                .node("DequantizeLinear", List.of("c", "s", "n"), "y")
                .output("y")
                .read();
        assertEquals(List.of(new Lanewise.Quantize(new Uniform(new Integers(least, most), 0.5f, 0))), ops(graph));
    }

    @Test
    void aRectifiedCodeNeedsAZeroThatStays() {
        ModelFile file = image(14)
                .codes("below", CodeType.INT8, Shape.SCALAR, -5)
                .node("QuantizeLinear", List.of("x", "s", "below"), "q")
                .node("Relu", List.of("q"), "c")
                .node("DequantizeLinear", List.of("c", "s", "below"), "y")
                .output("y");
        assertEquals(
                List.of("Encode", "RELU", "Decode"),
                ops(file.read()).stream().map(Op::title).toList());
    }

    @Test
    void weightsLoseTheirZeroPoints() {
        Graph graph = weights(13)
                .node("DequantizeLinear", List.of("w", "ws", "wz"), "d", integer("axis", 0))
                .node("Transpose", List.of("d"), "v", ints("perm", 1, 0))
                .node("MatMul", List.of("x", "v"), "y")
                .output("y")
                .read();
        Term term = only(graph, "v");
        assertEquals(new Integers(-129, 129), term.levels());
        assertArrayEquals(new long[] {0, -2, -3, 129, 2, -126}, term.codes().toLongs());
        assertEquals(1, term.scales().axis());
        assertArrayEquals(new float[] {0.5f, 0.25f}, term.scales().values().toFloats());
        assertEquals(1, graph.nodes().size());
    }

    static Stream<Arguments> integers() {
        return Stream.of(
                Arguments.of(CodeType.INT4, new int[] {-8, 7, 3}, new Integers(-8, 7)),
                Arguments.of(CodeType.UINT4, new int[] {0, 15, 9}, new Integers(0, 15)),
                Arguments.of(CodeType.INT8, new int[] {-128, 127, 3}, Integers.SIGNED_8),
                Arguments.of(CodeType.UINT8, new int[] {0, 255, 9}, Integers.UNSIGNED_8),
                Arguments.of(CodeType.INT16, new int[] {-32768, 32767, 3}, new Integers(-32768, 32767)),
                Arguments.of(CodeType.UINT16, new int[] {0, 65535, 9}, new Integers(0, 65535)));
    }

    @ParameterizedTest
    @MethodSource("integers")
    void weightsOfEveryTypeAreCodes(CodeType type, int[] values, Integers levels) {
        Graph graph = opset(21)
                .scalar("s", 0.5f)
                .codes("w", type, Shape.of(3), values)
                .node("DequantizeLinear", List.of("w", "s"), "y")
                .output("y")
                .read();
        assertEquals(levels, only(graph, "y").levels());
        for (int i = 0; i < values.length; i++) {
            assertEquals(values[i], only(graph, "y").codes().getLong(i));
        }
    }

    @Test
    void weightsInBlocks() {
        Graph graph = weights(21)
                .constant("bs", Tensor.of(Shape.of(2, 2), 1f, 2f, 3f, 4f))
                .node("DequantizeLinear", List.of("w", "bs"), "y", integer("axis", 1), integer("block_size", 2))
                .output("y")
                .read();
        assertArrayEquals(
                new float[] {1, -2, 6, -12, 381, -512},
                graph.constant("y").orElseThrow().toFloats());
        assertEquals(2, only(graph, "y").scales().block());
    }

    @Test
    void quantisedFloatsAreCodes() {
        Graph graph = image(13)
                .constant("w", Tensor.of(Shape.of(3), 0.25f, -0.75f, 1000f))
                .node("QuantizeLinear", List.of("w", "s", "i"), "q")
                .node("DequantizeLinear", List.of("q", "s", "i"), "y")
                .output("y")
                .read();
        assertArrayEquals(new long[] {0, -2, 124}, only(graph, "y").codes().toLongs());
        assertEquals(new Integers(-131, 124), only(graph, "y").levels());
    }

    @Test
    void aBiasIsNumbers() {
        Graph graph = weights(13)
                .constant("b", integers32(1000, -3))
                .node("DequantizeLinear", List.of("b", "ws"), "y", integer("axis", 0))
                .output("y")
                .read();
        assertTrue(graph.encoded().isEmpty());
        assertArrayEquals(
                new float[] {500f, -0.75f}, graph.constant("y").orElseThrow().toFloats());
    }

    private static Tensor integers32(long... values) {
        Tensor tensor = Tensor.allocate(ElementType.INT32, Shape.of(values.length));
        for (int i = 0; i < values.length; i++) {
            tensor.setLong(i, values[i]);
        }
        return tensor;
    }

    @Test
    void aSumOfWeightsIsWeightsOfSeveralTerms() {
        Graph graph = weights(13)
                .node("DequantizeLinear", List.of("w", "s"), "a")
                .node("DequantizeLinear", List.of("w", "ws"), "b", integer("axis", 0))
                .node("Add", List.of("a", "b"), "y")
                .output("y")
                .read();
        assertEquals(2, graph.coded("y").orElseThrow().terms().size());
    }

    static Stream<Arguments> widths() {
        return Stream.of(
                Arguments.of(4f, 1, 0, new Integers(-8, 7)),
                Arguments.of(4f, 1, 1, new Integers(-7, 7)),
                Arguments.of(3f, 0, 0, new Integers(0, 7)),
                Arguments.of(3f, 0, 1, new Integers(0, 6)),
                Arguments.of(1f, 0, 0, new Integers(0, 1)));
    }

    @ParameterizedTest
    @MethodSource("widths")
    void qonnxActivations(float bits, int signed, int narrow, Levels levels) {
        Graph graph = image(13)
                .domain(QONNX, 1)
                .scalar("z", 0)
                .scalar("bits", bits)
                .foreign(
                        QONNX,
                        "Quant",
                        List.of("x", "s", "z", "bits"),
                        "y",
                        integer("signed", signed),
                        integer("narrow", narrow),
                        text("rounding_mode", "ROUND"))
                .output("y")
                .read();
        assertEquals(List.of(new Lanewise.Quantize(new Uniform(levels, 0.5f, 0))), ops(graph));
    }

    @Test
    void qonnxWeights() {
        Graph graph = opset(13)
                .domain(QONNX, 1)
                .scalar("z", 0)
                .scalar("bits", 4)
                .constant("s", Tensor.of(Shape.of(2, 1), 1f, 2f))
                .constant("w", Tensor.of(Shape.of(2, 3), 0.25f, -0.25f, 1f, 3.2f, -4.4f, -14.5f))
                .foreign(QONNX, "Quant", List.of("w", "s", "z", "bits"), "y")
                .output("y")
                .read();
        Term term = only(graph, "y");
        assertEquals(0, term.scales().axis());
        assertArrayEquals(new long[] {0, 0, 1, 2, -2, -7}, term.codes().toLongs());
    }

    @Test
    void qonnxBipolar() {
        Graph graph = image(13)
                .domain(QONNX, 1)
                .constant("w", Tensor.of(Shape.of(3), 0f, -0.5f, 2f))
                .foreign(QONNX, "BipolarQuant", List.of("w", "s"), "v")
                .foreign(QONNX, "BipolarQuant", List.of("x", "s"), "y")
                .output("y")
                .output("v")
                .read();
        assertArrayEquals(
                new float[] {0.5f, -0.5f, 0.5f},
                graph.constant("v").orElseThrow().toFloats());
        assertEquals(List.of(new Lanewise.Quantize(new Uniform(Levels.Odd.BINARY, 0.5f, 0))), ops(graph));
    }

    private static ModelFile calling(FunctionProto.Builder function, AttributeProto... attributes) {
        return opset(13)
                .domain("local", 1)
                .input("x", 2, 3)
                .function(function.setDomain("local")
                        .setName("Scaled")
                        .addInput("a")
                        .addOutput("b")
                        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(13))
                        .build())
                .foreign("local", "Scaled", List.of("x"), "y", attributes);
    }

    private static FunctionProto.Builder leaky(String op, String domain) {
        return FunctionProto.newBuilder()
                .addAttribute("slope")
                .addNode(NodeProto.newBuilder().setOpType("Neg").addInput("a").addOutput("t"))
                .addNode(NodeProto.newBuilder()
                        .setOpType(op)
                        .setDomain(domain)
                        .addInput("t")
                        .addOutput("b")
                        .addAttribute(FunctionBody.reference("alpha", "slope").toBuilder()
                                .setType(AttributeProto.AttributeType.FLOAT)));
    }

    @Test
    void aLocalFunctionIsItsBody() {
        Graph graph = calling(leaky("LeakyRelu", ""), ModelFile.number("slope", 0.5f))
                .output("y")
                .read();
        assertEquals(
                List.of(
                        new Lanewise.Unary(Function.of(Function.Kind.NEGATE)),
                        new Lanewise.Unary(new Function(Function.Kind.LEAKY_RELU, 0.5f, 0))),
                ops(graph));
        Graph absent = calling(leaky("LeakyRelu", "")).output("y").read();
        assertEquals(
                new Lanewise.Unary(new Function(Function.Kind.LEAKY_RELU, 0.01f, 0)),
                ops(absent).getLast());
    }

    static Stream<Arguments> refused() {
        ModelFile endless = calling(leaky("Scaled", "local"));
        ModelFile perChannel = image(13).weights("many", 4).node("QuantizeLinear", List.of("x", "many"), "y");
        ModelFile negative = image(13).scalar("below", -1).node("QuantizeLinear", List.of("x", "below", "u"), "y");
        ModelFile floating = weights(13).node("DequantizeLinear", List.of("x", "s"), "y");
        ModelFile zeros = weights(13).node("DequantizeLinear", List.of("w", "ws", "w"), "y", integer("axis", 0));
        ModelFile scales = weights(13).node("DequantizeLinear", List.of("w", "ws"), "y", integer("axis", 1));
        ModelFile wide = opset(21).codes("w", CodeType.INT16, PAIR, 1, 2).node("Add", List.of("w", "w"), "y");
        ModelFile unknown = image(21).domain("dev.inlay", 1).foreign("dev.inlay", "NoSuchWeights", List.of("x"), "y");
        ModelFile version =
                image(21).domain("dev.inlay", 2).foreign("dev.inlay", "QuantizeOdd", List.of("x", "s"), "y");
        ModelFile planes = opset(21)
                .domain("dev.inlay", 1)
                .scalar("s", 1)
                .codes("p", CodeType.UINT8, Shape.of(1, 2), 1, 2)
                .integers("shape", 3, 6)
                .foreign(
                        "dev.inlay",
                        "OddWeights",
                        List.of("p", "s", "shape"),
                        "y",
                        integer("bits", 1),
                        integer("axis", 0),
                        integer("block", 0));
        ModelFile blocks = opset(21)
                .domain("dev.inlay", 1)
                .weights("v", 1, 2, 1, 4)
                .integers("shape", 5, 6)
                .foreign("dev.inlay", "BlockCirculantWeights", List.of("v", "shape"), "y", integer("block", 4));
        ModelFile block = opset(21)
                .domain("dev.inlay", 1)
                .weights("v", 2, 2, 1, 4)
                .integers("shape", 5, 6)
                .foreign("dev.inlay", "BlockCirculantWeights", List.of("v", "shape"), "y", integer("block", 8));
        ModelFile vast = opset(21)
                .domain("dev.inlay", 1)
                .scalar("s", 1)
                .codes("p", CodeType.UINT8, Shape.of(1, 2), 1, 2)
                .integers("shape", 1L << 40, 6)
                .foreign("dev.inlay", "OddWeights", List.of("p", "s", "shape"), "y", integer("bits", 1));
        ModelFile mode = image(13)
                .domain(QONNX, 1)
                .scalar("z", 0)
                .scalar("bits", 4)
                .foreign(QONNX, "Quant", List.of("x", "s", "z", "bits"), "y", text("rounding_mode", "HALF"));
        return Stream.of(
                Arguments.of(endless, "got calls of functions nested deeper than 8, expected fewer"),
                Arguments.of(perChannel, "got scales 4 for a value computed at run time, expected one scale"),
                Arguments.of(negative, "scale: got -1.0, expected a finite number above zero"),
                Arguments.of(floating, "got codes of FLOAT32, expected INT32 or one of"),
                Arguments.of(zeros, "got zero points INT8 2x3 for scales 2, expected as many integers"),
                Arguments.of(scales, "got shape 2 along axis 1"),
                Arguments.of(wide, "got \"w\" of INT16, expected QuantizeLinear and DequantizeLinear only"),
                Arguments.of(unknown, "got the function NoSuchWeights of version 1, expected one of [IntegerWeights"),
                Arguments.of(version, "got the function QuantizeOdd of version 2, expected one of [IntegerWeights"),
                Arguments.of(planes, "got planes of shape 1x2, expected 1x3"),
                Arguments.of(blocks, "got vectors of shape 1x2x1x4, expected 2x2x1x4 for 5x6"),
                Arguments.of(block, "got vectors of 4 numbers, expected the attribute block, 8"),
                Arguments.of(vast, "shape: got an extent of 1099511627776"),
                Arguments.of(
                        mode, "got rounding_mode HALF, expected one of [ROUND, HALF_EVEN, HALF_UP, HALF_DOWN, CEIL"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("refused")
    void refusesInOneLine(ModelFile file, String why) {
        GraphException error = assertThrows(
                GraphException.class, () -> OnnxReader.read(file.output("y").bytes(), Map.of()));
        assertTrue(error.getMessage().contains(why), error.getMessage());
        assertTrue(error.getMessage().startsWith("node \""), error.getMessage());
        assertFalse(error.getMessage().contains("\n"), error.getMessage());
    }
}
