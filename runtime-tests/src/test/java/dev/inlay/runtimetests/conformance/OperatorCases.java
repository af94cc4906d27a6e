// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Function;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Move;
import dev.inlay.graph.Node;
import dev.inlay.graph.Normalization;
import dev.inlay.graph.Op;
import dev.inlay.graph.Pool;
import dev.inlay.graph.Reduction;
import dev.inlay.graph.Value;
import dev.inlay.graph.Window;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** The table of cases. */
final class OperatorCases {
    private final List<OperatorCase> cases = new ArrayList<>();

    private OperatorCases() {}

    static List<OperatorCase> all() {
        OperatorCases table = new OperatorCases();
        table.convolutions();
        table.products();
        table.lanewise();
        table.pools();
        table.axes();
        table.moves();
        table.chains();
        return table.cases;
    }

    private static Shape s(long... extents) {
        return Shape.of(extents);
    }

    private static Window window(int size, int stride, int dilation, int top, int left, int bottom, int right) {
        return new Window(size, size, stride, stride, dilation, dilation, top, left, bottom, right);
    }

    private void add(String name, Op op, List<Shape> computed, List<Shape> constants) {
        cases.add(OperatorCase.of(name, op, computed, constants));
    }

    private void conv(String name, Window window, int groups, long n, long c, long h, long w, long m) {
        add(
                "conv " + name,
                new Contraction.Conv(window, groups, Epilogue.NONE),
                List.of(s(n, c, h, w)),
                List.of(s(m, c / groups, window.rows(), window.columns()), s(m)));
    }

    private void convolutions() {
        for (int width : new int[] {1, 3, 4, 5, 7, 9, 14, 57}) {
            conv("width " + width, window(3, 1, 1, 1, 1, 1, 1), 1, 1, 3, 4, width, 6);
        }
        for (int outputs : new int[] {1, 7, 8, 15, 16, 17, 31, 33}) {
            conv("outputs " + outputs, window(3, 1, 1, 1, 1, 1, 1), 1, 1, 2, 5, 6, outputs);
        }
        for (int channels : new int[] {1, 6, 16, 17}) {
            conv("channels " + channels, window(3, 1, 1, 0, 0, 0, 0), 1, 2, channels, 5, 6, 4);
        }
        conv("1x1", window(1, 1, 1, 0, 0, 0, 0), 1, 2, 5, 3, 4, 9);
        conv("1x1 of one pixel, three images", window(1, 1, 1, 0, 0, 0, 0), 1, 3, 5, 1, 1, 9);
        conv("whole plane, five images", window(4, 1, 1, 0, 0, 0, 0), 1, 5, 3, 4, 4, 9);
        conv("stride 2", window(3, 2, 1, 1, 1, 1, 1), 1, 1, 3, 9, 11, 8);
        conv("stride 3 of 7x7", window(7, 3, 1, 3, 3, 3, 3), 1, 1, 3, 15, 16, 8);
        conv("dilation 2", window(3, 1, 2, 2, 2, 2, 2), 1, 1, 3, 8, 7, 8);
        conv("asymmetric pads", window(2, 1, 1, 0, 1, 1, 0), 1, 1, 3, 5, 6, 8);
        conv("stride beyond the window", window(1, 2, 1, 0, 0, 0, 0), 1, 1, 3, 7, 7, 8);
        conv("two groups", window(3, 1, 1, 1, 1, 1, 1), 2, 1, 6, 5, 6, 10);
        conv("three groups of one channel, two outputs each", window(3, 1, 1, 1, 1, 1, 1), 3, 1, 3, 5, 6, 6);
        conv("groups with dilation and stride", window(3, 2, 2, 2, 2, 2, 2), 2, 2, 4, 9, 9, 34);
        conv("depthwise", window(3, 1, 1, 1, 1, 1, 1), 19, 2, 19, 5, 6, 19);
        conv("depthwise stride 2", window(3, 2, 1, 0, 0, 1, 1), 8, 1, 8, 8, 8, 8);
        conv("a long sum", window(3, 1, 1, 1, 1, 1, 1), 1, 1, 130, 4, 5, 20);
        for (Function.Kind kind : Function.Kind.values()) {
            Function function = function(kind);
            if (kind != Function.Kind.LOG && kind != Function.Kind.SQRT && kind != Function.Kind.RECIPROCAL) {
                cases.add(withResidual(function));
            }
        }
    }

    /** Inputs of a node are ordered x, w, bias, residual, so this one is put together by hand. */
    private static OperatorCase withResidual(Function function) {
        String name = "conv then " + function.kind() + " with a residual";
        Random random = new Random(name.hashCode());
        Map<String, Tensor> data = new LinkedHashMap<>();
        data.put("x", OperatorCase.random(random, s(1, 3, 4, 5)));
        data.put("r", OperatorCase.random(random, s(1, 9, 4, 5)));
        Graph graph = Graph.builder(name)
                .input(new Value("x", ElementType.FLOAT32, s(1, 3, 4, 5)))
                .input(new Value("r", ElementType.FLOAT32, s(1, 9, 4, 5)))
                .constant("w", OperatorCase.random(random, s(9, 3, 1, 1)))
                .node(new Node(
                        "it",
                        new Contraction.Conv(Window.of(1, 1), 1, new Epilogue(true, function)),
                        List.of("x", "w", "", "r"),
                        List.of("y")))
                .output("y")
                .build();
        return OperatorCase.finished(name, graph, data);
    }

    private static Function function(Function.Kind kind) {
        return switch (kind) {
            case LEAKY_RELU, ELU -> new Function(kind, 0.3f, 0);
            case SELU -> new Function(kind, 1.67326f, 1.0507f);
            case CLIP -> Function.clip(-0.5f, 0.75f);
            case HARD_SIGMOID -> new Function(kind, 0.2f, 0.5f);
            case IDENTITY,
                    RELU,
                    SIGMOID,
                    HARD_SWISH,
                    TANH,
                    SOFTPLUS,
                    SOFTSIGN,
                    EXP,
                    LOG,
                    SQRT,
                    RECIPROCAL,
                    ABS,
                    NEGATE,
                    FLOOR,
                    CEIL,
                    SIGN,
                    ERF -> Function.of(kind);
        };
    }

    private void products() {
        add(
                "gemm",
                new Contraction.Gemm(1, 1, false, true, Epilogue.NONE),
                List.of(s(3, 20)),
                List.of(s(17, 20), s(17)));
        add(
                "gemm with alpha and beta",
                new Contraction.Gemm(0.5f, 2, false, false, new Epilogue(false, Function.RELU)),
                List.of(s(1, 33)),
                List.of(s(33, 70), s(1)));
        add(
                "gemm transposed",
                new Contraction.Gemm(1, 1, true, false, Epilogue.NONE),
                List.of(s(20, 3)),
                List.of(s(20, 7)));
        add("matmul", new Contraction.MatMul(Epilogue.NONE), List.of(s(2, 3, 8)), List.of(s(8, 5)));
        add("matmul of rank 4", new Contraction.MatMul(Epilogue.NONE), List.of(s(2, 3, 4, 8)), List.of(s(8, 5)));
        add(
                "matmul of computed values",
                new Contraction.MatMul(Epilogue.NONE),
                List.of(s(2, 3, 8), s(2, 8, 5)),
                List.of());
    }

    private void lanewise() {
        for (Function.Kind kind : Function.Kind.values()) {
            if (kind != Function.Kind.LOG && kind != Function.Kind.SQRT) {
                add("unary " + kind, new Lanewise.Unary(function(kind)), List.of(s(2, 3, 5)), List.of());
            }
        }
        for (Lanewise.Arithmetic arithmetic : Lanewise.Arithmetic.values()) {
            if (arithmetic != Lanewise.Arithmetic.POW) {
                add(
                        "binary " + arithmetic,
                        new Lanewise.Binary(arithmetic),
                        List.of(s(1, 3, 4, 5), s(1, 3, 4, 5)),
                        List.of());
            }
        }
        Lanewise.Binary sum = new Lanewise.Binary(Lanewise.Arithmetic.ADD);
        add("add a channel's constant", sum, List.of(s(2, 3, 4, 5)), List.of(s(3, 1, 1)));
        add("add a row to a column", sum, List.of(s(4, 1), s(1, 5)), List.of());
        add("add a scalar", sum, List.of(s(4, 7)), List.of(Shape.SCALAR));
        add("add with a longer constant", sum, List.of(s(5)), List.of(s(2, 3, 5)));
        add("five axes", sum, List.of(s(2, 3, 2, 3, 2)), List.of(s(3, 1, 3, 1)));
        add("prelu", new Lanewise.PRelu(), List.of(s(1, 3, 4, 5)), List.of(s(3, 1, 1)));
    }

    private void pools() {
        add("max pool", new Pool.MaxPool(window(2, 2, 1, 0, 0, 0, 0), false), List.of(s(2, 6, 6, 8)), List.of());
        add(
                "max pool padded",
                new Pool.MaxPool(window(3, 2, 1, 1, 1, 1, 1), false),
                List.of(s(1, 17, 7, 9)),
                List.of());
        add("max pool ceil", new Pool.MaxPool(window(3, 2, 1, 0, 0, 0, 0), true), List.of(s(1, 3, 6, 8)), List.of());
        add(
                "max pool dilated",
                new Pool.MaxPool(window(2, 1, 2, 0, 0, 0, 0), false),
                List.of(s(1, 3, 6, 8)),
                List.of());
        add(
                "mean pool",
                new Pool.AveragePool(window(3, 2, 1, 1, 1, 1, 1), false, false),
                List.of(s(1, 5, 7, 9)),
                List.of());
        add(
                "mean pool counted",
                new Pool.AveragePool(window(3, 2, 1, 1, 1, 1, 1), false, true),
                List.of(s(1, 5, 7, 9)),
                List.of());
        add(
                "mean pool ceil counted",
                new Pool.AveragePool(window(3, 2, 1, 1, 1, 0, 0), true, true),
                List.of(s(1, 5, 8, 8)),
                List.of());
        add(
                "mean pool of the plane",
                new Pool.AveragePool(Window.of(5, 4), false, false),
                List.of(s(3, 33, 5, 4)),
                List.of());
    }

    private void axes() {
        add("softmax", new Normalization.Softmax(1, false, false), List.of(s(3, 10)), List.of());
        add("softmax of channels", new Normalization.Softmax(1, false, false), List.of(s(2, 5, 3, 4)), List.of());
        add("log softmax", new Normalization.Softmax(-1, false, true), List.of(s(2, 3, 7)), List.of());
        add("softmax flattened", new Normalization.Softmax(1, true, false), List.of(s(2, 3, 4)), List.of());
        add("lrn", new Normalization.Lrn(5, 1e-2f, 0.75f, 1), List.of(s(1, 9, 3, 4)), List.of());
        add("lrn of an even size", new Normalization.Lrn(4, 1e-2f, 0.75f, 2), List.of(s(1, 9, 3, 4)), List.of());
        for (Reduction.Fold fold : Reduction.Fold.values()) {
            add("reduce " + fold, new Reduction.Reduce(fold, List.of(1), true), List.of(s(2, 5, 3)), List.of());
        }
        add(
                "reduce image",
                new Reduction.Reduce(Reduction.Fold.MEAN, List.of(2, 3), false),
                List.of(s(2, 5, 3, 4)),
                List.of());
        add(
                "reduce all",
                new Reduction.Reduce(Reduction.Fold.SUM, List.of(0, 1, 2), false),
                List.of(s(2, 5, 3)),
                List.of());
        add("arg max", new Reduction.ArgMax(1, false), List.of(s(3, 10)), List.of());
    }

    private void moves() {
        add("reshape an image", new Move.Reshape(s(2, 60)), List.of(s(2, 3, 4, 5)), List.of());
        add("reshape to an image", new Move.Reshape(s(2, 3, 4, 5)), List.of(s(2, 60)), List.of());
        add("transpose", new Move.Transpose(List.of(2, 0, 1)), List.of(s(2, 3, 4)), List.of());
        add("transpose an image", new Move.Transpose(List.of(0, 2, 3, 1)), List.of(s(2, 3, 4, 5)), List.of());
        add("concat channels", new Move.Concat(1), List.of(s(1, 3, 4, 5), s(1, 2, 4, 5)), List.of(s(1, 1, 4, 5)));
        add("concat last", new Move.Concat(-1), List.of(s(2, 3), s(2, 4)), List.of());
        add("pad", new Move.Pad(List.of(0, 0, 1, 2), List.of(0, 1, 0, 3), 1.5f), List.of(s(1, 3, 4, 5)), List.of());
    }

    /** What shows only between nodes: halos next to pads, reshapes next to convolutions, values read twice. */
    private void chains() {
        Random random = new Random(99);
        Contraction.Conv conv =
                new Contraction.Conv(window(3, 1, 1, 1, 1, 1, 1), 1, new Epilogue(false, Function.RELU));
        Graph graph = Graph.builder("chain")
                .input(new Value("x", ElementType.FLOAT32, s(2, 3, 6, 6)))
                .constant("w1", OperatorCase.random(random, s(8, 3, 3, 3)))
                .constant("w2", OperatorCase.random(random, s(8, 8, 3, 3)))
                .constant("w3", OperatorCase.random(random, s(10, 72)))
                .node("c1", conv, List.of("x", "w1"), "a")
                .node("p", new Move.Pad(List.of(0, 0, 1, 1), List.of(0, 0, 1, 1), 2), List.of("a"), "b")
                .node("c2", conv, List.of("b", "w2"), "c")
                .node("m", new Pool.MaxPool(window(2, 2, 1, 0, 0, 0, 0), false), List.of("a"), "d")
                .node("f", new Move.Reshape(s(2, 72)), List.of("d"), "e")
                .node("g", new Contraction.Gemm(1, 1, false, true, Epilogue.NONE), List.of("e", "w3"), "y")
                .output("y")
                .output("c")
                .build();
        cases.add(OperatorCase.finished("chain", graph, Map.of("x", OperatorCase.random(random, s(2, 3, 6, 6)))));
    }
}
