// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import dev.inlay.graph.Function;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Lanewise.Arithmetic;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import java.util.List;

/** Operators on elements at one place. */
final class LanewiseImport {
    private LanewiseImport() {}

    static void unary(OnnxNode node, FunctionTable.Row row) {
        if (!row.integers()) {
            node.requireFloating();
        }
        node.define(new Lanewise.Unary(row.function(node.attributes())), List.of(node.input(0)));
    }

    /** Clip: a function where its bounds are known and hold floats, otherwise a maximum and a minimum. */
    static void clip(OnnxNode node) {
        node.requireSameTypes();
        if (node.opset() < 11) {
            node.requireFloating();
            float low = node.attributes().number("min", -Float.MAX_VALUE);
            float high = node.attributes().number("max", Float.MAX_VALUE);
            node.define(new Lanewise.Unary(Function.clip(low, high)), List.of(node.input(0)));
            return;
        }
        boolean known = (!node.has(1) || node.constant(1).isPresent())
                && (!node.has(2) || node.constant(2).isPresent());
        if (known && node.type(0).isFloating()) {
            float low = node.constant(1).map(bound -> node.number(bound, "min")).orElse(-Float.MAX_VALUE);
            float high =
                    node.constant(2).map(bound -> node.number(bound, "max")).orElse(Float.MAX_VALUE);
            node.define(new Lanewise.Unary(Function.clip(low, high)), List.of(node.input(0)));
        } else if (node.has(1) && node.has(2)) {
            String raised =
                    node.step("raised", new Lanewise.Binary(Arithmetic.MAX), List.of(node.input(0), node.input(1)));
            node.define(new Lanewise.Binary(Arithmetic.MIN), List.of(raised, node.input(2)));
        } else if (node.has(1)) {
            node.define(new Lanewise.Binary(Arithmetic.MAX), List.of(node.input(0), node.input(1)));
        } else if (node.has(2)) {
            node.define(new Lanewise.Binary(Arithmetic.MIN), List.of(node.input(0), node.input(2)));
        } else {
            node.defineReshaped(node.input(0), node.shape(0));
        }
    }

    static void pRelu(OnnxNode node) {
        node.requireFloating();
        if (!Shape.broadcast(node.shape(0), node.shape(1)).equals(node.shape(0))) {
            throw new IllegalArgumentException(
                    "got a slope of " + node.shape(1) + ", expected one that broadcasts to " + node.shape(0));
        }
        node.define(new Lanewise.PRelu(), node.inputs(2));
    }

    static void binary(OnnxNode node, Arithmetic arithmetic) {
        node.requireSameTypes();
        node.define(new Lanewise.Binary(arithmetic), List.of(node.input(0), node.input(1)));
    }

    static void pow(OnnxNode node) {
        String exponent = node.input(1);
        if (node.type(0) != node.type(1)) {
            if (!node.type(0).isFloating()) {
                throw node.unsupported("got " + node.type(0) + " to a power of " + node.type(1)
                        + ", expected a floating-point base or equal types");
            }
            exponent = node.step("exponent", new Lanewise.Cast(node.type(0)), List.of(exponent));
        }
        node.define(new Lanewise.Binary(Arithmetic.POW), List.of(node.input(0), exponent));
    }

    /** An operator on any number of inputs, as a chain of binary ones from the left. */
    static void variadic(OnnxNode node, Arithmetic arithmetic) {
        node.requireSameTypes();
        int count = node.inputs();
        if (count == 1) {
            node.defineReshaped(node.input(0), node.shape(0));
            return;
        }
        String left = chain(node, arithmetic, count - 1);
        node.define(new Lanewise.Binary(arithmetic), List.of(left, node.input(count - 1)));
    }

    static void mean(OnnxNode node) {
        node.requireFloating();
        String sum = chain(node, Arithmetic.ADD, node.inputs());
        node.define(new Lanewise.Binary(Arithmetic.DIV), List.of(sum, node.scalar("count", node.inputs())));
    }

    private static String chain(OnnxNode node, Arithmetic arithmetic, int count) {
        String left = node.input(0);
        for (int position = 1; position < count; position++) {
            left = node.step("part" + position, new Lanewise.Binary(arithmetic), List.of(left, node.input(position)));
        }
        return left;
    }

    static void cast(OnnxNode node) {
        node.define(new Lanewise.Cast(castTarget(node)), List.of(node.input(0)));
    }

    static ElementType castTarget(OnnxNode node) {
        int number = node.attributes().integer("to", 0, 0, Integer.MAX_VALUE);
        node.attributes().integer("saturate", 1, 0, 1);
        return TensorReader.type(number)
                .orElseThrow(() -> node.unsupported("got a cast to " + TensorReader.typeName(number)
                        + ", expected one of " + List.of(ElementType.values())));
    }
}
