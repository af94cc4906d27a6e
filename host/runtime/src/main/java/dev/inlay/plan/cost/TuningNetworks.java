// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.cost;

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
import dev.inlay.graph.Normalization;
import dev.inlay.graph.Op;
import dev.inlay.graph.Pool;
import dev.inlay.graph.Reduction;
import dev.inlay.graph.Value;
import dev.inlay.graph.Window;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Networks that are measured to learn what a device takes: the shapes of layers that image classifiers have, from the
 * first to the last, with random weights.
 */
public final class TuningNetworks {
    private static final Function TANH = Function.of(Function.Kind.TANH);

    private final TuningFormat format;
    private final Graph.Builder builder;
    private final SplittableRandom random = new SplittableRandom(1);
    private String value = "image";
    private Shape shape;
    private int count;
    private Function activation = Function.RELU;

    private TuningNetworks(String name, TuningFormat format, Shape input) {
        this.format = format;
        this.shape = input;
        this.builder = Graph.builder(name + " in " + format).input(new Value(value, ElementType.FLOAT32, input));
        format.activations().ifPresent(held -> add(new Lanewise.Quantize(held), Optional.empty(), List.of(), input));
    }

    /** The networks of a format, the smallest first. */
    public static List<Graph> of(TuningFormat format) {
        List<Graph> networks = new ArrayList<>(few(format));
        networks.addAll(List.of(residual(format), matrices(format)));
        if (format.equals(TuningFormat.F32)) {
            networks.add(small(format, 1, TANH));
            networks.add(small(format, 16, TANH));
            networks.add(stem(format));
            for (int elements = 1 << 8; elements <= 1 << 22; elements <<= 2) {
                networks.add(passing(elements));
            }
        }
        return networks;
    }

    /** Those of a format with few weights. */
    public static List<Graph> few(TuningFormat format) {
        List<Graph> networks = new ArrayList<>(digits(format));
        networks.addAll(List.of(narrow(format, 1), narrow(format, 8), separable(format)));
        return networks;
    }

    /** Those that plain Java gets through in a moment. */
    public static List<Graph> digits(TuningFormat format) {
        return List.of(small(format, 1, Function.RELU), small(format, 16, Function.RELU));
    }

    /** Digits, after LeNet-5. */
    private static Graph small(TuningFormat format, int images, Function activation) {
        return new TuningNetworks("small " + images, format, Shape.of(images, 1, 28, 28))
                .activated(activation)
                .conv(6, 5, 1, 2)
                .maxPool(2, 2)
                .conv(16, 5, 1, 0)
                .maxPool(2, 2)
                .conv(32, 3, 1, 1)
                .conv(32, 3, 2, 1)
                .flat()
                .matrix(120)
                .matrix(84)
                .matrix(10)
                .softmax()
                .build();
    }

    /** Small images and few channels, after the residual networks for CIFAR. */
    private static Graph narrow(TuningFormat format, int images) {
        return new TuningNetworks("narrow " + images, format, Shape.of(images, 3, 28, 28))
                .conv(16, 3, 1, 1)
                .conv(16, 3, 1, 1)
                .added()
                .conv(32, 3, 2, 1)
                .conv(32, 3, 1, 1)
                .depthwise(1)
                .maxPool(2, 2)
                .conv(64, 3, 1, 1)
                .added()
                .conv(64, 1, 1, 0)
                .mean()
                .matrix(10)
                .build();
    }

    /** The bodies of residual networks, without their shortcuts but one. */
    private static Graph residual(TuningFormat format) {
        return new TuningNetworks("residual", format, Shape.of(1, 64, 56, 56))
                .conv(64, 3, 1, 1)
                .conv(256, 1, 1, 0)
                .added()
                .conv(128, 1, 1, 0)
                .conv(128, 3, 2, 1)
                .conv(512, 1, 1, 0)
                .conv(128, 1, 1, 0)
                .conv(128, 3, 1, 1)
                .conv(256, 3, 2, 1)
                .conv(256, 3, 1, 1)
                .conv(1024, 1, 1, 0)
                .conv(256, 1, 1, 0)
                .conv(512, 3, 2, 1)
                .conv(512, 3, 1, 1)
                .conv(2048, 1, 1, 0)
                .mean()
                .matrix(1000)
                .softmax()
                .build();
    }

    /** Windows of one channel and mixtures of channels in turns, after MobileNet. */
    private static Graph separable(TuningFormat format) {
        return new TuningNetworks("separable", format, Shape.of(1, 32, 112, 112))
                .depthwise(1)
                .conv(64, 1, 1, 0)
                .depthwise(2)
                .conv(128, 1, 1, 0)
                .depthwise(2)
                .conv(256, 1, 1, 0)
                .depthwise(2)
                .conv(512, 1, 1, 0)
                .depthwise(1)
                .conv(512, 1, 1, 0)
                .depthwise(2)
                .conv(1024, 1, 1, 0)
                .mean()
                .matrix(1000)
                .build();
    }

    /** Fully connected layers that no cache holds. */
    private static Graph matrices(TuningFormat format) {
        return new TuningNetworks("matrices", format, Shape.of(1, 4096))
                .matrix(4096)
                .matrix(2048)
                .matrix(2048)
                .matrix(1000)
                .build();
    }

    /** First layers, with all that networks of floats do between them. */
    private static Graph stem(TuningFormat format) {
        return new TuningNetworks("stem", format, Shape.of(1, 3, 224, 224))
                .conv(64, 7, 2, 3)
                .maxPool(3, 2)
                .normalised()
                .conv(96, 3, 1, 1)
                .added()
                .joined()
                .maxPool(2, 2)
                .conv(64, 3, 1, 1)
                .normalised()
                .flat()
                .softmax()
                .build();
    }

    /** Nothing but a way to the device and back. */
    private static Graph passing(int elements) {
        return new TuningNetworks("passing " + elements, TuningFormat.F32, Shape.of(1, elements))
                .add(new Lanewise.Unary(Function.RELU), List.of(), Shape.of(1, elements))
                .build();
    }

    private TuningNetworks add(Op op, List<String> beside, Shape to) {
        boolean computes = op instanceof Contraction || op instanceof Lanewise || op instanceof Reduction;
        return add(op, computes ? format.activations() : Optional.empty(), beside, to);
    }

    private TuningNetworks add(Op op, Optional<Quantizer> held, List<String> beside, Shape to) {
        String name = "n" + count++;
        List<String> from = new ArrayList<>(List.of(value));
        from.addAll(beside);
        builder.node(new Node(name, op, from, List.of(name + ".out"), held));
        value = name + ".out";
        shape = to;
        return this;
    }

    private TuningNetworks activated(Function chosen) {
        activation = chosen;
        return this;
    }

    private static Window window(int size, int stride, int padding) {
        return new Window(size, size, stride, stride, 1, 1, padding, padding, padding, padding);
    }

    private static long side(long from, int size, int stride, int padding) {
        return (from + 2L * padding - size) / stride + 1;
    }

    private Shape image(int channels, int size, int stride, int padding) {
        return Shape.of(
                shape.extent(0),
                channels,
                side(shape.extent(2), size, stride, padding),
                side(shape.extent(3), size, stride, padding));
    }

    private TuningNetworks conv(int outputs, int size, int stride, int padding) {
        Op op = new Contraction.Conv(window(size, stride, padding), 1, new Epilogue(false, activation));
        return add(
                op,
                List.of(weights(Shape.of(outputs, shape.extent(1), size, size)), bias(outputs)),
                image(outputs, size, stride, padding));
    }

    private TuningNetworks depthwise(int stride) {
        int channels = shape.size(1);
        Op op = new Contraction.Conv(window(3, stride, 1), channels, new Epilogue(false, activation));
        Shape windows = Shape.of(channels, 1, 3, 3);
        // Floats meet codes of single windows in no kernel.
        String weights = format.activations().isPresent() ? weights(windows) : reals(windows);
        return add(op, List.of(weights, bias(channels)), image(channels, 3, stride, 1));
    }

    private TuningNetworks matrix(int outputs) {
        Op op = new Contraction.Gemm(1, 1, false, true, new Epilogue(false, activation));
        return add(
                op,
                List.of(weights(Shape.of(outputs, shape.extent(1))), bias(outputs)),
                Shape.of(shape.extent(0), outputs));
    }

    private TuningNetworks maxPool(int size, int stride) {
        return add(new Pool.MaxPool(window(size, stride, 0), false), List.of(), image(shape.size(1), size, stride, 0));
    }

    private TuningNetworks normalised() {
        return format.activations().isPresent()
                ? this
                : add(new Normalization.Lrn(5, 1e-4f, 0.75f, 1), List.of(), shape);
    }

    /** The value added to itself. */
    private TuningNetworks added() {
        return add(new Lanewise.Binary(Lanewise.Arithmetic.ADD), List.of(value), shape);
    }

    /** The value beside itself. */
    private TuningNetworks joined() {
        return add(
                new Move.Concat(1),
                List.of(value),
                Shape.of(shape.extent(0), 2 * shape.extent(1), shape.extent(2), shape.extent(3)));
    }

    private TuningNetworks mean() {
        return add(
                new Reduction.Reduce(Reduction.Fold.MEAN, List.of(2, 3), false),
                List.of(),
                Shape.of(shape.extent(0), shape.extent(1)));
    }

    private TuningNetworks flat() {
        Shape flat = Shape.of(shape.extent(0), shape.elements(1, shape.rank()));
        return add(new Move.Reshape(flat), List.of(), flat);
    }

    private TuningNetworks softmax() {
        return add(new Normalization.Softmax(-1, false, false), List.of(), shape);
    }

    private Graph build() {
        return builder.output(value).build();
    }

    private String bias(int channels) {
        Tensor bias = Tensor.allocate(ElementType.FLOAT32, Shape.of(channels));
        String name = "b" + count;
        builder.constant(name, bias);
        return name;
    }

    private String weights(Shape of) {
        if (format.weights().isEmpty()) {
            return reals(of);
        }
        String name = "w" + count;
        Levels levels = format.weights().get();
        Tensor codes = Tensor.allocate(levels.bits() > 8 ? ElementType.INT32 : ElementType.INT8, of);
        for (long i = 0; i < codes.elements(); i++) {
            codes.setLong(i, random.nextInt(levels.low(), levels.high() + 1));
        }
        builder.encoded(name, new Coded(of, List.of(new Coded.Term(levels, codes, Coded.Scales.of(0.01f)))));
        return name;
    }

    private String reals(Shape of) {
        String name = "w" + count;
        Tensor tensor = Tensor.allocate(ElementType.FLOAT32, of);
        for (long i = 0; i < tensor.elements(); i++) {
            tensor.set(i, random.nextDouble() - 0.5);
        }
        builder.constant(name, tensor);
        return name;
    }
}
