// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Quantizer;
import dev.inlay.graph.GraphException;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * Writes how activations are held. Whole levels of 8 or 16 bits are QuantizeLinear and DequantizeLinear, with a Clip
 * between where they are fewer than the type has; all else is a function.
 */
final class QuantizerWriter {
    private final FileGraph file;

    QuantizerWriter(FileGraph file) {
        this.file = file;
    }

    /** The least version of ONNX's operator set that a quantizer needs. */
    static int opset(Quantizer quantizer, OddWidths widths) {
        if (qonnx(quantizer, widths).isPresent()) {
            return 0;
        }
        return quantizer instanceof Quantizer.Uniform by
                ? CodeForm.ofActivations(by.levels()).map(CodeForm::opset).orElse(InlayFunction.OPSET)
                : InlayFunction.OPSET;
    }

    private static Optional<QonnxForm> qonnx(Quantizer quantizer, OddWidths widths) {
        return widths == OddWidths.QONNX
                        && quantizer instanceof Quantizer.Uniform by
                        && !CodeForm.fillsType(CodeForm.ofActivations(by.levels()))
                ? QonnxForm.of(by.levels(), by.zero())
                : Optional.empty();
    }

    /**
     * Writes the projection of one value to another.
     *
     * @param name of the first node
     * @param shape of the value
     */
    void project(String name, Quantizer quantizer, String from, String output, Shape shape) {
        switch (quantizer) {
            case Quantizer.Uniform by
            when CodeForm.ofActivations(by.levels()).isPresent() -> {
                CodeForm form = CodeForm.ofActivations(by.levels()).orElseThrow();
                String codes = codes(name, by, form, from, file.freshValue(output + "/codes"));
                decode(file.freshNode(name + "/decode"), by, form.type(), codes, output);
            }
            case Quantizer.Uniform by -> call(name, by, from, output);
            case Quantizer.BlockFloat by -> {
                int axis = shape.rank() == 4 ? 1 : shape.rank() - 1;
                String view = file.constant(
                        output + "/view",
                        Tensor.of(
                                Shape.of(3),
                                shape.elements(0, axis),
                                shape.extent(axis),
                                shape.elements(axis + 1, shape.rank())));
                file.add(file.call(InlayFunction.QUANTIZE_BLOCK_FLOAT, name, List.of(from, view), output)
                        .addAttribute(AttributeWriter.of("mantissa_bits", by.mantissaBits()))
                        .addAttribute(AttributeWriter.of("block", by.block())));
            }
        }
    }

    private void call(String name, Quantizer.Uniform by, String from, String output) {
        List<String> inputs = List.of(from, file.constant(output + "/scale", Tensor.of(Shape.SCALAR, by.scale())));
        NodeProto.Builder node = switch (by.levels()) {
            case Levels.Integers levels ->
                file.call(InlayFunction.QUANTIZE_INTEGERS, name, inputs, output)
                        .addAttribute(AttributeWriter.of("low", levels.low()))
                        .addAttribute(AttributeWriter.of("high", levels.high()))
                        .addAttribute(AttributeWriter.of("zero", by.zero()));
            case Levels.Odd levels ->
                file.call(InlayFunction.QUANTIZE_ODD, name, inputs, output)
                        .addAttribute(AttributeWriter.of("bits", levels.bits()));
            case Levels.Table levels ->
                throw new IllegalArgumentException("activations: got " + levels.words() + ", expected no table");
            case Levels.Logarithmic levels ->
                file.call(InlayFunction.QUANTIZE_LOGARITHMIC, name, inputs, output)
                        .addAttribute(AttributeWriter.of("magnitudes", levels.magnitudes()))
                        .addAttribute(AttributeWriter.of("root", levels.root()));
        };
        file.add(node);
    }

    /** Writes codes that leave the graph. */
    void encode(String name, Quantizer.Uniform by, ElementType type, String from, String output) {
        CodeForm form = CodeForm.ofActivations(by.levels())
                .orElseThrow(() -> new GraphException("node \"" + name + "\": got codes of " + by.levels()
                        + " that leave the graph, expected whole ones that fill a type"));
        boolean same = form.type().host() == type && !form.type().isWidened();
        String codes = codes(name, by, form, from, same ? output : file.freshValue(output + "/codes"));
        if (!same) {
            file.add(FileGraph.node(file.freshNode(name + "/cast"), "Cast", List.of(codes), output)
                    .addAttribute(AttributeWriter.of("to", TensorReader.number(type))));
        }
    }

    /** Writes codes in a type, cut to the levels; the name they got. */
    private String codes(String name, Quantizer.Uniform by, CodeForm form, String from, String output) {
        String cut = form.isCut() ? file.freshValue(output + "/uncut") : output;
        file.add(FileGraph.node(name, "QuantizeLinear", steps(by, form.type(), from, output), cut));
        if (form.isCut()) {
            Levels.Integers levels = form.range();
            String low = file.constant(output + "/min", scalar(form.type(), levels.low()), form.type());
            String high = file.constant(output + "/max", scalar(form.type(), levels.high()), form.type());
            file.add(FileGraph.node(file.freshNode(name + "/clip"), "Clip", List.of(cut, low, high), output));
        }
        return output;
    }

    /** Writes the numbers that codes stand for. */
    void decode(String name, Quantizer.Uniform by, CodeType type, String from, String output) {
        file.add(FileGraph.node(name, "DequantizeLinear", steps(by, type, from, output), output));
    }

    private List<String> steps(Quantizer.Uniform by, CodeType type, String from, String output) {
        return List.of(
                from,
                file.constant(output + "/scale", Tensor.of(Shape.SCALAR, by.scale())),
                file.constant(output + "/zero", scalar(type, by.zero()), type));
    }

    private static Tensor scalar(CodeType type, int code) {
        Tensor tensor = Tensor.allocate(type.host(), Shape.SCALAR);
        tensor.setLong(0, code);
        return tensor;
    }
}
