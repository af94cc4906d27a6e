// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.session;

import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Quantizer;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Function;
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

/**
 * Small integer networks whose branches part and meet at random: convolutions, additions, joined channels and pools over
 * images of one size, in few programs. Several outputs.
 */
final class RandomGraphs {
    private static final int CHANNELS = 8;
    private static final int SIDE = 5;
    private static final Quantizer HELD = new Quantizer.Uniform(Levels.Integers.UNSIGNED_8, 0.03f, 120);

    private final Random random;
    private final Graph.Builder builder;
    private final List<String> values = new ArrayList<>();
    private int count;

    private RandomGraphs(long seed) {
        this.random = new Random(seed);
        this.builder = Graph.builder("random " + seed)
                .input(new Value("x", ElementType.FLOAT32, Shape.of(1, CHANNELS, SIDE, SIDE)));
    }

    /** The graph of a seed, of 5 to 12 nodes. */
    static Graph of(long seed) {
        return new RandomGraphs(seed).make();
    }

    private Graph make() {
        add(new Lanewise.Quantize(HELD), Optional.empty(), "x");
        int nodes = 4 + random.nextInt(8);
        for (int i = 0; i < nodes; i++) {
            switch (random.nextInt(5)) {
                case 0, 1 -> convolution();
                case 2 -> add(new Lanewise.Binary(Lanewise.Arithmetic.ADD), Optional.of(HELD), any(), any());
                case 3 -> add(new Pool.MaxPool(window(3, 1), false), Optional.empty(), any());
                default -> joined();
            }
        }
        builder.output(values.getLast());
        if (random.nextBoolean() && values.size() > 3) {
            builder.output(values.get(values.size() / 2));
        }
        return builder.build();
    }

    private String any() {
        int back = Math.min(values.size(), 1 + random.nextInt(4));
        return values.get(values.size() - back);
    }

    private static Window window(int size, int padding) {
        return new Window(size, size, 1, 1, 1, 1, padding, padding, padding, padding);
    }

    private void convolution() {
        int size = random.nextBoolean() ? 1 : 3;
        Op op = new Contraction.Conv(window(size, size / 2), 1, new Epilogue(false, Function.RELU));
        add(op, Optional.of(HELD), any(), weights(CHANNELS, size));
    }

    /** Two values side by side, and as many channels as before made of them. */
    private void joined() {
        add(new Move.Concat(1), Optional.empty(), any(), any());
        String both = values.removeLast();
        Op op = new Contraction.Conv(window(1, 0), 1, Epilogue.NONE);
        add(op, Optional.of(HELD), both, weights(2 * CHANNELS, 1));
    }

    private String weights(int channels, int size) {
        Shape shape = Shape.of(CHANNELS, channels, size, size);
        Tensor codes = Tensor.allocate(ElementType.INT8, shape);
        for (long i = 0; i < codes.elements(); i++) {
            codes.setLong(i, random.nextInt(255) - 127);
        }
        String name = "w" + count;
        float scale = (float) (0.02 / Math.sqrt(channels * size * size));
        builder.encoded(
                name,
                new Coded(shape, List.of(new Coded.Term(Levels.Integers.SIGNED_8, codes, Coded.Scales.of(scale)))));
        return name;
    }

    private void add(Op op, Optional<Quantizer> held, String... from) {
        String name = "n" + count++;
        builder.node(new Node(name, op, List.of(from), List.of(name + ".out"), held));
        values.add(name + ".out");
    }
}
