// SPDX-License-Identifier: Apache-2.0
package dev.inlay.graph;

import dev.inlay.encoding.Quantizer;
import dev.inlay.tensor.ElementType;

/** Operators whose output element depends on the input elements at the same place only. */
public sealed interface Lanewise extends Op {
    /** One function of one input. */
    record Unary(Function function) implements Lanewise {
        @Override
        public String title() {
            return function.kind().name();
        }
    }

    /** An arithmetic operator on two inputs with ONNX broadcasting. */
    record Binary(Arithmetic arithmetic) implements Lanewise {
        @Override
        public String title() {
            return arithmetic.name();
        }
    }

    /** Input 0 where positive, input 0 times the broadcast slope (input 1) elsewhere. */
    record PRelu() implements Lanewise {}

    /** Conversion of every element as by a cast in C. */
    record Cast(ElementType to) implements Lanewise {}

    /** FLOAT32 to the nearest numbers that have a code. */
    record Quantize(Quantizer to) implements Lanewise {}

    /** FLOAT32 to the codes themselves, of type {@code codes}: what leaves a graph as integers. */
    record Encode(Quantizer.Uniform by, ElementType codes) implements Lanewise {}

    /** Codes that come into a graph as integers, to the numbers they stand for. */
    record Decode(Quantizer.Uniform by) implements Lanewise {}

    /** The arithmetic operators of {@link Binary}. */
    enum Arithmetic {
        ADD,
        SUB,
        MUL,
        DIV,
        POW,
        MIN,
        MAX
    }
}
