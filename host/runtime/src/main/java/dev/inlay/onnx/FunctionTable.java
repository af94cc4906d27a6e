// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import dev.inlay.graph.Function;
import dev.inlay.graph.Function.Kind;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** ONNX's operators that are a function of one number. */
final class FunctionTable {
    /**
     * @param op ONNX's operator
     * @param kind the function
     * @param alpha the attribute of the function's first parameter
     * @param beta the attribute of its second
     * @param integers whether the operator takes integers
     */
    record Row(String op, Kind kind, Parameter alpha, Parameter beta, boolean integers) {
        Function function(Attributes attributes) {
            return new Function(kind, alpha.read(attributes), beta.read(attributes));
        }
    }

    /**
     * @param name the attribute, empty if there is none
     * @param absent its value where a file does not give it
     */
    record Parameter(String name, float absent) {
        static final Parameter NONE = new Parameter("", 0);

        float read(Attributes attributes) {
            return name.isEmpty() ? absent : attributes.number(name, absent);
        }
    }

    static final Row RELU = new Row("Relu", Kind.RELU, Parameter.NONE, Parameter.NONE, true);

    static final List<Row> ROWS = List.of(
            RELU,
            row("LeakyRelu", Kind.LEAKY_RELU, new Parameter("alpha", 0.01f), Parameter.NONE),
            row("Elu", Kind.ELU, new Parameter("alpha", 1), Parameter.NONE),
            row("Selu", Kind.SELU, new Parameter("alpha", 1.6732632f), new Parameter("gamma", 1.050701f)),
            row("Sigmoid", Kind.SIGMOID),
            row("HardSigmoid", Kind.HARD_SIGMOID, new Parameter("alpha", 0.2f), new Parameter("beta", 0.5f)),
            row("HardSwish", Kind.HARD_SWISH),
            row("Tanh", Kind.TANH),
            row("Softplus", Kind.SOFTPLUS),
            row("Softsign", Kind.SOFTSIGN),
            row("Exp", Kind.EXP),
            row("Log", Kind.LOG),
            row("Sqrt", Kind.SQRT),
            row("Reciprocal", Kind.RECIPROCAL),
            new Row("Abs", Kind.ABS, Parameter.NONE, Parameter.NONE, true),
            new Row("Neg", Kind.NEGATE, Parameter.NONE, Parameter.NONE, true),
            row("Floor", Kind.FLOOR),
            row("Ceil", Kind.CEIL),
            new Row("Sign", Kind.SIGN, Parameter.NONE, Parameter.NONE, true),
            row("Erf", Kind.ERF));

    private static final Map<Kind, Row> BY_KIND = new EnumMap<>(Kind.class);

    static {
        ROWS.forEach(row -> BY_KIND.put(row.kind(), row));
    }

    private FunctionTable() {}

    /** The operator of a function; empty for the identity and for clamping, which ONNX writes otherwise. */
    static Optional<Row> row(Kind kind) {
        return Optional.ofNullable(BY_KIND.get(kind));
    }

    private static Row row(String op, Kind kind) {
        return row(op, kind, Parameter.NONE, Parameter.NONE);
    }

    private static Row row(String op, Kind kind, Parameter alpha, Parameter beta) {
        return new Row(op, kind, alpha, beta, false);
    }
}
