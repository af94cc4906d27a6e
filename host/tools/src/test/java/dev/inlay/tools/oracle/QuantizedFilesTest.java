// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.backend.reference.GraphInterpreter;
import dev.inlay.encoding.BlockCirculant;
import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Coded.Scales;
import dev.inlay.encoding.Coded.Term;
import dev.inlay.encoding.Encoded;
import dev.inlay.encoding.Floats;
import dev.inlay.encoding.Hashed;
import dev.inlay.encoding.HuffmanCoded;
import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Levels.Integers;
import dev.inlay.encoding.Levels.Logarithmic;
import dev.inlay.encoding.Levels.Odd;
import dev.inlay.encoding.Product;
import dev.inlay.encoding.Quantizer;
import dev.inlay.encoding.Quantizer.Uniform;
import dev.inlay.encoding.Sparse;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Value;
import dev.inlay.graph.Window;
import dev.inlay.onnx.OddWidths;
import dev.inlay.onnx.OnnxReader;
import dev.inlay.onnx.OnnxWriter;
import dev.inlay.rewrite.Rewriter;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written of codes is read back bit for bit, and ONNX Runtime computes the same numbers of it. */
class QuantizedFilesTest {
    private static final Shape WEIGHTS = Shape.of(6, 5, 3, 3);

    private static Scales perChannel(int axis) {
        float[] values = new float[WEIGHTS.size(axis)];
        for (int i = 0; i < values.length; i++) {
            values[i] = 0.013f * (i + 1);
        }
        return new Scales(Tensor.of(Shape.of(values.length), values), axis, 0);
    }

    private static Scales blocked(int axis, int block, boolean powers) {
        Shape shape = WEIGHTS.with(axis, Math.ceilDiv(WEIGHTS.extent(axis), (long) block));
        float[] values = new float[(int) shape.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = powers ? Math.scalb(1f, -(i % 7)) : 0.021f * (i % 5 + 1);
        }
        return new Scales(Tensor.of(shape, values), axis, block);
    }

    private static Term term(Levels levels, Scales scales, int seed) {
        boolean small = levels.low() >= Byte.MIN_VALUE && levels.high() <= Byte.MAX_VALUE;
        Tensor codes = Tensor.allocate(small ? ElementType.INT8 : ElementType.INT32, WEIGHTS);
        Random random = new Random(seed);
        for (long i = 0; i < codes.elements(); i++) {
            codes.setLong(i, random.nextInt(levels.low(), levels.high() + 1));
        }
        codes.setLong(0, levels.low());
        codes.setLong(codes.elements() - 1, levels.high());
        return new Term(levels, codes, scales);
    }

    private static Levels table(int numbers) {
        Random random = new Random(numbers);
        TreeSet<Float> values = new TreeSet<>(List.of(0f));
        while (values.size() < numbers) {
            values.add((float) random.nextGaussian());
        }
        return new Levels.Table(List.copyOf(values));
    }

    private static Arguments weights(String title, Term... terms) {
        return Arguments.of(title, new Coded(WEIGHTS, List.of(terms)));
    }

    static Stream<Arguments> weights() {
        return Stream.of(
                weights("int8", term(Integers.SIGNED_8, Scales.of(0.02f), 1)),
                weights("int8 a channel", term(Integers.SIGNED_8, perChannel(0), 2)),
                weights("int8 along inputs", term(Integers.SIGNED_8, perChannel(1), 2)),
                weights("int8 symmetric", term(Integers.symmetric(8), perChannel(0), 3)),
                weights("affine uint8", term(new Integers(-100, 155), perChannel(0), 4)),
                weights("affine, of fewer levels", term(new Integers(-20, 130), perChannel(0), 4)),
                weights("int8 in groups", term(Integers.SIGNED_8, blocked(1, 2, false), 5)),
                weights("int4", term(Integers.ofBits(4, true), Scales.of(0.1f), 6)),
                weights("int4 a channel", term(Integers.ofBits(4, true), perChannel(0), 6)),
                weights("affine int4", term(new Integers(-5, 10), perChannel(0), 7)),
                weights("int4 in groups", term(Integers.ofBits(4, true), blocked(1, 2, false), 8)),
                weights("affine int4 in groups", term(new Integers(-9, 6), blocked(1, 2, false), 8)),
                weights("3 bits", term(Integers.ofBits(3, true), perChannel(0), 9)),
                weights("6 bits", term(Integers.ofBits(6, true), Scales.of(0.03f), 10)),
                weights("16 bits", term(Integers.ofBits(16, true), perChannel(0), 11)),
                weights("affine 16 bits", term(new Integers(-1000, 64_535), Scales.of(0.001f), 12)),
                weights("11 bits", term(Integers.ofBits(11, true), perChannel(0), 13)),
                weights("17 bits", term(new Integers(-65_535, 65_535), perChannel(0), 13)),
                weights("ternary", term(Integers.TERNARY, perChannel(0), 14)),
                weights(
                        "trained ternary",
                        term(Integers.TERNARY, Scales.of(0.3f), 15),
                        term(new Integers(0, 1), Scales.of(0.1f), 16)),
                weights("binary", term(Odd.BINARY, Scales.of(1), 17)),
                weights("binary with a scale a channel", term(Odd.BINARY, perChannel(0), 18)),
                weights(
                        "multi-base",
                        term(Odd.BINARY, perChannel(0), 19),
                        term(Odd.BINARY, Scales.of(0.2f), 20),
                        term(Odd.BINARY, perChannel(0), 21)),
                weights("DoReFa", term(new Odd(3), Scales.of(1 / 7f), 22)),
                weights("odd of 8 bits", term(new Odd(8), Scales.of(1 / 255f), 23)),
                weights("powers", term(new Logarithmic(7, 1), Scales.of(0.01f), 24)),
                weights("powers a channel", term(new Logarithmic(5, 1), perChannel(0), 25)),
                weights("half powers", term(new Logarithmic(15, 2), Scales.of(0.01f), 26)),
                weights("every power", term(new Logarithmic(127, 1), Scales.of(1e-30f), 27)),
                weights("a table", term(table(2), Scales.of(1), 31)),
                weights("a table a channel", term(table(16), perChannel(0), 32)),
                weights("a table of 11", term(table(11), perChannel(0), 33)),
                weights("a table of 256", term(table(256), Scales.of(0.3f), 34)),
                weights("block float", term(Integers.symmetric(5), blocked(1, 4, true), 28)),
                weights("block float of 8 bits", term(Integers.symmetric(8), blocked(1, 2, true), 29)));
    }

    static Stream<Arguments> quantizers() {
        return Stream.of(
                        new Uniform(Integers.SIGNED_8, 0.05f, 0),
                        new Uniform(Integers.UNSIGNED_8, 0.03f, 131),
                        new Uniform(Integers.symmetric(8), 0.0625f, 0),
                        new Uniform(Integers.ofBits(4, true), 0.25f, 0),
                        new Uniform(Integers.ofBits(3, false), 1 / 7f, 0),
                        new Uniform(Integers.ofBits(1, false), 1, 0),
                        new Uniform(new Integers(0, 200), 0.03f, 90),
                        new Uniform(Integers.ofBits(16, true), 1 / 4096f, 0),
                        new Uniform(Integers.ofBits(16, false), 1 / 4096f, 30_000),
                        new Uniform(Integers.ofBits(12, true), 1 / 256f, 3),
                        new Uniform(new Integers(-200, 55), 0.05f, -10),
                        new Uniform(Odd.BINARY, 1, 0),
                        new Uniform(Odd.BINARY, 0.4f, 0),
                        new Uniform(new Odd(3), 0.3f, 0),
                        new Uniform(new Odd(8), 0.01f, 0),
                        new Uniform(new Logarithmic(7, 1), 0.03f, 0),
                        new Uniform(new Logarithmic(15, 2), 0.01f, 0),
                        new Uniform(new Logarithmic(127, 1), 1e-30f, 0),
                        new Quantizer.BlockFloat(5, 4),
                        new Quantizer.BlockFloat(8, 8),
                        new Quantizer.BlockFloat(2, 64))
                .map(Arguments::of);
    }

    /** Numbers on, beside and far from where quantizers decide. */
    private static Tensor activations(Shape shape) {
        float[] edges = {
            0f,
            -0f,
            1f,
            -1f,
            0.5f,
            -0.5f,
            1.5f,
            -1.5f,
            Float.MIN_VALUE,
            -Float.MIN_VALUE,
            1e-20f,
            1e20f,
            -1e20f,
            3e38f,
            0x1p-126f,
            -0x1p-127f,
            0x1.6a09e6p0f,
            0x1.6a09e4p-1f,
            0.03f,
            0.06f
        };
        Random random = new Random(7);
        Tensor tensor = Tensor.allocate(ElementType.FLOAT32, shape);
        for (long i = 0; i < shape.elements(); i++) {
            tensor.set(i, i % 3 == 0 ? edges[(int) (i / 3 % edges.length)] : random.nextGaussian() * 2);
        }
        return tensor;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("weights")
    void weightsComeBackAndMeanTheSame(String title, Coded weights) {
        Graph graph = Graph.builder("net")
                .input(new Value("x", ElementType.FLOAT32, Shape.of(1, 5, 4, 4)))
                .encoded("w", weights)
                .node("conv", new Contraction.Conv(Window.of(3, 3), 1, Epilogue.NONE), List.of("x", "w"), "y")
                .output("y")
                .output("w")
                .build();
        byte[] file = OnnxWriter.bytes(graph);
        Graph back = OnnxReader.read(file, Map.of());
        assertEquals(graph.nodes(), back.nodes());
        assertSame(weights, back.coded("w").orElseThrow());
        Tensor x = Tensor.of(
                Shape.of(1, 5, 4, 4), toFloats(IntStream.range(0, 80).mapToDouble(i -> (i * 37 % 83 - 41) / 64.0)));
        Graph qonnx = OnnxReader.read(OnnxWriter.bytes(graph, OddWidths.QONNX), Map.of());
        assertSame(weights, qonnx.coded("w").orElseThrow());
        Map<String, Tensor> got = run(file, Map.of("x", x));
        assertEquals(-1, weights.decode().data().mismatch(got.get("w").data()));
        Tensor expected = new GraphInterpreter(graph).run(Map.of("x", x)).get("y");
        assertNear(expected, got.get("y"), 1e-5);
    }

    static Stream<Arguments> circulant() {
        return Stream.of(
                Arguments.of(WEIGHTS, 0, 4, 0),
                Arguments.of(WEIGHTS, 0, 8, 16),
                Arguments.of(Shape.of(13, 9), 0, 8, 12),
                Arguments.of(Shape.of(13, 9), 1, 4, 0),
                Arguments.of(Shape.of(4, 70), 1, 64, 8));
    }

    @ParameterizedTest(name = "{0}, outputs along {1}, block {2}, bits {3}")
    @MethodSource("circulant")
    void circulantBlocksComeBackAndMeanTheSame(Shape shape, int outputAxis, int block, int bits) {
        Shape vectors = BlockCirculant.vectorsOf(shape, outputAxis, block);
        Random random = new Random(block + bits);
        BlockCirculant.Vectors numbers;
        if (bits == 0) {
            Tensor floats = Tensor.allocate(ElementType.FLOAT32, vectors);
            for (long i = 0; i < floats.elements(); i++) {
                floats.set(i, random.nextGaussian());
            }
            numbers = new BlockCirculant.Floats(floats);
        } else {
            Levels levels = Integers.ofBits(bits, true);
            Tensor codes = Tensor.allocate(bits > 8 ? ElementType.INT32 : ElementType.INT8, vectors);
            for (long i = 0; i < codes.elements(); i++) {
                codes.setLong(i, random.nextInt(levels.low(), levels.high() + 1));
            }
            codes.setLong(0, levels.low());
            numbers =
                    new BlockCirculant.Codes(new Coded(vectors, List.of(new Term(levels, codes, Scales.of(0x1p-9f)))));
        }
        BlockCirculant weights = new BlockCirculant(shape, outputAxis, numbers);
        byte[] file = OnnxWriter.bytes(
                Graph.builder("net").encoded("w", weights).output("w").build());
        BlockCirculant back =
                (BlockCirculant) OnnxReader.read(file, Map.of()).encoded("w").orElseThrow();
        assertEquals(shape, back.shape());
        assertEquals(outputAxis, back.outputAxis());
        assertEquals(weights.bits(), back.bits());
        assertEquals(
                -1, numbers.decode().data().mismatch(back.vectors().decode().data()));
        assertEquals(
                -1,
                weights.decode().data().mismatch(run(file, Map.of()).get("w").data()));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 7, 97, 300})
    void hashedWeightsComeBackAndMeanTheSame(long count) {
        Tensor buckets = Tensor.allocate(ElementType.FLOAT32, Shape.of(count));
        Random random = new Random(count);
        for (long i = 0; i < count; i++) {
            buckets.set(i, random.nextGaussian());
        }
        for (Shape shape : List.of(WEIGHTS, Shape.of(4099, 41))) {
            Hashed weights = new Hashed(shape, buckets);
            byte[] file = OnnxWriter.bytes(
                    Graph.builder("net").encoded("w", weights).output("w").build());
            Hashed back = (Hashed) OnnxReader.read(file, Map.of()).encoded("w").orElseThrow();
            assertEquals(shape, back.shape());
            assertEquals(-1, buckets.data().mismatch(back.buckets().data()));
            Tensor got = run(file, Map.of()).get("w");
            assertEquals(-1, weights.decode().data().mismatch(got.data()));
        }
    }

    static Stream<Arguments> products() {
        return Stream.of(
                Arguments.of(WEIGHTS, 0, 4, 16),
                Arguments.of(WEIGHTS, 0, 5, 3),
                Arguments.of(Shape.of(13, 9), 0, 2, 256),
                Arguments.of(Shape.of(13, 9), 1, 8, 2),
                Arguments.of(Shape.of(4, 70), 1, 16, 100));
    }

    @ParameterizedTest(name = "{0}, outputs along {1}, blocks of {2}, {3} centroids")
    @MethodSource("products")
    void productsComeBackAndMeanTheSame(Shape shape, int outputAxis, int length, int count) {
        Random random = new Random(count);
        Shape places = Product.placesOf(shape, outputAxis, length);
        Tensor centroids = Tensor.allocate(ElementType.FLOAT32, Shape.of(places.extent(0), count, length));
        for (long i = 0; i < centroids.elements(); i++) {
            centroids.set(i, random.nextGaussian());
        }
        Tensor codes = Tensor.allocate(ElementType.UINT8, places);
        for (long i = 0; i < codes.elements(); i++) {
            codes.setLong(i, random.nextInt(count));
        }
        Product weights = new Product(shape, outputAxis, centroids, codes);
        byte[] file = OnnxWriter.bytes(
                Graph.builder("net").encoded("w", weights).output("w").build());
        Product back = (Product) OnnxReader.read(file, Map.of()).encoded("w").orElseThrow();
        assertEquals(shape, back.shape());
        assertEquals(outputAxis, back.outputAxis());
        assertEquals(weights.bits(), back.bits());
        assertEquals(-1, centroids.data().mismatch(back.centroids().data()));
        assertEquals(-1, codes.data().mismatch(back.places().data()));
        assertEquals(
                -1,
                weights.decode().data().mismatch(run(file, Map.of()).get("w").data()));
    }

    static Stream<Arguments> huffman() {
        return Stream.of(
                Arguments.of("c4", table(16), false, 5000),
                Arguments.of("c8 of chunks", table(256), false, 1024),
                Arguments.of("integers of 4 bits", Integers.ofBits(4, true), false, 3001),
                Arguments.of("one symbol", Integers.TERNARY, false, 2047),
                Arguments.of("sparse c4", table(16), true, 9000),
                Arguments.of("sparse floats", Integers.SIGNED_8, true, 4001),
                Arguments.of("no shorter", table(16), false, 16));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("huffman")
    void huffmanCodesComeBackAndMeanTheSame(String title, Levels levels, boolean sparse, int count) {
        Random random = new Random(count);
        Shape shape = Shape.of(1, count);
        Tensor codes = Tensor.allocate(levels.high() > 127 ? ElementType.INT32 : ElementType.INT8, shape);
        int zero = levels.nearest(0);
        for (int i = 0; i < count; i++) {
            int near = (int) Math.round(random.nextGaussian() * (levels.high() - levels.low()) / 12) + zero;
            boolean held = !sparse || random.nextInt(9) == 0;
            codes.setLong(i, held ? Math.clamp(near, levels.low(), levels.high()) : zero);
            if (title.equals("one symbol")) {
                codes.setLong(i, 1);
            }
        }
        Coded coded = new Coded(shape, List.of(new Term(levels, codes, Scales.of(0.25f))));
        Encoded inner = title.contains("floats") ? new Floats(coded.decode()) : coded;
        Encoded weights = new HuffmanCoded(sparse ? new Sparse(inner) : inner);
        byte[] file = OnnxWriter.bytes(
                Graph.builder("net").encoded("w", weights).output("w").build());
        Encoded back = OnnxReader.read(file, Map.of()).encoded("w").orElseThrow();
        assertEquals(title.equals("no shorter") ? Coded.class : HuffmanCoded.class, back.getClass());
        assertEquals(weights.bits(), back.bits());
        assertEquals(-1, weights.decode().data().mismatch(back.decode().data()));
        assertEquals(
                -1,
                weights.decode().data().mismatch(run(file, Map.of()).get("w").data()));
    }

    private static float[] toFloats(java.util.stream.DoubleStream numbers) {
        double[] doubles = numbers.toArray();
        float[] floats = new float[doubles.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) doubles[i];
        }
        return floats;
    }

    private static void assertSame(Coded expected, Coded got) {
        assertEquals(expected.shape(), got.shape());
        assertEquals(expected.terms().size(), got.terms().size());
        for (int i = 0; i < expected.terms().size(); i++) {
            Term a = expected.terms().get(i);
            Term b = got.terms().get(i);
            assertEquals(a.levels(), b.levels());
            assertEquals(a.scales().axis(), b.scales().axis());
            assertEquals(a.scales().block(), b.scales().block());
            assertEquals(a.codes().type(), b.codes().type());
            assertEquals(a.scales().values().shape(), b.scales().values().shape());
            assertEquals(-1, a.codes().data().mismatch(b.codes().data()));
            assertEquals(
                    -1, a.scales().values().data().mismatch(b.scales().values().data()));
        }
    }

    private static void assertNear(Tensor expected, Tensor got, double tolerance) {
        double largest = 1e-30;
        double difference = 0;
        for (long i = 0; i < expected.elements(); i++) {
            largest = Math.max(largest, Math.abs(expected.getDouble(i)));
            difference = Math.max(difference, Math.abs(expected.getDouble(i) - got.getDouble(i)));
        }
        assertTrue(difference <= tolerance * largest, "got a difference of " + difference + " to " + largest);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("quantizers")
    void quantizersComeBackAndMeanTheSame(Quantizer quantizer) {
        for (Shape shape : List.of(Shape.of(2, 11, 3, 5), Shape.of(7, 30))) {
            Graph graph = Graph.builder("net")
                    .input(new Value("x", ElementType.FLOAT32, shape))
                    .node("q", new Lanewise.Quantize(quantizer), List.of("x"), "y")
                    .output("y")
                    .build();
            byte[] file = OnnxWriter.bytes(graph);
            Graph back = OnnxReader.read(file, Map.of());
            assertEquals(graph.nodes(), back.nodes());
            assertEquals(graph.outputs(), back.outputs());
            byte[] qonnx = OnnxWriter.bytes(graph, OddWidths.QONNX);
            assertEquals(graph.nodes(), OnnxReader.read(qonnx, Map.of()).nodes());
            Tensor x = activations(shape);
            Tensor expected = new GraphInterpreter(graph).run(Map.of("x", x)).get("y");
            Tensor got = run(file, Map.of("x", x)).get("y");
            for (long i = 0; i < x.elements(); i++) {
                assertEquals(expected.getFloat(i) + 0f, got.getFloat(i) + 0f, "element " + i + " = " + x.getFloat(i));
            }
        }
    }

    @Test
    void aQuantizerOfANodeComesBackByRewriting() {
        Graph graph = Graph.builder("net")
                .input(new Value("x", ElementType.FLOAT32, Shape.of(1, 5, 4, 4)))
                .node("q", new Lanewise.Quantize(new Uniform(Integers.UNSIGNED_8, 0.02f, 128)), List.of("x"), "a")
                .encoded("w", new Coded(WEIGHTS, List.of(term(Integers.symmetric(8), perChannel(0), 3))))
                .node("conv", new Contraction.Conv(Window.of(3, 3), 1, Epilogue.NONE), List.of("a", "w"), "b")
                .node("p", new Lanewise.Quantize(new Uniform(Integers.SIGNED_8, 0.1f, 0)), List.of("b"), "y")
                .output("y")
                .build();
        Graph fused = Rewriter.standard().rewrite(graph);
        assertEquals(2, fused.nodes().size());
        Graph back = OnnxReader.read(OnnxWriter.bytes(fused), Map.of());
        assertEquals(fused.nodes(), Rewriter.standard().rewrite(back).nodes());
    }

    @Test
    void packedWeightsTakeTheirBits() {
        Shape shape = Shape.of(4096, 2048);
        Tensor codes = Tensor.allocate(ElementType.INT8, shape);
        for (long i = 0; i < codes.elements(); i++) {
            codes.setLong(i, -(i * 31 / 7 % 2));
        }
        Coded weights = new Coded(shape, List.of(new Term(Odd.BINARY, codes, Scales.of(0.5f))));
        byte[] file = OnnxWriter.bytes(
                Graph.builder("net").encoded("w", weights).output("w").build());
        assertTrue(file.length < shape.elements() / 8 + 8_192, "got " + file.length + " bytes");
        assertEquals(
                -1,
                weights.decode().data().mismatch(run(file, Map.of()).get("w").data()));
    }

    private static Map<String, Tensor> run(byte[] file, Map<String, Tensor> inputs) {
        try (OnnxRuntimeModel model = OnnxRuntimeModel.plain(file)) {
            return model.run(inputs);
        }
    }
}
