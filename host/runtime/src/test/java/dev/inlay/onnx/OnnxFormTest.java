// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import static dev.inlay.onnx.ModelFile.integer;
import static dev.inlay.onnx.ModelFile.ints;
import static dev.inlay.onnx.ModelFile.number;
import static dev.inlay.onnx.ModelFile.opset;
import static dev.inlay.onnx.ModelFile.text;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.inlay.graph.Contraction.Conv;
import dev.inlay.graph.Contraction.Gemm;
import dev.inlay.graph.Contraction.MatMul;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Function;
import dev.inlay.graph.Function.Kind;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Lanewise.Arithmetic;
import dev.inlay.graph.Move;
import dev.inlay.graph.Normalization;
import dev.inlay.graph.Op;
import dev.inlay.graph.Pool.AveragePool;
import dev.inlay.graph.Pool.MaxPool;
import dev.inlay.graph.Reduction;
import dev.inlay.graph.Window;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OnnxFormTest {
    private static Arguments form(String title, ModelFile file, Op op, long... shape) {
        return Arguments.of(title, file.output("y"), op, Shape.of(shape));
    }

    private static ModelFile image(int opset) {
        return opset(opset).input("x", 1, 4, 7, 9);
    }

    private static Window window(int rows, int columns, int stride, int dilation, int... pads) {
        return new Window(rows, columns, stride, stride, dilation, dilation, pads[0], pads[1], pads[2], pads[3]);
    }

    static Stream<Arguments> windows() {
        return Stream.of(
                form(
                        "groups, dilation, asymmetric pads",
                        image(17)
                                .weights("w", 6, 2, 3, 2)
                                .node(
                                        "Conv",
                                        List.of("x", "w"),
                                        "y",
                                        integer("group", 2),
                                        ints("dilations", 2, 2),
                                        ints("strides", 2, 2),
                                        ints("pads", 1, 0, 3, 2)),
                        new Conv(window(3, 2, 2, 2, 1, 0, 3, 2), 2, Epilogue.NONE),
                        1,
                        6,
                        4,
                        5),
                form(
                        "SAME_UPPER puts the odd pad after",
                        image(11)
                                .weights("w", 2, 4, 4, 4)
                                .node("Conv", List.of("x", "w"), "y", text("auto_pad", "SAME_UPPER")),
                        new Conv(window(4, 4, 1, 1, 1, 1, 2, 2), 1, Epilogue.NONE),
                        1,
                        2,
                        7,
                        9),
                form(
                        "SAME_LOWER puts the odd pad before",
                        image(11)
                                .weights("w", 2, 4, 4, 4)
                                .node("Conv", List.of("x", "w"), "y", text("auto_pad", "SAME_LOWER")),
                        new Conv(window(4, 4, 1, 1, 2, 2, 1, 1), 1, Epilogue.NONE),
                        1,
                        2,
                        7,
                        9),
                form(
                        "VALID pads nothing",
                        image(11)
                                .weights("w", 2, 4, 3, 3)
                                .node("Conv", List.of("x", "w"), "y", text("auto_pad", "VALID"), ints("strides", 2, 2)),
                        new Conv(window(3, 3, 2, 1, 0, 0, 0, 0), 1, Epilogue.NONE),
                        1,
                        2,
                        3,
                        4),
                form(
                        "ceil_mode",
                        image(12)
                                .node(
                                        "MaxPool",
                                        List.of("x"),
                                        "y",
                                        ints("kernel_shape", 2, 2),
                                        ints("strides", 2, 2),
                                        integer("ceil_mode", 1)),
                        new MaxPool(window(2, 2, 2, 1, 0, 0, 0, 0), true),
                        1,
                        4,
                        4,
                        5),
                form(
                        "dilated maximum",
                        image(12)
                                .node(
                                        "MaxPool",
                                        List.of("x"),
                                        "y",
                                        ints("kernel_shape", 2, 2),
                                        ints("dilations", 3, 3)),
                        new MaxPool(window(2, 2, 1, 3, 0, 0, 0, 0), false),
                        1,
                        4,
                        4,
                        6),
                form(
                        "count_include_pad",
                        image(11)
                                .node(
                                        "AveragePool",
                                        List.of("x"),
                                        "y",
                                        ints("kernel_shape", 3, 3),
                                        ints("pads", 1, 1, 1, 1),
                                        integer("count_include_pad", 1)),
                        new AveragePool(window(3, 3, 1, 1, 1, 1, 1, 1), false, true),
                        1,
                        4,
                        7,
                        9),
                form(
                        "the whole plane averaged",
                        image(9).node("GlobalAveragePool", List.of("x"), "y"),
                        new AveragePool(Window.of(7, 9), false, false),
                        1,
                        4,
                        1,
                        1),
                form(
                        "the whole plane's maximum",
                        image(9).node("GlobalMaxPool", List.of("x"), "y"),
                        new MaxPool(Window.of(7, 9), false),
                        1,
                        4,
                        1,
                        1));
    }

    static Stream<Arguments> functions() {
        record Form(String op, Function function, float... attributes) {}
        Stream<Arguments> named = Stream.of(
                        new Form("Relu", Function.RELU),
                        new Form("LeakyRelu", new Function(Kind.LEAKY_RELU, 0.01f, 0)),
                        new Form("Elu", new Function(Kind.ELU, 1, 0)),
                        new Form("Selu", new Function(Kind.SELU, 1.6732632f, 1.050701f)),
                        new Form("Sigmoid", Function.of(Kind.SIGMOID)),
                        new Form("HardSigmoid", new Function(Kind.HARD_SIGMOID, 0.2f, 0.5f)),
                        new Form("HardSwish", Function.of(Kind.HARD_SWISH)),
                        new Form("Tanh", Function.of(Kind.TANH)),
                        new Form("Softplus", Function.of(Kind.SOFTPLUS)),
                        new Form("Softsign", Function.of(Kind.SOFTSIGN)),
                        new Form("Exp", Function.of(Kind.EXP)),
                        new Form("Log", Function.of(Kind.LOG)),
                        new Form("Sqrt", Function.of(Kind.SQRT)),
                        new Form("Reciprocal", Function.of(Kind.RECIPROCAL)),
                        new Form("Abs", Function.of(Kind.ABS)),
                        new Form("Neg", Function.of(Kind.NEGATE)),
                        new Form("Floor", Function.of(Kind.FLOOR)),
                        new Form("Ceil", Function.of(Kind.CEIL)),
                        new Form("Sign", Function.of(Kind.SIGN)),
                        new Form("Erf", Function.of(Kind.ERF)))
                .map(form -> form(
                        form.op(),
                        image(14).node(form.op(), List.of("x"), "y"),
                        new Lanewise.Unary(form.function()),
                        1,
                        4,
                        7,
                        9));
        Stream<Arguments> clips = Stream.of(
                form(
                        "Clip by attributes",
                        image(10).node("Clip", List.of("x"), "y", number("min", 0), number("max", 6)),
                        new Lanewise.Unary(Function.clip(0, 6)),
                        1,
                        4,
                        7,
                        9),
                form(
                        "Clip by inputs, one absent",
                        image(13)
                                .constant("high", Tensor.of(Shape.SCALAR, 6f))
                                .node("Clip", List.of("x", "", "high"), "y"),
                        new Lanewise.Unary(Function.clip(-Float.MAX_VALUE, 6)),
                        1,
                        4,
                        7,
                        9),
                form(
                        "Clip by a bound known at run time only",
                        image(13).input("low").node("Clip", List.of("x", "low"), "y"),
                        new Lanewise.Binary(Arithmetic.MAX),
                        1,
                        4,
                        7,
                        9),
                form(
                        "LeakyRelu with a slope",
                        image(9).node("LeakyRelu", List.of("x"), "y", number("alpha", 0.5f)),
                        new Lanewise.Unary(new Function(Kind.LEAKY_RELU, 0.5f, 0)),
                        1,
                        4,
                        7,
                        9));
        return Stream.concat(named, clips);
    }

    static Stream<Arguments> products() {
        return Stream.of(
                form(
                        "Gemm",
                        opset(13)
                                .input("x", 5, 2)
                                .weights("b", 3, 5)
                                .weights("c", 3)
                                .node(
                                        "Gemm",
                                        List.of("x", "b", "c"),
                                        "y",
                                        number("alpha", 0.5f),
                                        number("beta", 2),
                                        integer("transA", 1),
                                        integer("transB", 1)),
                        new Gemm(0.5f, 2, true, true, Epilogue.NONE),
                        2,
                        3),
                form(
                        "MatMul broadcasts",
                        opset(13).input("x", 2, 1, 3, 4).weights("b", 5, 4, 6).node("MatMul", List.of("x", "b"), "y"),
                        new MatMul(Epilogue.NONE),
                        2,
                        5,
                        3,
                        6));
    }

    static Stream<Arguments> folds() {
        return Stream.of(
                form(
                        "BatchNormalization",
                        image(15)
                                .weights("s", 4)
                                .node(
                                        "BatchNormalization",
                                        List.of("x", "s", "s", "s", "s"),
                                        "y",
                                        number("epsilon", 0.5f)),
                        new Normalization.BatchNormalization(0.5f),
                        1,
                        4,
                        7,
                        9),
                form(
                        "LRN",
                        image(13).node("LRN", List.of("x"), "y", integer("size", 5), number("bias", 2)),
                        new Normalization.Lrn(5, 1e-4f, 0.75f, 2),
                        1,
                        4,
                        7,
                        9),
                form(
                        "Softmax flattens below opset 13",
                        image(12).node("Softmax", List.of("x"), "y"),
                        new Normalization.Softmax(1, true, false),
                        1,
                        4,
                        7,
                        9),
                form(
                        "Softmax along one axis",
                        image(13).node("LogSoftmax", List.of("x"), "y"),
                        new Normalization.Softmax(3, false, true),
                        1,
                        4,
                        7,
                        9),
                form(
                        "ReduceMean by an attribute",
                        image(13).node("ReduceMean", List.of("x"), "y", ints("axes", -1, 2), integer("keepdims", 0)),
                        new Reduction.Reduce(Reduction.Fold.MEAN, List.of(2, 3), false),
                        1,
                        4),
                form(
                        "ReduceSum by an input",
                        image(13).integers("axes", 1).node("ReduceSum", List.of("x", "axes"), "y"),
                        new Reduction.Reduce(Reduction.Fold.SUM, List.of(1), true),
                        1,
                        1,
                        7,
                        9),
                form(
                        "ReduceMax over everything",
                        image(18).node("ReduceMax", List.of("x"), "y", integer("keepdims", 0)),
                        new Reduction.Reduce(Reduction.Fold.MAX, List.of(0, 1, 2, 3), false)),
                form(
                        "ArgMax",
                        image(13).node("ArgMax", List.of("x"), "y", integer("axis", -3)),
                        new Reduction.ArgMax(1, true),
                        1,
                        1,
                        7,
                        9));
    }

    static Stream<Arguments> moves() {
        return Stream.of(
                form(
                        "Reshape copies for 0 and fills -1",
                        image(13).integers("to", 0, -1, 9).node("Reshape", List.of("x", "to"), "y"),
                        new Move.Reshape(Shape.of(1, 28, 9)),
                        1,
                        28,
                        9),
                form(
                        "Flatten at a negative axis",
                        image(13).node("Flatten", List.of("x"), "y", integer("axis", -1)),
                        new Move.Reshape(Shape.of(28, 9)),
                        28,
                        9),
                form(
                        "Transpose reverses by default",
                        image(13).node("Transpose", List.of("x"), "y"),
                        new Move.Transpose(List.of(3, 2, 1, 0)),
                        9,
                        7,
                        4,
                        1),
                form(
                        "Squeeze by attribute",
                        image(11).node("Squeeze", List.of("x"), "y", ints("axes", 0)),
                        new Move.Reshape(Shape.of(4, 7, 9)),
                        4,
                        7,
                        9),
                form(
                        "Squeeze by input",
                        image(13).integers("axes", -4).node("Squeeze", List.of("x", "axes"), "y"),
                        new Move.Reshape(Shape.of(4, 7, 9)),
                        4,
                        7,
                        9),
                form(
                        "Unsqueeze by input",
                        image(13).integers("axes", -1, 0).node("Unsqueeze", List.of("x", "axes"), "y"),
                        new Move.Reshape(Shape.of(1, 1, 4, 7, 9, 1)),
                        1,
                        1,
                        4,
                        7,
                        9,
                        1),
                form(
                        "Pad by attributes",
                        image(10)
                                .node(
                                        "Pad",
                                        List.of("x"),
                                        "y",
                                        ints("pads", 0, 0, 1, 2, 0, 0, 3, 4),
                                        number("value", 2)),
                        new Move.Pad(List.of(0, 0, 1, 2), List.of(0, 0, 3, 4), 2),
                        1,
                        4,
                        11,
                        15),
                form(
                        "Pad by inputs with axes",
                        image(18)
                                .integers("pads", 1, 2, 3, 4)
                                .integers("axes", 2, -1)
                                .node("Pad", List.of("x", "pads", "", "axes"), "y"),
                        new Move.Pad(List.of(0, 0, 1, 2), List.of(0, 0, 3, 4), 0),
                        1,
                        4,
                        11,
                        15),
                form(
                        "Concat",
                        image(13).node("Concat", List.of("x", "x"), "y", integer("axis", -3)),
                        new Move.Concat(1),
                        1,
                        8,
                        7,
                        9),
                form(
                        "Dropout is nothing",
                        image(13).node("Dropout", List.of("x"), "y"),
                        new Move.Reshape(Shape.of(1, 4, 7, 9)),
                        1,
                        4,
                        7,
                        9),
                form(
                        "Cast",
                        image(13).node("Cast", List.of("x"), "y", integer("to", TensorProto.DataType.INT64_VALUE)),
                        new Lanewise.Cast(ElementType.INT64),
                        1,
                        4,
                        7,
                        9));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"windows", "functions", "products", "folds", "moves"})
    void readsTheForm(String title, ModelFile file, Op expected, Shape shape) {
        Graph graph = file.read();
        assertEquals(expected, graph.producer("y").orElseThrow().op());
        assertEquals(shape, graph.value("y").shape());
        assertEquals(1, graph.nodes().size());
    }
}
