// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.reference;

import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Value;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Tensor;

/**
 * Element by element. Floats are computed in double and rounded once; integers wrap around in their type's bits and
 * divide towards zero.
 */
final class LanewiseReference {
    private LanewiseReference() {}

    static Tensor evaluate(Lanewise lanewise, Operands inputs, Value output) {
        Tensor result = Tensor.allocate(output.type(), output.shape());
        Tensor x = StridedCopy.broadcast(inputs.at(0), output.shape());
        switch (lanewise) {
            case Lanewise.Unary unary -> unary(unary, x, result);
            case Lanewise.Binary binary ->
                binary(binary.arithmetic(), x, StridedCopy.broadcast(inputs.at(1), output.shape()), result);
            case Lanewise.PRelu pRelu ->
                pRelu(x, StridedCopy.broadcast(inputs.at(1, x.type()), output.shape()), result);
            case Lanewise.Cast cast -> cast(x, result);
            case Lanewise.Quantize quantize -> {
                return quantize.to().project(x);
            }
            case Lanewise.Encode encode -> {
                for (long i = 0; i < result.elements(); i++) {
                    result.setLong(i, encode.by().code(x.getFloat(i)));
                }
            }
            case Lanewise.Decode decode -> {
                for (long i = 0; i < result.elements(); i++) {
                    result.set(i, decode.by().real((int) x.getLong(i)));
                }
            }
        }
        return result;
    }

    private static void unary(Lanewise.Unary unary, Tensor x, Tensor result) {
        long count = result.elements();
        if (x.type().isFloating()) {
            for (long i = 0; i < count; i++) {
                result.set(i, FunctionReference.apply(unary.function(), x.getDouble(i)));
            }
        } else {
            for (long i = 0; i < count; i++) {
                result.setLong(i, FunctionReference.apply(unary.function(), x.getLong(i)));
            }
        }
    }

    private static void binary(Lanewise.Arithmetic arithmetic, Tensor x, Tensor y, Tensor result) {
        // ONNX lets an exponent differ in type from its base; every other pair agrees.
        if (x.type() != y.type() && arithmetic != Lanewise.Arithmetic.POW) {
            throw new IllegalArgumentException(
                    "got inputs of types " + x.type() + " and " + y.type() + ", expected equal types");
        }
        long count = result.elements();
        if (x.type().isFloating()) {
            for (long i = 0; i < count; i++) {
                result.set(i, apply(arithmetic, x.getDouble(i), y.getDouble(i)));
            }
        } else if (y.type().isFloating()) {
            for (long i = 0; i < count; i++) {
                result.setLong(i, (long) Math.pow(x.getDouble(i), y.getDouble(i)));
            }
        } else {
            for (long i = 0; i < count; i++) {
                result.setLong(i, apply(arithmetic, x.getLong(i), y.getLong(i)));
            }
        }
    }

    private static double apply(Lanewise.Arithmetic arithmetic, double x, double y) {
        return switch (arithmetic) {
            case ADD -> x + y;
            case SUB -> x - y;
            case MUL -> x * y;
            case DIV -> x / y;
            case POW -> Math.pow(x, y);
            case MIN -> Math.min(x, y);
            case MAX -> Math.max(x, y);
        };
    }

    private static long apply(Lanewise.Arithmetic arithmetic, long x, long y) {
        return switch (arithmetic) {
            case ADD -> x + y;
            case SUB -> x - y;
            case MUL -> x * y;
            case DIV -> {
                if (y == 0) {
                    throw new IllegalArgumentException("got an integer divisor of 0, expected another");
                }
                yield x / y;
            }
            case POW -> y < 0 ? (long) Math.pow((double) x, (double) y) : power(x, y);
            case MIN -> Math.min(x, y);
            case MAX -> Math.max(x, y);
        };
    }

    private static long power(long base, long exponent) {
        long result = 1;
        long square = base;
        for (long rest = exponent; rest > 0; rest >>= 1) {
            if ((rest & 1) != 0) {
                result *= square;
            }
            square *= square;
        }
        return result;
    }

    private static void pRelu(Tensor x, Tensor slope, Tensor result) {
        long count = result.elements();
        if (x.type().isFloating()) {
            for (long i = 0; i < count; i++) {
                double value = x.getDouble(i);
                result.set(i, value > 0 ? value : value * slope.getDouble(i));
            }
        } else {
            for (long i = 0; i < count; i++) {
                long value = x.getLong(i);
                result.setLong(i, value > 0 ? value : value * slope.getLong(i));
            }
        }
    }

    /**
     * As C casts: floats lose their fraction, integers their upper bits, and all but 0 is true. What C leaves open
     * follows Java: NaN becomes 0, a float outside INT32 or INT64 the nearest end.
     */
    private static void cast(Tensor x, Tensor result) {
        long count = result.elements();
        boolean floating = x.type().isFloating();
        for (long i = 0; i < count; i++) {
            if (result.type() == ElementType.BOOL) {
                result.setLong(i, floating ? (x.getDouble(i) != 0 ? 1 : 0) : (x.getLong(i) != 0 ? 1 : 0));
            } else if (floating) {
                result.set(i, x.getDouble(i));
            } else {
                result.setLong(i, x.getLong(i));
            }
        }
    }
}
