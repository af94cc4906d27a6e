// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.inlay.encoding.BlockCirculant;
import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Coded.Scales;
import dev.inlay.encoding.Coded.Term;
import dev.inlay.encoding.Encoded;
import dev.inlay.encoding.Floats;
import dev.inlay.encoding.Hashed;
import dev.inlay.encoding.Huffman;
import dev.inlay.encoding.HuffmanCoded;
import dev.inlay.encoding.Levels;
import dev.inlay.encoding.NofM;
import dev.inlay.encoding.Product;
import dev.inlay.encoding.Sparse;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Writes constants that are not held as floats. Of codes, whole levels that a type of ONNX has are DequantizeLinear, with a Clip before
 * it where the type has more; all else is a function of packed codes, and several terms are a sum.
 */
final class EncodedWriter {
    private final FileGraph file;
    private final boolean huffman;

    EncodedWriter(FileGraph file) {
        this(file, false);
    }

    /**
     * @param huffman whether codes and runs are in a Huffman code where that is shorter
     */
    private EncodedWriter(FileGraph file, boolean huffman) {
        this.file = file;
        this.huffman = huffman;
    }

    /** The least version of ONNX's operator set that weights need. */
    static int opset(Encoded weights, OddWidths widths) {
        return switch (weights) {
            case Coded coded -> opset(coded, widths);
            case Floats floats -> 0;
            case Sparse sparse -> sparse.numbers().isPresent() ? InlayFunction.OPSET : opset(sparse.of(), widths);
            case BlockCirculant blocks -> InlayFunction.OPSET;
            case HuffmanCoded coded -> InlayFunction.OPSET;
            case Hashed hashed -> InlayFunction.OPSET;
            case Product product -> InlayFunction.OPSET;
        };
    }

    private static int opset(Coded weights, OddWidths widths) {
        return weights.terms().stream()
                .filter(term -> qonnx(term, widths).isEmpty())
                .mapToInt(term -> term.scales().isBlocked()
                        ? InlayFunction.OPSET
                        : CodeForm.ofWeights(term.levels(), term.scales())
                                .map(CodeForm::opset)
                                .orElse(InlayFunction.OPSET))
                .max()
                .orElse(0);
    }

    private static Optional<QonnxForm> qonnx(Term term, OddWidths widths) {
        return widths == OddWidths.QONNX
                        && !term.scales().isBlocked()
                        && !CodeForm.fillsType(CodeForm.ofWeights(term.levels(), term.scales()))
                ? QonnxForm.ofWeights(term.levels())
                : Optional.empty();
    }

    void write(String name, Encoded weights) {
        switch (weights) {
            case Coded coded -> write(name, coded);
            case Floats floats ->
                file.add(FileGraph.node(
                        file.freshNode(name),
                        "Identity",
                        List.of(file.constant(name + "/floats", floats.tensor())),
                        name));
            case Sparse sparse ->
                sparse.numbers()
                        .ifPresentOrElse(values -> sparse(name, sparse, values), () -> write(name, sparse.of()));
            case BlockCirculant blocks -> write(name, blocks);
            case HuffmanCoded coded -> new EncodedWriter(file, true).write(name, coded.of());
            case Product product -> write(name, product);
            case Hashed hashed -> {
                List<String> inputs =
                        List.of(file.constant(name + "/buckets", hashed.buckets()), shape(name, hashed.shape()));
                file.add(file.call(InlayFunction.HASHED_WEIGHTS, file.freshNode(name), inputs, name));
            }
        }
    }

    private void sparse(String name, Sparse weights, Encoded values) {
        String vector;
        if (values instanceof Floats floats) {
            vector = file.constant(name + "/values", floats.tensor());
        } else {
            vector = file.freshValue(name + "/values");
            write(vector, values);
        }
        String shape = shape(name, weights.shape());
        if (weights.groups().isEmpty()) {
            String runs = runs(name + "/runs", weights.runs());
            List<String> inputs = List.of(runs, vector, shape);
            file.add(file.call(InlayFunction.SPARSE_WEIGHTS, file.freshNode(name), inputs, name));
            return;
        }
        Sparse.Groups groups = weights.groups().get();
        NofM pattern = groups.pattern();
        Tensor places = BitPlanes.pack(groups.places(weights.decode()), new Levels.Integers(0, pattern.m() - 1));
        List<String> inputs = List.of(file.constant(name + "/planes", places), vector, shape);
        file.add(file.call(InlayFunction.N_OF_M_WEIGHTS, file.freshNode(name), inputs, name)
                .addAttribute(AttributeWriter.of("n", pattern.n()))
                .addAttribute(AttributeWriter.of("m", pattern.m()))
                .addAttribute(AttributeWriter.of("axis", groups.axis())));
    }

    private String shape(String name, Shape shape) {
        return file.constant(name + "/shape", Tensor.of(Shape.of(shape.rank()), shape.toArray()));
    }

    private String runs(String name, int[] runs) {
        if (!huffman || !HuffmanCoded.isShorter(runs)) {
            return file.constant(name, Halves.pack(runs));
        }
        Shape shape = Shape.of(runs.length);
        return huffman(InlayFunction.HUFFMAN_RUNS, name, Huffman.of(runs, Sparse.LONGEST + 1), shape, List.of());
    }

    private String planes(String name, Term term) {
        if (!huffman || !HuffmanCoded.isShorter(term)) {
            return file.constant(name, BitPlanes.pack(term.codes(), term.levels()));
        }
        Huffman code = Huffman.of(HuffmanCoded.symbols(term), HuffmanCoded.alphabet(term.levels()));
        AttributeProto bits = AttributeWriter.of("bits", term.levels().bits());
        return huffman(InlayFunction.HUFFMAN_PLANES, name, code, term.codes().shape(), List.of(bits));
    }

    private String huffman(
            InlayFunction function, String name, Huffman code, Shape shape, List<AttributeProto> attributes) {
        String value = file.freshValue(name);
        List<String> inputs = List.of(
                file.constant(name + "/stream", code.stream()),
                file.constant(name + "/starts", code.starts()),
                file.constant(name + "/lengths", Halves.pack(code.lengths())),
                file.constant(name + "/shape", Tensor.of(Shape.of(shape.rank()), shape.toArray())));
        file.add(file.call(function, file.freshNode(value), inputs, value).addAllAttribute(attributes));
        return value;
    }

    private void write(String name, Coded weights) {
        List<Term> terms = weights.terms();
        String sum = "";
        for (int i = 0; i < terms.size(); i++) {
            boolean last = i == terms.size() - 1;
            String term = terms.size() == 1 ? name : file.freshValue(name + "/term" + i);
            term(term, terms.get(i));
            if (i > 0) {
                String to = last ? name : file.freshValue(name + "/sum" + i);
                file.add(FileGraph.node(file.freshNode(to), "Add", List.of(sum, term), to));
                sum = to;
            } else {
                sum = term;
            }
        }
    }

    /** The function gives {@code [outputs, inputs, …]}; other weights are transposed behind it. */
    private void write(String name, BlockCirculant weights) {
        String vectors = switch (weights.vectors()) {
            case BlockCirculant.Floats floats -> file.constant(name + "/vectors", floats.values());
            case BlockCirculant.Codes codes -> {
                String value = file.freshValue(name + "/vectors");
                write(value, codes.codes());
                yield value;
            }
        };
        outputsFirst(
                name,
                InlayFunction.BLOCK_CIRCULANT_WEIGHTS,
                List.of(vectors),
                weights.shape(),
                weights.outputAxis(),
                List.of(AttributeWriter.of("block", weights.block())));
    }

    /** As of circulant blocks. */
    private void write(String name, Product weights) {
        List<String> inputs = List.of(
                file.constant(name + "/planes", BitPlanes.pack(weights.places(), weights.levels())),
                file.constant(name + "/centroids", weights.centroids()));
        outputsFirst(name, InlayFunction.PRODUCT_WEIGHTS, inputs, weights.shape(), weights.outputAxis(), List.of());
    }

    /** Calls a function of weights {@code [outputs, inputs, …]}, the shape being its last input. */
    private void outputsFirst(
            String name,
            InlayFunction function,
            List<String> inputs,
            Shape shape,
            int outputAxis,
            List<AttributeProto> attributes) {
        boolean first = outputAxis == 0;
        String result = first ? name : file.freshValue(name + "/rows");
        List<String> all = new ArrayList<>(inputs);
        all.add(shape(name, first ? shape : Shape.of(shape.extent(1), shape.extent(0))));
        file.add(file.call(function, file.freshNode(result), all, result).addAllAttribute(attributes));
        if (!first) {
            file.add(FileGraph.node(file.freshNode(name), "Transpose", List.of(result), name)
                    .addAttribute(AttributeWriter.of("perm", List.of(1, 0))));
        }
    }

    private void term(String name, Term term) {
        if (huffman && HuffmanCoded.isShorter(term)) {
            function(name, term);
            return;
        }
        Optional<QonnxForm> qonnx = qonnx(term, file.widths());
        if (qonnx.isPresent()) {
            Tensor reals = new Coded(term.codes().shape(), List.of(term)).decode();
            String from = file.constant(name + "/reals", reals);
            qonnx.get().write(file, file.freshNode(name), from, broadcast(term), name);
            return;
        }
        CodeForm.ofWeights(term.levels(), term.scales())
                .ifPresentOrElse(form -> linear(name, term, form), () -> function(name, term));
    }

    private void linear(String name, Term term, CodeForm form) {
        Scales scales = term.scales();
        Tensor shifted = shifted(term.codes(), form);
        String codes = file.constant(name + "/codes", shifted, form.type());
        if (form.isCut()) {
            String low = file.constant(
                    name + "/min", filled(form, Shape.SCALAR, form.range().low() + form.zero()), form.type());
            String high = file.constant(
                    name + "/max", filled(form, Shape.SCALAR, form.range().high() + form.zero()), form.type());
            String cut = file.freshValue(name + "/cut");
            file.add(FileGraph.node(file.freshNode(name + "/clip"), "Clip", List.of(codes, low, high), cut));
            codes = cut;
        }
        List<String> inputs = new ArrayList<>(List.of(codes, file.constant(name + "/scale", scales.values())));
        if (form.zero() != 0) {
            Tensor zeros = filled(form, scales.values().shape(), form.zero());
            inputs.add(file.constant(name + "/zero", zeros, form.type()));
        }
        NodeProto.Builder node = FileGraph.node(file.freshNode(name), "DequantizeLinear", inputs, name);
        if (!scales.isOne()) {
            node.addAttribute(AttributeWriter.of("axis", scales.axis()));
        }
        if (scales.isBlocked()) {
            node.addAttribute(AttributeWriter.of("block_size", scales.block()));
        }
        file.add(node);
    }

    private static Tensor shifted(Tensor codes, CodeForm form) {
        if (form.zero() == 0 && codes.type() == form.type().host()) {
            return codes;
        }
        Tensor result = Tensor.allocate(form.type().host(), codes.shape());
        for (long i = 0; i < codes.elements(); i++) {
            result.setLong(i, codes.getLong(i) + form.zero());
        }
        return result;
    }

    private static Tensor filled(CodeForm form, Shape shape, int code) {
        Tensor tensor = Tensor.allocate(form.type().host(), shape);
        for (long i = 0; i < tensor.elements(); i++) {
            tensor.setLong(i, code);
        }
        return tensor;
    }

    /** Scales that are not blocked, in a shape that broadcasts to the weights. */
    private static Tensor broadcast(Term term) {
        Shape shape = term.codes().shape();
        long[] extents = new long[shape.rank()];
        Arrays.fill(extents, 1);
        if (!term.scales().isOne()) {
            extents[term.scales().axis()] = shape.extent(term.scales().axis());
        }
        return term.scales().values().reshaped(Shape.of(extents));
    }

    private void function(String name, Term term) {
        Scales scales = term.scales();
        Shape shape = term.codes().shape();
        Tensor values = scales.isBlocked() ? scales.values() : broadcast(term);
        List<String> inputs = new ArrayList<>();
        inputs.add(planes(name + "/planes", term));
        if (term.levels() instanceof Levels.Table table) {
            Tensor numbers =
                    Tensor.allocate(ElementType.FLOAT32, Shape.of(table.values().size()));
            for (int i = 0; i < table.values().size(); i++) {
                numbers.set(i, table.values().get(i));
            }
            inputs.add(file.constant(name + "/table", numbers));
        }
        inputs.add(file.constant(name + "/scales", values));
        inputs.add(file.constant(name + "/shape", Tensor.of(Shape.of(shape.rank()), shape.toArray())));
        String node = file.freshNode(name);
        NodeProto.Builder call = switch (term.levels()) {
            case Levels.Integers levels ->
                file.call(InlayFunction.INTEGER_WEIGHTS, node, inputs, name)
                        .addAttribute(AttributeWriter.of("low", levels.low()))
                        .addAttribute(AttributeWriter.of("high", levels.high()));
            case Levels.Odd levels ->
                file.call(InlayFunction.ODD_WEIGHTS, node, inputs, name)
                        .addAttribute(AttributeWriter.of("bits", levels.bits()));
            case Levels.Table levels -> file.call(InlayFunction.TABLE_WEIGHTS, node, inputs, name);
            case Levels.Logarithmic levels ->
                file.call(InlayFunction.LOGARITHMIC_WEIGHTS, node, inputs, name)
                        .addAttribute(AttributeWriter.of("magnitudes", levels.magnitudes()))
                        .addAttribute(AttributeWriter.of("root", levels.root()));
        };
        file.add(call.addAttribute(AttributeWriter.of("axis", scales.axis()))
                .addAttribute(AttributeWriter.of("block", scales.block())));
    }
}
