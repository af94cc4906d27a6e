// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import dev.inlay.graph.Function.Kind;
import dev.inlay.graph.Lanewise.Arithmetic;
import dev.inlay.graph.Reduction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongBinaryOperator;
import java.util.function.Predicate;

/** ONNX's operators that can be imported, each with how. */
final class Operators {
    /** How an operator takes inputs that are codes. */
    enum Reading {
        /** It computes with the codes, so they have to be there. */
        COMPUTES,
        /** It moves or chooses elements, so it may as well do that to what the codes stand for. */
        MOVES,
        /** It knows them, or looks at shapes only. */
        KNOWS
    }

    /**
     * @param least fewest inputs
     * @param most most inputs
     * @param outputs most outputs that may be used
     * @param reading how it takes codes
     * @param fold computes the output while importing if its inputs are known; returns whether it did
     * @param make makes the graph's nodes
     */
    record Operator(
            int least, int most, int outputs, Reading reading, Predicate<OnnxNode> fold, Consumer<OnnxNode> make) {
        Operator reading(Reading changed) {
            return new Operator(least, most, outputs, changed, fold, make);
        }
    }

    private static final String MICROSOFT = "com.microsoft";
    private static final List<String> QONNX =
            List.of("qonnx.custom_op.general", "onnx.brevitas", "finn.custom_op.general");
    private static final int ANY = Integer.MAX_VALUE;
    private static final Map<String, Operator> OPERATORS = new HashMap<>();

    private Operators() {}

    /**
     * @param domain empty for ONNX's own
     */
    static Optional<Operator> find(String domain, String op) {
        return Optional.ofNullable(OPERATORS.get(domain.isEmpty() ? op : domain + "::" + op));
    }

    private static void add(String op, int least, int most, Consumer<OnnxNode> make) {
        OPERATORS.put(op, new Operator(least, most, 1, Reading.COMPUTES, Operators::never, make));
    }

    private static void add(String op, int least, int most, Predicate<OnnxNode> fold, Consumer<OnnxNode> make) {
        OPERATORS.put(op, new Operator(least, most, 1, Reading.COMPUTES, fold, make));
    }

    /** Adds an operator that knows codes, in one or more domains. */
    private static void addKnowing(String op, int least, int most, Consumer<OnnxNode> make, String... domains) {
        for (String domain : domains) {
            String key = domain.isEmpty() ? op : domain + "::" + op;
            OPERATORS.put(key, new Operator(least, most, 1, Reading.KNOWS, Operators::never, make));
        }
    }

    private static void reading(Reading reading, String... ops) {
        for (String op : ops) {
            OPERATORS.computeIfPresent(op, (key, operator) -> operator.reading(reading));
        }
    }

    private static void addBinary(String op, Arithmetic arithmetic, LongBinaryOperator integers) {
        add(op, 2, 2, node -> Folding.arithmetic(node, integers), node -> LanewiseImport.binary(node, arithmetic));
    }

    private static void addVariadic(String op, Arithmetic arithmetic, LongBinaryOperator integers) {
        add(op, 1, ANY, node -> Folding.arithmetic(node, integers), node -> LanewiseImport.variadic(node, arithmetic));
    }

    private static void addReduction(String op, Reduction.Fold fold, int movedIn, Predicate<OnnxNode> integers) {
        add(op, 1, 2, integers, node -> FoldImport.reduce(node, fold, movedIn));
    }

    private static void addComparison(String op, LongBinaryOperator operator) {
        add(op, 2, 2, node -> Folding.comparison(node, operator), Operators::constantsOnly);
    }

    static {
        add("Conv", 2, 3, ContractionImport::conv);
        add("Gemm", 2, 3, ContractionImport::gemm);
        add("MatMul", 2, 2, ContractionImport::matMul);
        add("MaxPool", 1, 1, ContractionImport::maxPool);
        add("AveragePool", 1, 1, ContractionImport::averagePool);
        add("GlobalAveragePool", 1, 1, ContractionImport::globalAveragePool);
        add("GlobalMaxPool", 1, 1, ContractionImport::globalMaxPool);

        FunctionTable.ROWS.forEach(row -> add(row.op(), 1, 1, node -> LanewiseImport.unary(node, row)));
        add("Relu", 1, 1, CodesImport::relu, node -> LanewiseImport.unary(node, FunctionTable.RELU));
        add("Clip", 1, 3, CodesImport::clip, LanewiseImport::clip);
        add("PRelu", 2, 2, LanewiseImport::pRelu);
        add("Cast", 1, 1, node -> CodesImport.cast(node) || Folding.cast(node), LanewiseImport::cast);
        add("Pow", 2, 2, LanewiseImport::pow);
        add(
                "Add",
                2,
                2,
                node -> CodesImport.added(node) || Folding.arithmetic(node, Long::sum),
                node -> LanewiseImport.binary(node, Arithmetic.ADD));
        addBinary("Sub", Arithmetic.SUB, (a, b) -> a - b);
        addBinary("Mul", Arithmetic.MUL, (a, b) -> a * b);
        addBinary("Div", Arithmetic.DIV, Operators::quotient);
        addVariadic("Sum", Arithmetic.ADD, Long::sum);
        addVariadic("Min", Arithmetic.MIN, Math::min);
        addVariadic("Max", Arithmetic.MAX, Math::max);
        add("Mean", 1, ANY, LanewiseImport::mean);

        add("BatchNormalization", 5, 5, FoldImport::batchNormalization);
        add("LRN", 1, 1, FoldImport::lrn);
        add("Softmax", 1, 1, node -> FoldImport.softmax(node, false));
        add("LogSoftmax", 1, 1, node -> FoldImport.softmax(node, true));
        addReduction("ReduceSum", Reduction.Fold.SUM, 13, node -> Folding.reduceAll(node, Long::sum));
        addReduction("ReduceMean", Reduction.Fold.MEAN, 18, Operators::never);
        addReduction("ReduceMax", Reduction.Fold.MAX, 18, node -> Folding.reduceAll(node, Math::max));
        addReduction("ReduceMin", Reduction.Fold.MIN, 18, node -> Folding.reduceAll(node, Math::min));
        addReduction("ReduceProd", Reduction.Fold.PROD, 18, node -> Folding.reduceAll(node, (a, b) -> a * b));
        add("ArgMax", 1, 1, FoldImport::argMax);

        add("Identity", 1, 1, node -> MoveFolding.reshaped(node, one -> one.shape(0)), MoveImport::identity);
        add("Dropout", 1, 3, MoveImport::dropout);
        add("Reshape", 2, 2, node -> MoveFolding.reshaped(node, MoveImport::reshaped), MoveImport::reshape);
        add("Flatten", 1, 1, node -> MoveFolding.reshaped(node, MoveImport::flattened), MoveImport::flatten);
        add("Squeeze", 1, 2, node -> MoveFolding.reshaped(node, MoveImport::squeezed), MoveImport::squeeze);
        add("Unsqueeze", 1, 2, node -> MoveFolding.reshaped(node, MoveImport::unsqueezed), MoveImport::unsqueeze);
        add("Transpose", 1, 1, MoveFolding::transposed, MoveImport::transpose);
        add("Concat", 1, ANY, Folding::concat, MoveImport::concat);
        add("Pad", 1, 4, MoveImport::pad);

        add("Constant", 0, 0, Folding::constant, Operators::constantsOnly);
        add("ConstantOfShape", 1, 1, Folding::constantOfShape, Operators::constantsOnly);
        add("Shape", 1, 1, Folding::shape, Operators::constantsOnly);
        add("Size", 1, 1, Folding::size, Operators::constantsOnly);
        add("Gather", 2, 2, Folding::gather, Operators::constantsOnly);
        add("Slice", 1, 5, Folding::slice, Operators::constantsOnly);
        add("Expand", 2, 2, Folding::expand, Operators::constantsOnly);
        add("Range", 3, 3, Folding::range, Operators::constantsOnly);
        add("Where", 3, 3, Folding::where, Operators::constantsOnly);
        addComparison("Equal", (a, b) -> a == b ? 1 : 0);
        addComparison("Greater", (a, b) -> a > b ? 1 : 0);
        addComparison("Less", (a, b) -> a < b ? 1 : 0);

        addKnowing("QuantizeLinear", 2, 3, QuantizeImport::quantize, "", MICROSOFT);
        addKnowing("DequantizeLinear", 2, 3, QuantizeImport::dequantize, "", MICROSOFT);

        addKnowing("QLinearConv", 8, 9, QLinearImport::conv, "");
        addKnowing("QLinearMatMul", 8, 8, QLinearImport::matMul, "", MICROSOFT);
        addKnowing("QGemm", 6, 9, QLinearImport::gemm, MICROSOFT);
        addKnowing("QLinearAdd", 7, 8, node -> QLinearImport.binary(node, Arithmetic.ADD), MICROSOFT);
        addKnowing("QLinearMul", 7, 8, node -> QLinearImport.binary(node, Arithmetic.MUL), MICROSOFT);
        addKnowing("QLinearConcat", 5, ANY, QLinearImport::concat, MICROSOFT);
        addKnowing("QLinearSigmoid", 4, 5, node -> QLinearImport.unary(node, Kind.SIGMOID), MICROSOFT);
        addKnowing("QLinearLeakyRelu", 4, 5, node -> QLinearImport.unary(node, Kind.LEAKY_RELU), MICROSOFT);
        addKnowing(
                "QLinearAveragePool",
                4,
                5,
                node -> QLinearImport.pool(node, ContractionImport::averagePool),
                MICROSOFT);
        addKnowing(
                "QLinearGlobalAveragePool",
                5,
                5,
                node -> QLinearImport.pool(node, ContractionImport::globalAveragePool),
                MICROSOFT);
        addKnowing("ConvInteger", 2, 4, IntegerImport::conv, "");
        addKnowing("MatMulInteger", 2, 4, IntegerImport::matMul, "");
        OPERATORS.put(
                "DynamicQuantizeLinear",
                new Operator(1, 1, 3, Reading.COMPUTES, Operators::never, IntegerImport::dynamicQuantize));

        for (String domain : QONNX) {
            addKnowing("Quant", 4, 4, QonnxImport::quant, domain);
            addKnowing("IntQuant", 4, 4, QonnxImport::quant, domain);
            addKnowing("BipolarQuant", 2, 2, QonnxImport::bipolar, domain);
            addKnowing("Trunc", 5, 6, QonnxImport::trunc, domain);
            reading(Reading.COMPUTES, domain + "::Quant", domain + "::IntQuant");
            reading(Reading.COMPUTES, domain + "::BipolarQuant", domain + "::Trunc");
        }

        for (InlayFunction function : InlayFunction.values()) {
            OPERATORS.put(
                    InlayFunction.DOMAIN + "::" + function.title(),
                    new Operator(
                            function.inputs(),
                            function.inputs(),
                            1,
                            Reading.COMPUTES,
                            Operators::never,
                            node -> FunctionImport.call(node, function)));
        }

        reading(Reading.KNOWS, "Shape", "Size", "Clip", "Relu", "Cast");
        reading(Reading.MOVES, "MaxPool", "GlobalMaxPool", "Identity", "Dropout", "Reshape", "Flatten", "Squeeze");
        reading(Reading.MOVES, "Unsqueeze", "Transpose", "Concat");
    }

    private static boolean never(OnnxNode node) {
        return false;
    }

    private static void constantsOnly(OnnxNode node) {
        throw node.unsupported("got inputs computed at run time, expected constants");
    }

    // An OpenCL driver may disable the hardware's trap for a division by zero, so it is asked for here.
    private static long quotient(long dividend, long divisor) {
        if (divisor == 0) {
            throw new IllegalArgumentException("got a division by 0, expected another divisor");
        }
        return dividend / divisor;
    }
}
