// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import dev.inlay.encoding.BlockCirculant;
import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Coded.Scales;
import dev.inlay.encoding.Encoded;
import dev.inlay.encoding.Floats;
import dev.inlay.encoding.Hashed;
import dev.inlay.encoding.Huffman;
import dev.inlay.encoding.HuffmanCoded;
import dev.inlay.encoding.Levels;
import dev.inlay.encoding.NofM;
import dev.inlay.encoding.Product;
import dev.inlay.encoding.Quantizer;
import dev.inlay.encoding.Sparse;
import dev.inlay.graph.Lanewise;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Calls of Inlay's own functions, known by name; their bodies are not read. */
final class FunctionImport {
    private FunctionImport() {}

    static void call(OnnxNode node, InlayFunction function) {
        Attributes attributes = node.attributes();
        switch (function) {
            case INTEGER_WEIGHTS -> weights(node, integers(attributes), 1);
            case ODD_WEIGHTS -> weights(node, odd(attributes), 1);
            case LOGARITHMIC_WEIGHTS -> weights(node, logarithmic(attributes), 1);
            case TABLE_WEIGHTS -> weights(node, table(constant(node, 1, "a table", ElementType.FLOAT32)), 2);
            case SPARSE_WEIGHTS -> sparse(node);
            case N_OF_M_WEIGHTS -> nOfM(node);
            case BLOCK_CIRCULANT_WEIGHTS -> blockCirculant(node);
            case HASHED_WEIGHTS -> hashed(node);
            case PRODUCT_WEIGHTS -> product(node);
            case HUFFMAN_PLANES -> huffmanPlanes(node);
            case HUFFMAN_RUNS -> huffmanRuns(node);
            case QUANTIZE_INTEGERS -> {
                Levels levels = integers(attributes);
                quantize(node, levels, required(attributes, "zero", levels.low(), levels.high()));
            }
            case QUANTIZE_ODD -> quantize(node, odd(attributes), 0);
            case QUANTIZE_LOGARITHMIC -> quantize(node, logarithmic(attributes), 0);
            case QUANTIZE_BLOCK_FLOAT -> blockFloat(node);
        }
    }

    private static Levels integers(Attributes attributes) {
        return new Levels.Integers(
                required(attributes, "low", -65_535, 65_534), required(attributes, "high", -65_534, 65_535));
    }

    private static Levels odd(Attributes attributes) {
        return new Levels.Odd(required(attributes, "bits", 1, 8));
    }

    private static Levels logarithmic(Attributes attributes) {
        return new Levels.Logarithmic(required(attributes, "magnitudes", 1, 127), required(attributes, "root", 1, 2));
    }

    private static Levels table(Tensor numbers) {
        if (numbers.shape().rank() != 1 || numbers.elements() > Levels.Table.MOST) {
            throw new IllegalArgumentException("got a table of shape " + numbers.shape() + ", expected 2 to "
                    + Levels.Table.MOST + " numbers in a row");
        }
        List<Float> values = new ArrayList<>();
        for (int i = 0; i < numbers.elements(); i++) {
            values.add(numbers.getFloat(i));
        }
        return new Levels.Table(values);
    }

    private static int required(Attributes attributes, String name, int least, int most) {
        if (!attributes.has(name)) {
            throw new IllegalArgumentException("got no attribute " + name + ", expected it");
        }
        return attributes.integer(name, 0, least, most);
    }

    private static Tensor constant(OnnxNode node, int position, String what, ElementType type) {
        Tensor tensor = node.constant(position)
                .orElseThrow(() -> node.unsupported("got " + what + " computed at run time, expected a constant"));
        if (tensor.type() != type) {
            throw new IllegalArgumentException("got " + what + " of " + tensor.type() + ", expected " + type);
        }
        return tensor;
    }

    /**
     * @param scales the position of the scales; the shape follows
     */
    private static void weights(OnnxNode node, Levels levels, int scales) {
        Tensor planes = constant(node, 0, "planes", ElementType.UINT8);
        Tensor values = constant(node, scales, "scales", ElementType.FLOAT32);
        Shape shape = Limits.shape("shape", node.integers(scales + 1, "shape").orElseThrow());
        if (!planes.shape().equals(BitPlanes.shape(shape, levels))) {
            throw new IllegalArgumentException("got planes of shape " + planes.shape() + ", expected "
                    + BitPlanes.shape(shape, levels) + " for weights " + shape + " of " + levels);
        }
        int axis = required(node.attributes(), "axis", 0, Limits.RANK);
        int block = required(node.attributes(), "block", 0, Integer.MAX_VALUE);
        Scales held = scales(values, shape, axis, block);
        boolean small = true;
        for (long i = 0; i < shape.elements() && small; i++) {
            int code = BitPlanes.code(planes, levels, i);
            small = code == (byte) code;
        }
        Tensor codes = node.scope().allocateCodes(small ? ElementType.INT8 : ElementType.INT32, shape);
        for (long i = 0; i < shape.elements(); i++) {
            codes.setLong(i, BitPlanes.code(planes, levels, i));
        }
        Coded weights = new Coded(shape, List.of(new Coded.Term(levels, codes, held)));
        node.scope()
                .encoded(
                        node.output(),
                        node.scope().isHuffmanCoded(node.input(0)) ? new HuffmanCoded(weights) : weights);
    }

    private static void sparse(OnnxNode node) {
        Tensor runs = constant(node, 0, "runs", ElementType.UINT8);
        Shape shape = Limits.shape("shape", node.integers(2, "shape").orElseThrow());
        Tensor values = values(node);
        int numbers = Math.toIntExact(values.elements());
        if (values.shape().rank() != 1 || !runs.shape().equals(Halves.shape(numbers))) {
            throw new IllegalArgumentException("got values of shape " + values.shape() + " and runs of " + runs.shape()
                    + ", expected a vector and runs of " + Halves.shape(numbers));
        }
        long[] held = new long[numbers];
        for (int i = 0; i < numbers; i++) {
            held[i] = (i == 0 ? -1 : held[i - 1]) + Halves.get(runs, i) + 1;
        }
        if (numbers > 0 && held[numbers - 1] >= shape.elements()) {
            throw new IllegalArgumentException(
                    "got runs that end at element " + held[numbers - 1] + ", expected one of " + shape);
        }
        define(node, new Sparse(filled(node, shape, values, held)), node.scope().isHuffmanCoded(node.input(0)));
    }

    private static void nOfM(OnnxNode node) {
        Tensor planes = constant(node, 0, "planes", ElementType.UINT8);
        Shape shape = Limits.shape("shape", node.integers(2, "shape").orElseThrow());
        Tensor values = values(node);
        int m = required(node.attributes(), "m", 2, NofM.MOST);
        NofM pattern = new NofM(required(node.attributes(), "n", 1, m - 1), m);
        int axis = required(node.attributes(), "axis", 0, Math.max(0, shape.rank() - 1));
        Sparse.Groups groups = new Sparse.Groups(pattern, axis);
        Levels levels = new Levels.Integers(0, m - 1);
        Shape expected = shape.rank() == 0 ? shape : groups.held(shape);
        if (!values.shape().equals(Shape.of(expected.elements()))
                || !planes.shape().equals(BitPlanes.shape(expected, levels))) {
            throw new IllegalArgumentException("got values of shape " + values.shape() + " and planes of "
                    + planes.shape() + ", expected " + Shape.of(expected.elements()) + " and "
                    + BitPlanes.shape(expected, levels) + " for " + pattern + " of " + shape);
        }
        Tensor places = node.scope().allocateCodes(ElementType.INT8, expected);
        long inner = expected.extent(3);
        for (long i = 0; i < places.elements(); i++) {
            places.setLong(i, BitPlanes.code(planes, levels, i));
            boolean rises = i / inner % pattern.n() == 0 || places.getLong(i) > places.getLong(i - inner);
            if (places.getLong(i) >= m || !rises) {
                throw new IllegalArgumentException("got the place " + places.getLong(i) + " of number " + i
                        + ", expected rising ones below " + m + " in each group");
            }
        }
        Encoded of = filled(node, shape, values, groups.indices(places, shape));
        define(node, new Sparse(of, Optional.of(groups)), false);
    }

    private static void define(OnnxNode node, Sparse weights, boolean huffman) {
        boolean coded = huffman || node.scope().encoded(node.input(1)).orElse(weights) instanceof HuffmanCoded;
        node.scope().encoded(node.output(), coded ? new HuffmanCoded(weights) : weights);
    }

    private static Tensor values(OnnxNode node) {
        return node.scope()
                .coded(node.input(1))
                .map(coded -> coded.terms().getFirst().codes())
                .orElseGet(() -> constant(node, 1, "values", ElementType.FLOAT32));
    }

    /** Weights that are zero but for values at some row-major indices, those below zero left out. */
    private static Encoded filled(OnnxNode node, Shape shape, Tensor values, long[] held) {
        Optional<Coded> codes = node.scope().coded(node.input(1));
        Tensor dense = node.scope().allocateCodes(values.type(), shape);
        codes.ifPresent(coded -> fill(dense, coded));
        for (int i = 0; i < held.length; i++) {
            if (held[i] >= 0 && codes.isPresent()) {
                dense.setLong(held[i], values.getLong(i));
            } else if (held[i] >= 0) {
                dense.set(held[i], values.getFloat(i));
            }
        }
        return codes.map(coded -> coded.terms().getFirst())
                .map(term -> (Encoded) new Coded(shape, List.of(new Coded.Term(term.levels(), dense, term.scales()))))
                .orElseGet(() -> new Floats(dense));
    }

    private static void hashed(OnnxNode node) {
        Tensor buckets = constant(node, 0, "buckets", ElementType.FLOAT32);
        Shape shape = Limits.shape("shape", node.integers(1, "shape").orElseThrow());
        node.scope().spendCodes(shape.elements() * Float.BYTES);
        node.scope().encoded(node.output(), new Hashed(shape, buckets));
    }

    private static void product(OnnxNode node) {
        Tensor planes = constant(node, 0, "planes", ElementType.UINT8);
        Tensor centroids = constant(node, 1, "centroids", ElementType.FLOAT32);
        Shape shape = Limits.shape("shape", node.integers(2, "shape").orElseThrow());
        if (shape.rank() < 2 || centroids.shape().rank() != 3) {
            throw new IllegalArgumentException(
                    "got weights " + shape + " of centroids " + centroids.shape() + ", expected rank 2 or 4 of rank 3");
        }
        Levels levels = new Levels.Integers(
                0, Product.requireCentroids(centroids.shape().extent(1)) - 1);
        Shape places = Product.placesOf(
                shape, 0, Product.requireLength(centroids.shape().extent(2)));
        if (!planes.shape().equals(BitPlanes.shape(places, levels))) {
            throw new IllegalArgumentException("got planes of shape " + planes.shape() + ", expected "
                    + BitPlanes.shape(places, levels) + " for weights " + shape + " of " + centroids.shape());
        }
        node.scope().spendCodes(shape.elements() * Float.BYTES);
        Tensor codes = node.scope().allocateCodes(ElementType.UINT8, places);
        for (long i = 0; i < places.elements(); i++) {
            codes.setLong(i, BitPlanes.code(planes, levels, i));
        }
        node.scope().encoded(node.output(), new Product(shape, 0, centroids, codes));
    }

    private static void huffmanPlanes(OnnxNode node) {
        int bits = required(node.attributes(), "bits", 1, Byte.SIZE);
        Levels levels = Levels.Integers.ofBits(bits, false);
        int[] symbols = huffman(node, HuffmanCoded.alphabet(levels));
        Tensor codes = Tensor.allocate(ElementType.INT32, Shape.of(symbols.length));
        for (int i = 0; i < symbols.length; i++) {
            codes.setLong(i, symbols[i]);
        }
        node.scope().huffmanCoded(node.output(), BitPlanes.pack(codes, levels));
    }

    private static void huffmanRuns(OnnxNode node) {
        node.scope().huffmanCoded(node.output(), Halves.pack(huffman(node, Sparse.LONGEST + 1)));
    }

    private static int[] huffman(OnnxNode node, int alphabet) {
        Tensor stream = constant(node, 0, "a stream", ElementType.UINT8);
        Tensor starts = constant(node, 1, "starts", ElementType.INT32);
        Tensor halves = constant(node, 2, "lengths", ElementType.UINT8);
        Shape shape = Limits.shape("shape", node.integers(3, "shape").orElseThrow());
        if (halves.shape().rank() != 1
                || halves.elements() > Halves.shape(alphabet).elements()) {
            throw new IllegalArgumentException("got lengths of shape " + halves.shape() + ", expected at most "
                    + Halves.shape(alphabet) + " for " + alphabet + " symbols");
        }
        int[] lengths = new int[2 * (int) halves.elements()];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = Halves.get(halves, i);
        }
        node.scope().spendCodes(shape.elements() * Integer.BYTES);
        return new Huffman(lengths, starts, stream, Math.toIntExact(shape.elements())).decode();
    }

    /** Fills with the code of zero. */
    private static void fill(Tensor dense, Coded values) {
        Coded.Term term = values.terms().getFirst();
        int zero = term.levels().nearest(0);
        if (values.terms().size() > 1 || !term.scales().isOne() || term.levels().level(zero) != 0) {
            throw new IllegalArgumentException(
                    "got values of several terms or scales, or without a zero, expected one term with one scale");
        }
        for (long i = 0; zero != 0 && i < dense.elements(); i++) {
            dense.setLong(i, zero);
        }
    }

    private static void blockCirculant(OnnxNode node) {
        Shape shape = Limits.shape("shape", node.integers(1, "shape").orElseThrow());
        int block = required(node.attributes(), "block", BlockCirculant.LEAST_BLOCK, BlockCirculant.MOST_BLOCK);
        BlockCirculant.Vectors vectors = node.scope()
                .coded(node.input(0))
                .map(codes -> (BlockCirculant.Vectors) new BlockCirculant.Codes(codes))
                .orElseGet(() -> new BlockCirculant.Floats(constant(node, 0, "vectors", ElementType.FLOAT32)));
        BlockCirculant weights = new BlockCirculant(shape, 0, vectors);
        if (weights.block() != block) {
            throw new IllegalArgumentException(
                    "got vectors of " + weights.block() + " numbers, expected the attribute block, " + block);
        }
        node.scope().spendCodes(shape.elements() * Float.BYTES);
        node.scope().encoded(node.output(), weights);
    }

    private static Scales scales(Tensor values, Shape shape, int axis, int block) {
        if (block > 0) {
            return new Scales(values, axis, block);
        }
        long[] extents = new long[shape.rank()];
        Arrays.fill(extents, 1);
        if (values.elements() == 1 && values.shape().equals(Shape.of(extents))) {
            return new Scales(values.reshaped(Shape.SCALAR), 0, 0);
        }
        if (axis < shape.rank()) {
            extents[axis] = shape.extent(axis);
        }
        if (!values.shape().equals(Shape.of(extents))) {
            throw new IllegalArgumentException(
                    "got scales of shape " + values.shape() + ", expected one or " + Shape.of(extents));
        }
        return new Scales(values.reshaped(Shape.of(values.elements())), axis, 0);
    }

    private static void quantize(OnnxNode node, Levels levels, int zero) {
        node.requireFloat32();
        float scale = node.number(constant(node, 1, "a scale", ElementType.FLOAT32), "a scale");
        node.define(new Lanewise.Quantize(new Quantizer.Uniform(levels, scale, zero)), List.of(node.input(0)));
    }

    private static void blockFloat(OnnxNode node) {
        node.requireFloat32();
        Quantizer.BlockFloat by = new Quantizer.BlockFloat(
                required(node.attributes(), "mantissa_bits", 2, 8), required(node.attributes(), "block", 4, 64));
        Shape x = node.shape(0);
        int axis = x.rank() == 4 ? 1 : x.rank() - 1;
        if (axis < 0) {
            throw new IllegalArgumentException("got a scalar, expected channels");
        }
        long[] view = node.integers(1, "view").orElseThrow();
        long[] expected = {x.elements(0, axis), x.extent(axis), x.elements(axis + 1, x.rank())};
        if (!Arrays.equals(view, expected)) {
            throw new IllegalArgumentException(
                    "got a view " + Arrays.toString(view) + " of " + x + ", expected " + Arrays.toString(expected));
        }
        node.define(new Lanewise.Quantize(by), List.of(node.input(0)));
    }
}
