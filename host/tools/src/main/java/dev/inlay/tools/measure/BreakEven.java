// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.measure;

import dev.inlay.CompileOptions;
import dev.inlay.CompiledModel;
import dev.inlay.Engine;
import dev.inlay.Session;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Value;
import dev.inlay.graph.Window;
import dev.inlay.plan.SparseUse;
import dev.inlay.plan.Step;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Contractions of weights with zeros beside the same contraction of all weights, in one run on one device: f32, one
 * image. The launches that contract are timed in turns; what brings activations into another order is not counted.
 */
public final class BreakEven {
    /**
     * A layer whose weights are pruned.
     *
     * @param x the activations
     * @param w the weights, {@code [outputs, inputs, rows, columns]} or {@code [outputs, inputs]}
     * @param block output channels that are pruned together
     * @param group neighbouring input channels of which as many stay in each group; 1 for any
     */
    public record Layer(String name, Shape x, Shape w, int block, int group) {
        /** What is pruned together. */
        String pattern() {
            return group > 1 ? "n of " + group : block == 1 ? "single weights" : block + " x 1 blocks";
        }

        /** Shares of weights that stay. */
        public List<Double> densities() {
            return group == 1
                    ? DENSITIES
                    : IntStream.range(1, group)
                            .mapToObj(n -> (double) n / group)
                            .toList();
        }

        private SparseUse use() {
            return group > 1 ? SparseUse.N_OF_M : block == 1 ? SparseUse.ROWS : SparseUse.PANELS;
        }
    }

    /**
     * @param layer its name
     * @param pattern what was pruned together
     * @param density the share of weights that stays
     * @param kernel what ran
     * @param overDense throughput over the dense kernel's, median of the pairs
     * @param milliseconds of the contraction, median
     */
    public record Row(
            String layer, String pattern, double density, String kernel, double overDense, double milliseconds) {}

    private static final Shape IMAGE = Shape.of(1, 128, 28, 28);
    private static final Shape TAPS = Shape.of(256, 128, 3, 3);
    private static final Shape ROW = Shape.of(1, 9216);
    private static final Shape MATRIX = Shape.of(4096, 9216);

    /** A convolution, and the first fully connected layer of AlexNet. */
    public static final List<Layer> LAYERS = List.of(
            new Layer("3x3 28x28 128->256", IMAGE, TAPS, 1, 1),
            new Layer("3x3 28x28 128->256", IMAGE, TAPS, 32, 1),
            new Layer("3x3 28x28 128->256", IMAGE, TAPS, 1, 4),
            new Layer("fc 9216->4096", ROW, MATRIX, 1, 1),
            new Layer("fc 9216->4096", ROW, MATRIX, 32, 1),
            new Layer("fc 9216->4096", ROW, MATRIX, 1, 4));

    private static final List<Double> DENSITIES = List.of(0.09, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 0.9);

    private static final int REPEATS = 3;

    private final Engine engine;
    private final String device;

    public BreakEven(Engine engine, String device) {
        this.engine = engine;
        this.device = device;
    }

    /** One layer at one density. */
    public Row measure(Layer layer, double density, int samples) {
        Random random = new Random(1);
        Graph graph = graph(layer, density, random);
        Tensor x = Tensor.allocate(ElementType.FLOAT32, layer.x());
        for (long i = 0; i < x.elements(); i++) {
            x.set(i, random.nextGaussian());
        }
        CompiledModel dense = compiled(graph, SparseUse.NEVER);
        CompiledModel sparse = compiled(graph, layer.use());
        double[] ratios = new double[samples];
        double[] times = new double[samples];
        try (Session all = dense.open();
                Session some = sparse.open()) {
            all.run(Map.of("x", x));
            some.run(Map.of("x", x));
            for (int sample = 0; sample < samples; sample++) {
                times[sample] = seconds(some, sparse);
                ratios[sample] = seconds(all, dense) / times[sample];
            }
        }
        return new Row(
                layer.name(),
                layer.pattern(),
                density,
                contraction(sparse).kernel().toString(),
                median(ratios),
                1e3 * median(times));
    }

    private CompiledModel compiled(Graph graph, SparseUse use) {
        return engine.compile(graph, CompileOptions.on(device).withSparse(use));
    }

    private static Step.Launch contraction(CompiledModel model) {
        return model.plan().steps().stream()
                .filter(Step.Launch.class::isInstance)
                .map(Step.Launch.class::cast)
                .filter(step -> step.kernel().spec().startsWith("contract"))
                .findFirst()
                .orElseThrow();
    }

    private static double seconds(Session session, CompiledModel model) {
        double sum = 0;
        for (var launch : session.launchSeconds(REPEATS).entrySet()) {
            Step step = model.plan().steps().get(launch.getKey());
            sum += step.equals(contraction(model)) ? launch.getValue() : 0;
        }
        return sum;
    }

    private static Graph graph(Layer layer, double density, Random random) {
        Tensor weights = layer.group() > 1 ? ofGroups(layer, density, random) : ofBlocks(layer, density, random);
        Contraction op = layer.w().rank() == 4
                ? new Contraction.Conv(new Window(3, 3, 1, 1, 1, 1, 1, 1, 1, 1), 1, Epilogue.NONE)
                : new Contraction.Gemm(1, 1, false, true, Epilogue.NONE);
        return Graph.builder(layer.name())
                .input(new Value("x", ElementType.FLOAT32, layer.x()))
                .constant("w", weights)
                .node("it", op, List.of("x", "w"), "y")
                .output("y")
                .build();
    }

    private static Tensor ofBlocks(Layer layer, double density, Random random) {
        Tensor weights = Tensor.allocate(ElementType.FLOAT32, layer.w());
        int inner = Math.toIntExact(layer.w().elements(1, layer.w().rank()));
        boolean[] kept = new boolean[inner];
        for (long i = 0; i < weights.elements(); i++) {
            if (i % ((long) inner * layer.block()) == 0) {
                for (int at = 0; at < inner; at++) {
                    kept[at] = random.nextDouble() < density;
                }
            }
            if (layer.block() == 1 ? random.nextDouble() < density : kept[(int) (i % inner)]) {
                weights.set(i, random.nextGaussian() / 100);
            }
        }
        return weights;
    }

    /** As many neighbouring ones of each group as the density says. */
    private static Tensor ofGroups(Layer layer, double density, Random random) {
        Tensor weights = Tensor.allocate(ElementType.FLOAT32, layer.w());
        long taps = layer.w().elements(2, layer.w().rank());
        for (long i = 0; i < weights.elements(); i++) {
            long channel = i / taps % layer.w().extent(1);
            long turn = (channel + i / taps / layer.group() * 3 + i % taps) % layer.group();
            if (turn < Math.round(density * layer.group())) {
                weights.set(i, random.nextGaussian() / 100);
            }
        }
        return weights;
    }

    /**
     * The density at which leaving zeros out takes as long as multiplying them, between two measured ones.
     *
     * @param rows of one layer and pattern
     * @return empty where it is beyond the densities that were measured
     */
    public static OptionalDouble crossover(List<Row> rows) {
        List<Row> sorted = new ArrayList<>(rows);
        sorted.sort((a, b) -> Double.compare(a.density(), b.density()));
        for (int i = 1; i < sorted.size(); i++) {
            Row below = sorted.get(i - 1);
            Row above = sorted.get(i);
            if (below.overDense() >= 1 && above.overDense() < 1) {
                double part = (below.overDense() - 1) / (below.overDense() - above.overDense());
                return OptionalDouble.of(below.density() + part * (above.density() - below.density()));
            }
        }
        return OptionalDouble.empty();
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
