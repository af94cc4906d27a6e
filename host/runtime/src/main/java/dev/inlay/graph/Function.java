// SPDX-License-Identifier: Apache-2.0
package dev.inlay.graph;

/**
 * A function of one number, used on its own or as the activation in a contraction's epilogue.
 *
 * @param kind which function
 * @param alpha first parameter, 0 where the kind has none
 * @param beta second parameter, 0 where the kind has none
 */
public record Function(Kind kind, float alpha, float beta) {
    /** The functions, with the meaning of their parameters. */
    public enum Kind {
        IDENTITY,
        RELU,
        /** Slope alpha below zero. */
        LEAKY_RELU,
        /** alpha (exp(x) - 1) below zero. */
        ELU,
        /** beta x above zero, beta alpha (exp(x) - 1) below. */
        SELU,
        /** Clamped to alpha .. beta. */
        CLIP,
        SIGMOID,
        /** clamp(alpha x + beta, 0, 1). */
        HARD_SIGMOID,
        /** x clamp(x / 6 + 1/2, 0, 1). */
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
        ERF
    }

    public static final Function IDENTITY = of(Kind.IDENTITY);
    public static final Function RELU = of(Kind.RELU);

    public static Function of(Kind kind) {
        return new Function(kind, 0, 0);
    }

    public static Function clip(float low, float high) {
        return new Function(Kind.CLIP, low, high);
    }

    public boolean isIdentity() {
        return kind == Kind.IDENTITY;
    }
}
