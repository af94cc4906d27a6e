// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Quantizer;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Move;
import dev.inlay.graph.Node;
import dev.inlay.graph.Op;
import dev.inlay.graph.Pool;
import dev.inlay.graph.Value;
import dev.inlay.graph.Window;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Small networks, of as few different programs as may be, whose layers meet in one pair of formats each: a convolution with padding, a pool, a convolution without
 * padding, two matrix products.
 */
final class PairingCases {
    private static final Levels TERNARY = Levels.Integers.TERNARY;
    private static final Levels SIGNS = Levels.Odd.BINARY;
    private static final Levels S4 = Levels.Integers.symmetric(4);
    private static final Levels S8 = Levels.Integers.SIGNED_8;
    private static final Levels S16 = Levels.Integers.symmetric(16);
    private static final Levels U8 = Levels.Integers.UNSIGNED_8;

    private PairingCases() {}

    /**
     * One network.
     *
     * @param name what meets
     * @param activations how every activation is held, absent: floats
     * @param weights levels of every term of the weights
     * @param block input channels that share a scale of the weights, 0 where output channels do
     * @param alone whether there are a grouped and a depthwise convolution too
     * @param carriers what the contractions are expected to run on
     */
    record Case(
            String name,
            Optional<Quantizer> activations,
            List<Levels> weights,
            int block,
            boolean alone,
            List<String> carriers) {
        /** The same case with channels in groups and alone, which may run on another carrier too. */
        Case apart(String... more) {
            List<String> all = Stream.concat(carriers.stream(), Stream.of(more)).toList();
            return new Case(name + ", groups too", activations, weights, block, true, all);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static final Levels TABLE = new Levels.Table(List.of(-2f, -0.9f, -0.3f, -0.1f, 0f, 0.2f, 0.4f, 1.1f, 1.7f));

    private static Case of(String name, Quantizer activations, List<Levels> weights, String... carriers) {
        return new Case(name, Optional.of(activations), weights, 0, false, List.of(carriers));
    }

    private static Quantizer uniform(Levels levels, float scale, int zero) {
        return new Quantizer.Uniform(levels, scale, zero);
    }

    /**
     * The cases.
     *
     * @param full whether those too whose way through the planner another one takes
     */
    static List<Case> cases(boolean full) {
        Quantizer unsigned = uniform(U8, 0.02f, 0);
        Quantizer shifted = uniform(U8, 0.03f, 101);
        Quantizer signed = uniform(Levels.Integers.symmetric(8), 0.03f, 0);
        Quantizer halves = uniform(Levels.Integers.ofBits(16, true), 0.0002f, 0);
        Quantizer signs = uniform(SIGNS, 0.7f, 0);
        Quantizer blocks = new Quantizer.BlockFloat(8, 16);
        List<Case> few = List.of(
                of("u8 by s4, zero point", shifted, List.of(S4), "u8s8").apart(),
                of("u8 by weights with a zero point", unsigned, List.of(new Levels.Integers(-213, 42)), "s16"),
                of("u8 by two ternary terms", unsigned, List.of(TERNARY, new Levels.Integers(0, 1)), "u8s8"),
                of("signs by signs", signs, List.of(SIGNS), "planes").apart("u8s8"),
                of("odd numbers by signs", uniform(new Levels.Odd(2), 0.4f, 0), List.of(SIGNS), "u8s8"),
                of(
                                "powers of two by powers of two",
                                uniform(new Levels.Logarithmic(9, 1), 0.02f, 0),
                                List.of(new Levels.Logarithmic(7, 1)),
                                "shift")
                        .apart(),
                blocked("block floating point", Optional.of(blocks), S8, "bf"),
                floats("floats by s4", S4),
                floats("floats by two tables", TABLE, new Levels.Table(List.of(-1.5f, 0f, 0.7f))));
        List<Case> rest = List.of(
                of("u8 by powers of the root", unsigned, List.of(new Levels.Logarithmic(15, 2)), "shift"),
                of("s16 by s16", halves, List.of(S16), "s16").apart(),
                of("ternary by ternary", uniform(TERNARY, 0.8f, 0), List.of(TERNARY), "planes"),
                of(
                        "two bits by two bits",
                        uniform(Levels.Integers.ofBits(2, false), 0.5f, 0),
                        List.of(new Levels.Odd(2)),
                        "planes"),
                blocked("u8 by groups of s4", Optional.of(shifted), S4, "u8s8"),
                floats("floats by two signs", SIGNS, SIGNS),
                of("u8 by signs", unsigned, List.of(SIGNS), "u8s8"),
                of("u8 by ternary, symmetric", signed, List.of(TERNARY), "u8s8"),
                of("u8 by powers of two", unsigned, List.of(new Levels.Logarithmic(7, 1)), "u8s8"),
                of("u8 by many powers of two", unsigned, List.of(new Levels.Logarithmic(15, 1)), "s16"),
                of("u8 by yet more powers of two", unsigned, List.of(new Levels.Logarithmic(19, 1)), "shift"),
                of("s16 by s8", halves, List.of(S8), "s16"),
                of("signs by three signs", signs, List.of(SIGNS, SIGNS, SIGNS), "planes"),
                of("signs by s4", signs, List.of(S4), "u8s8"),
                of(
                        "powers of the root by powers of the root",
                        uniform(new Levels.Logarithmic(21, 2), 0.01f, 0),
                        List.of(new Levels.Logarithmic(15, 2)),
                        "shift"),
                blocked("floats by groups of s4", Optional.empty(), S4, "f32"),
                floats("floats by powers of two", new Levels.Logarithmic(20, 1)));
        return full ? Stream.concat(few.stream(), rest.stream()).toList() : few;
    }

    private static Case blocked(String name, Optional<Quantizer> activations, Levels weights, String carrier) {
        return new Case(name, activations, List.of(weights), 16, false, List.of(carrier));
    }

    private static Case floats(String name, Levels... weights) {
        return new Case(name, Optional.empty(), List.of(weights), 0, false, List.of("f32"));
    }

    static Graph graph(Case given) {
        return new Maker(given).make();
    }

    /** Makes one network. */
    private static final class Maker {
        private static final int WIDE = 19;
        private final Case given;
        private final Random random;
        private final Graph.Builder builder = Graph.builder("pairing");

        Maker(Case given) {
            this.given = given;
            this.random = new Random(given.name().hashCode());
        }

        private Coded weights(long... extents) {
            Shape shape = Shape.of(extents);
            List<Coded.Term> terms = new ArrayList<>();
            for (Levels levels : given.weights()) {
                Tensor codes = Tensor.allocate(ElementType.INT32, shape);
                for (long i = 0; i < codes.elements(); i++) {
                    codes.setLong(i, levels.low() + random.nextLong((long) levels.high() - levels.low() + 1));
                }
                terms.add(new Coded.Term(levels, codes, scales(levels, shape, terms.size() + 1)));
            }
            return new Coded(shape, terms);
        }

        /** Scales of either sign, such that sums of random products spread over some units. */
        private Coded.Scales scales(Levels levels, Shape shape, int divisor) {
            boolean blocked = given.block() > 0;
            long[] extents = shape.toArray();
            extents[1] = Math.ceilDiv(extents[1], Math.max(1, given.block()));
            Tensor scales =
                    Tensor.allocate(ElementType.FLOAT32, blocked ? Shape.of(extents) : Shape.of(shape.extent(0)));
            double spread = 1.5 / levels.largest() / Math.sqrt((double) shape.elements(1, shape.rank())) / divisor;
            boolean powers = given.activations().orElse(null) instanceof Quantizer.BlockFloat;
            for (long i = 0; i < scales.elements(); i++) {
                double scale = spread * (0.6 + random.nextFloat()) * (!blocked && i % 3 == 1 ? -1 : 1);
                scales.set(i, powers ? Math.scalb(1.0, Math.getExponent(scale)) : scale);
            }
            return new Coded.Scales(scales, blocked ? 1 : 0, given.block());
        }

        private Tensor bias(int channels) {
            Tensor bias = Tensor.allocate(ElementType.FLOAT32, Shape.of(channels));
            IntStream.range(0, channels).forEach(i -> bias.set(i, random.nextGaussian() * 0.1));
            return bias;
        }

        private void contraction(String name, Op op, String from, String to, long... extents) {
            builder.encoded(name + ".w", weights(extents));
            builder.constant(name + ".b", bias((int) extents[0]));
            held(name, op, List.of(from, name + ".w", name + ".b"), to);
        }

        /** A node whose output is held as all activations are. */
        private void held(String name, Op op, List<String> from, String to) {
            if (given.activations().orElse(null) instanceof Quantizer.BlockFloat block) {
                builder.node(name, op, from, to + ".real");
                builder.node(name + ".held", new Lanewise.Quantize(block), List.of(to + ".real"), to);
            } else {
                builder.node(new Node(name, op, from, List.of(to), given.activations()));
            }
        }

        private static Window window(int size, int padding) {
            return new Window(size, size, 1, 1, 1, 1, padding, padding, padding, padding);
        }

        private static Op conv(int size, int padding, int groups) {
            return new Contraction.Conv(window(size, padding), groups, Epilogue.NONE);
        }

        Graph make() {
            Op point = new Contraction.Gemm(1, 1, false, true, Epilogue.NONE);
            builder.input(new Value("image", ElementType.FLOAT32, Shape.of(4, 6, 5, 6)));
            given.activations()
                    .ifPresent(held -> builder.node("enter", new Lanewise.Quantize(held), List.of("image"), "x"));
            contraction("padded", conv(3, 1, 1), given.activations().isPresent() ? "x" : "image", "a", WIDE, 6, 3, 3);
            pool("a", "b");
            contraction("whole", conv(2, 0, 1), "b", "c", 16, WIDE, 2, 2);
            String image = "c";
            if (given.alone()) {
                contraction("grouped", conv(3, 1, 2), "c", "d", 10, 8, 3, 3);
                contraction("depthwise", conv(3, 1, 10), "d", "e", 10, 1, 3, 3);
                image = "e";
            }
            int flat = given.alone() ? 120 : 192;
            reshape(image, "f", Shape.of(4, flat));
            contraction("first", point, "f", "g", 45, flat);
            builder.encoded("last.w", weights(10, 45));
            builder.node("last", point, List.of("g", "last.w"), "y");
            return builder.output("y").build();
        }

        private boolean isBlocked() {
            return given.activations().orElse(null) instanceof Quantizer.BlockFloat;
        }

        /** Moves the numbers of a value; blocks of them are made anew. */
        private void moved(String name, Op op, String from, String to) {
            if (isBlocked()) {
                held(name, op, List.of(from + ".real"), to);
            } else {
                builder.node(name, op, List.of(from), to);
            }
        }

        private void pool(String from, String to) {
            moved("pool", new Pool.MaxPool(window(2, 0), false), from, to);
        }

        private void reshape(String from, String to, Shape shape) {
            moved("flat", new Move.Reshape(shape), from, to);
        }
    }
}
