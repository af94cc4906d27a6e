// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Quantizer;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Operators that a file applies to codes. Those that move or choose elements do it to the numbers that the codes stand
 * for; those that cut codes make the quantizer's levels fewer; all others get the codes themselves.
 */
final class CodesImport {
    private CodesImport() {}

    /** Imports a node whatever its inputs are. */
    static void make(OnnxNode node, Operators.Operator operator) {
        switch (operator.reading()) {
            case KNOWS -> plain(node, operator);
            case COMPUTES -> {
                whole(node);
                plain(node, operator);
            }
            case MOVES -> {
                if (!moved(node, operator)) {
                    whole(node);
                    plain(node, operator);
                }
            }
        }
    }

    private static void plain(OnnxNode node, Operators.Operator operator) {
        if (!operator.fold().test(node)) {
            operator.make().accept(node);
        }
    }

    /** Makes the graph hold the codes that a node computes with. */
    static void whole(OnnxNode node) {
        for (String input : node.allInputs()) {
            node.scope().materialise(input);
            if (node.scope().isWidened(input)) {
                throw node.unsupported("got \"" + input + "\" of "
                        + node.scope().codeType(input).orElseThrow()
                        + ", expected QuantizeLinear and DequantizeLinear only to read that type");
            }
        }
    }

    private static boolean moved(OnnxNode node, Operators.Operator operator) {
        Scope scope = node.scope();
        Optional<Codes> first = scope.codes(node.input(0));
        if (first.isEmpty()) {
            boolean alone = operator.most() < Integer.MAX_VALUE;
            return alone && scope.isWidened(node.input(0)) && operator.fold().test(node);
        }
        List<String> from = new ArrayList<>();
        for (int position = 0; position < node.inputs(); position++) {
            Optional<Codes> codes = node.has(position) ? scope.codes(node.input(position)) : Optional.empty();
            boolean data = position == 0 || operator.most() == Integer.MAX_VALUE;
            if (data
                    && (codes.isEmpty()
                            || !codes.get().by().equals(first.get().by())
                            || codes.get().type() != first.get().type())) {
                return false;
            }
            from.add(node.has(position) ? node.input(position) : "");
        }
        for (int position = 0; position < from.size(); position++) {
            if (scope.codes(from.get(position)).isPresent()) {
                from.set(position, scope.real(from.get(position), scope.freshValue(from.get(position) + "/real")));
            }
        }
        String real = scope.freshValue(node.output() + "/real");
        plain(node.with(from, real), operator);
        scope.codes(
                node.output(), new Codes(real, first.get().by(), first.get().type(), true, node.name() + "/encode"));
        return true;
    }

    static boolean relu(OnnxNode node) {
        return cut(node, 0, Integer.MAX_VALUE);
    }

    static boolean clip(OnnxNode node) {
        if (node.opset() < 11) {
            whole(node);
            return false;
        }
        Optional<Tensor> low = node.constant(1);
        Optional<Tensor> high = node.constant(2);
        boolean known = (low.isPresent() || !node.has(1)) && (high.isPresent() || !node.has(2));
        if (!known || !isCode(node)) {
            whole(node);
            return false;
        }
        return cut(
                node,
                low.map(bound -> bound(bound, "min")).orElse((long) Integer.MIN_VALUE),
                high.map(bound -> bound(bound, "max")).orElse((long) Integer.MAX_VALUE));
    }

    private static boolean isCode(OnnxNode node) {
        return node.scope().codes(node.input(0)).isPresent()
                || node.scope().codeType(node.input(0)).isPresent();
    }

    private static long bound(Tensor bound, String what) {
        if (bound.elements() != 1 || bound.type().isFloating()) {
            throw new IllegalArgumentException("got a " + what + " of " + bound.type() + " " + bound.shape()
                    + ", expected one number of the type of the codes");
        }
        return bound.getLong(0);
    }

    private static boolean cut(OnnxNode node, long low, long high) {
        Scope scope = node.scope();
        String x = node.input(0);
        Optional<Codes> codes = scope.codes(x);
        if (codes.isPresent() && codes.get().by().levels() instanceof Levels.Integers levels) {
            Quantizer.Uniform by = codes.get().by();
            long least = Math.max(low, levels.low());
            long most = Math.min(high, levels.high());
            if (least < most && least <= by.zero() && by.zero() <= most) {
                Levels.Integers fewer = new Levels.Integers((int) least, (int) most);
                scope.codes(
                        node.output(),
                        codes.get().cutTo(new Quantizer.Uniform(fewer, by.scale(), by.zero()), node.name()));
                return true;
            }
        } else if (codes.isEmpty()) {
            Optional<Tensor> constant = node.constant(0);
            Optional<CodeType> type = scope.codeType(x);
            if (constant.isPresent() && type.isPresent()) {
                Levels.Integers range = scope.range(x, type.get());
                long least = Math.max(low, range.low());
                long most = Math.min(high, range.high());
                if (least < most) {
                    Tensor result = scope.allocateCodes(
                            constant.get().type(), constant.get().shape());
                    for (long i = 0; i < result.elements(); i++) {
                        result.setLong(i, Math.clamp(constant.get().getLong(i), least, most));
                    }
                    scope.constantLike(node.output(), result, x);
                    scope.range(node.output(), new Levels.Integers((int) least, (int) most));
                    return true;
                }
            }
        }
        whole(node);
        return false;
    }

    /** A cast of codes to a type that has them all leaves them the codes of the same numbers. */
    static boolean cast(OnnxNode node) {
        Optional<Codes> codes = node.scope().codes(node.input(0));
        Optional<String> real = node.scope().whole(node.input(0));
        if (codes.isEmpty() && real.isEmpty()) {
            return false;
        }
        ElementType to = LanewiseImport.castTarget(node);
        if (codes.isEmpty()) {
            boolean same = to == ElementType.FLOAT32;
            if (same) {
                node.scope().alias(node.output(), real.orElseThrow());
            }
            return same;
        }
        Levels levels = codes.get().by().levels();
        boolean fits = switch (to) {
            case INT8 -> levels.low() >= Byte.MIN_VALUE && levels.high() <= Byte.MAX_VALUE;
            case UINT8 -> levels.low() >= 0 && levels.high() <= 255;
            case INT32 -> true;
            case INT64, BOOL, FLOAT32, FLOAT64 -> false;
        };
        if (!fits) {
            whole(node);
            return false;
        }
        Codes from = codes.get();
        node.scope().codes(node.output(), new Codes(from.source(), from.by(), to, from.projected(), from.node()));
        return true;
    }

    /** A sum of weights of one shape that are held as codes is held as the codes of both. */
    static boolean added(OnnxNode node) {
        Optional<Coded> left = node.scope().coded(node.input(0));
        Optional<Coded> right = node.scope().coded(node.input(1));
        if (left.isEmpty()
                || right.isEmpty()
                || !left.get().shape().equals(right.get().shape())
                || right.get().terms().size() != 1) {
            return false;
        }
        List<Coded.Term> terms = new ArrayList<>(left.get().terms());
        terms.addAll(right.get().terms());
        if (terms.size() > Limits.TERMS) {
            return false;
        }
        node.scope().encoded(node.output(), new Coded(left.get().shape(), terms));
        return true;
    }
}
