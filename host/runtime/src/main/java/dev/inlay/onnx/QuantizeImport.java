// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Quantizer;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Node;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * QuantizeLinear and DequantizeLinear. A value that goes through both is quantised once and stays FLOAT32; a constant
 * becomes weights held as codes, or the numbers themselves where its codes are a bias of INT32.
 */
final class QuantizeImport {
    private QuantizeImport() {}

    static void quantize(OnnxNode node) {
        Attributes attributes = node.attributes();
        int axis = attributes.integer("axis", 1, -Limits.RANK, Limits.RANK);
        int block = attributes.integer("block_size", 0, 0, Integer.MAX_VALUE);
        attributes.flag("saturate", true);
        CodeType type = codeType(node, attributes.integer("output_dtype", 0, 0, Integer.MAX_VALUE));
        node.requireFloat32();
        Shape shape = node.shape(0);
        Steps steps = Steps.of(node, 1, 2, shape, axis, block);
        Optional<Tensor> reals = node.constant(0);
        if (reals.isPresent()) {
            Tensor codes = node.scope().allocateCodes(type.host(), shape);
            steps.quantize(reals.get(), codes, type.range());
            if (type.isWidened()) {
                node.scope().widened(node.output(), codes, type);
            } else {
                node.scope().constant(node.output(), codes);
            }
            return;
        }
        Quantizer.Uniform by = uniform(node, steps, type.range());
        node.scope().codes(node.output(), new Codes(node.input(0), by, type.host(), false, node.name()));
    }

    private static CodeType codeType(OnnxNode node, int wanted) {
        Optional<CodeType> given = node.has(2) ? node.scope().codeType(node.input(2)) : Optional.empty();
        if (node.has(2) && given.isEmpty()) {
            throw node.unsupported("got codes of " + node.type(2) + ", expected one of " + List.of(CodeType.values()));
        }
        if (wanted == 0) {
            return given.orElse(CodeType.UINT8);
        }
        CodeType named = CodeType.of(wanted)
                .orElseThrow(() -> node.unsupported("got codes of " + TensorReader.typeName(wanted)
                        + ", expected one of " + List.of(CodeType.values())));
        if (given.isPresent() && given.get() != named) {
            throw new IllegalArgumentException(
                    "got output_dtype " + named + " and a zero point of " + given.get() + ", expected one type");
        }
        return named;
    }

    /** The quantizer of a value computed at run time. */
    static Quantizer.Uniform uniform(OnnxNode node, Steps steps, Levels.Integers levels) {
        return steps.uniform(levels)
                .orElseThrow(() -> node.unsupported("got scales "
                        + steps.scales().values().shape() + " for a value computed at run time, expected one scale"));
    }

    static void dequantize(OnnxNode node) {
        Attributes attributes = node.attributes();
        int axis = attributes.integer("axis", 1, -Limits.RANK, Limits.RANK);
        int block = attributes.integer("block_size", 0, 0, Integer.MAX_VALUE);
        Steps steps = Steps.of(node, 1, 2, node.shape(0), axis, block);
        String real = real(node, node.input(0), steps, "");
        if (!real.equals(node.output())) {
            node.scope().alias(node.output(), real);
        }
    }

    /**
     * The FLOAT32 value of the graph that codes of the file stand for.
     *
     * @param codes a value of the file: codes, a constant of integers or integers computed at run time
     * @param suffix of the names of what is made; empty where it is the node and its output
     */
    static String real(OnnxNode node, String codes, Steps steps, String suffix) {
        Scope scope = node.scope();
        Optional<Codes> of = scope.codes(codes);
        Levels.Integers range;
        if (of.isPresent()) {
            Quantizer.Uniform by = of.get().by();
            Quantizer.Uniform wanted = wanted(node, steps, of.get());
            if (by.scale() == wanted.scale() && by.zero() == wanted.zero()) {
                return scope.real(codes, name(node, suffix));
            }
            scope.materialise(codes);
            return step(node, suffix, new Lanewise.Decode(wanted), codes);
        }
        Optional<Tensor> constant = scope.constant(codes);
        Optional<CodeType> type = scope.codeType(codes);
        if (type.isEmpty() && scope.value(codes).type() != ElementType.INT32) {
            throw node.unsupported("got codes of " + scope.value(codes).type() + ", expected INT32 or one of "
                    + List.of(CodeType.values()));
        }
        if (constant.isPresent()) {
            String name = name(node, suffix);
            if (type.isPresent()) {
                range = scope.range(codes, type.get());
                scope.spendCodes(constant.get().data().byteSize());
                scope.encoded(name, steps.encoded(constant.get(), range, scope));
            } else {
                scope.spendCodes(constant.get().data().byteSize());
                scope.constant(name, steps.decode(constant.get()));
            }
            return name;
        }
        if (type.isPresent()) {
            return step(
                    node,
                    suffix,
                    new Lanewise.Decode(uniform(node, steps, type.get().range())),
                    codes);
        }
        return scaled(node, codes, steps, suffix);
    }

    private static Quantizer.Uniform wanted(OnnxNode node, Steps steps, Codes codes) {
        Levels.Integers levels = (Levels.Integers) codes.by().levels();
        Quantizer.Uniform wide = uniform(node, steps, new Levels.Integers(-65_535, 65_535));
        return wide.zero() < levels.low() || wide.zero() > levels.high()
                ? uniform(
                        node,
                        steps,
                        CodeType.of(codes.type()).map(CodeType::range).orElse((Levels.Integers) wide.levels()))
                : uniform(node, steps, levels);
    }

    /** Sums of INT32 that a file scales at run time. */
    private static String scaled(OnnxNode node, String codes, Steps steps, String suffix) {
        Quantizer.Uniform by = uniform(node, steps, new Levels.Integers(-1, 1));
        Scope scope = node.scope();
        String reals = node.step("float", new Lanewise.Cast(ElementType.FLOAT32), List.of(codes));
        String scale = scope.freshValue(node.output() + "/scale");
        scope.constant(scale, Tensor.of(Shape.SCALAR, by.scale()));
        String name = name(node, suffix);
        scope.node(new Node(
                nodeName(node, suffix),
                new Lanewise.Binary(Lanewise.Arithmetic.MUL),
                List.of(reals, scale),
                List.of(name)));
        return name;
    }

    private static String step(OnnxNode node, String suffix, Lanewise op, String from) {
        String name = name(node, suffix);
        node.scope().node(new Node(nodeName(node, suffix), op, List.of(from), List.of(name)));
        return name;
    }

    private static String name(OnnxNode node, String suffix) {
        return suffix.isEmpty() ? node.output() : node.scope().freshValue(node.output() + "/" + suffix);
    }

    private static String nodeName(OnnxNode node, String suffix) {
        return suffix.isEmpty()
                ? node.scope().nodeName(node.name())
                : node.scope().freshNode(node.name() + "/" + suffix);
    }
}
