// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.reference;

import dev.inlay.graph.Function;

/** The functions of one number, in double and in 64-bit integers. */
final class FunctionReference {
    private static final double TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);

    private FunctionReference() {}

    /** The function's value; NaN gives NaN. */
    static double apply(Function function, double x) {
        double alpha = function.alpha();
        double beta = function.beta();
        return switch (function.kind()) {
            case IDENTITY -> x;
            case RELU -> Math.max(x, 0);
            case LEAKY_RELU -> x < 0 ? alpha * x : x;
            case ELU -> x < 0 ? alpha * Math.expm1(x) : x;
            case SELU -> beta * (x < 0 ? alpha * Math.expm1(x) : x);
            case CLIP -> Math.min(Math.max(x, alpha), beta);
            case SIGMOID -> 1 / (1 + Math.exp(-x));
            case HARD_SIGMOID -> unit(alpha * x + beta);
            case HARD_SWISH -> x * unit(x / 6 + 0.5);
            case TANH -> Math.tanh(x);
            case SOFTPLUS -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
            case SOFTSIGN -> x / (1 + Math.abs(x));
            case EXP -> Math.exp(x);
            case LOG -> Math.log(x);
            case SQRT -> Math.sqrt(x);
            case RECIPROCAL -> 1 / x;
            case ABS -> Math.abs(x);
            case NEGATE -> -x;
            case FLOOR -> Math.floor(x);
            case CEIL -> Math.ceil(x);
            case SIGN -> Math.signum(x);
            case ERF -> erf(x);
        };
    }

    /**
     * The function's value on an integer.
     *
     * @throws IllegalArgumentException if the function has none there
     */
    static long apply(Function function, long x) {
        return switch (function.kind()) {
            case IDENTITY, FLOOR, CEIL -> x;
            case RELU -> Math.max(x, 0);
            case CLIP -> Math.min(Math.max(x, (long) function.alpha()), (long) function.beta());
            case ABS -> Math.abs(x);
            case NEGATE -> -x;
            case SIGN -> Long.signum(x);
            case LEAKY_RELU,
                    ELU,
                    SELU,
                    SIGMOID,
                    HARD_SIGMOID,
                    HARD_SWISH,
                    TANH,
                    SOFTPLUS,
                    SOFTSIGN,
                    EXP,
                    LOG,
                    SQRT,
                    RECIPROCAL,
                    ERF -> throw new IllegalArgumentException("got an integer input, expected FLOAT32 or FLOAT64");
        };
    }

    private static double unit(double x) {
        return Math.min(Math.max(x, 0), 1);
    }

    /**
     * The error function, to a few units in the last place: below 3 the series with terms of one sign (Abramowitz and
     * Stegun 7.1.6), above it the continued fraction of its complement (7.1.14).
     */
    static double erf(double x) {
        double magnitude = Math.abs(x);
        if (magnitude < 3) {
            double term = x;
            double sum = x;
            for (int n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
                term *= 2 * x * x / (2 * n + 1);
                sum += term;
            }
            return TWO_OVER_ROOT_PI * Math.exp(-x * x) * sum;
        }
        if (magnitude >= 6) {
            return Math.signum(x);
        }
        double fraction = magnitude;
        for (int n = 60; n > 0; n--) {
            fraction = magnitude + n / 2.0 / fraction;
        }
        return Math.copySign(1 - Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction), x);
    }
}
