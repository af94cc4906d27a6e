// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.zoo;

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
import dev.inlay.graph.ShapeInference;
import dev.inlay.graph.Value;
import dev.inlay.graph.Window;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Builds a network layer by layer. Each layer reads the value that the last one made, unless {@link #from} goes back to
 * another.
 */
final class Layers {
    private static final double SMALL = 0.05;

    private final Graph.Builder builder;
    private final RandomGenerator random;
    private final Map<String, Value> values = new HashMap<>();
    private final Map<String, Integer> counts = new HashMap<>();
    private String last;

    /**
     * @param input shape of the only input, {@code [N, C, H, W]}
     */
    Layers(String name, long seed, Shape input) {
        builder = Graph.builder(name);
        random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        last = "input";
        Value value = new Value(last, ElementType.FLOAT32, input);
        builder.input(value);
        values.put(last, value);
    }

    /** The value the last layer made. */
    String at() {
        return last;
    }

    Layers from(String value) {
        last = value;
        return this;
    }

    Shape shape() {
        return value(last).shape();
    }

    /** A convolution with a square window, equal strides and pads; weights scaled for a ReLU after it. */
    Layers conv(int outputs, int kernel, int stride, int pad, int groups, boolean bias) {
        int inputs = shape().size(1) / groups;
        Tensor weights = normal(Shape.of(outputs, inputs, kernel, kernel), Math.sqrt(2.0 / (inputs * kernel * kernel)));
        return conv(weights, stride, pad, groups, bias);
    }

    /** A convolution with given weights. */
    Layers conv(Tensor weights, int stride, int pad, int groups, boolean bias) {
        String name = name("conv");
        int rows = weights.shape().size(2);
        int columns = weights.shape().size(3);
        List<String> from = new ArrayList<>(List.of(last, constant(name + "/weights", weights)));
        if (bias) {
            from.add(constant(name + "/bias", normal(Shape.of(weights.shape().extent(0)), SMALL)));
        }
        Window window = new Window(rows, columns, stride, stride, 1, 1, pad, pad, pad, pad);
        return add(name, new Contraction.Conv(window, groups, Epilogue.NONE), from);
    }

    /** A fully connected layer on all that one sample holds. */
    Layers dense(int outputs, boolean bias) {
        flatten();
        return dense(normal(Shape.of(outputs, shape().extent(1)), Math.sqrt(2.0 / shape().extent(1))), bias);
    }

    /** A fully connected layer with given weights {@code [outputs, inputs]}. */
    Layers dense(Tensor weights, boolean bias) {
        String name = name("fc");
        List<String> from = new ArrayList<>(List.of(last, constant(name + "/weights", weights)));
        if (bias) {
            from.add(constant(name + "/bias", normal(Shape.of(weights.shape().extent(0)), SMALL)));
        }
        return add(name, new Contraction.Gemm(1, 1, false, true, Epilogue.NONE), from);
    }

    Layers flatten() {
        Shape shape = shape();
        return shape.rank() == 2
                ? this
                : add(
                        name("flatten"),
                        new Move.Reshape(Shape.of(shape.extent(0), shape.elements(1, shape.rank()))),
                        List.of(last));
    }

    Layers relu() {
        return function(Function.RELU);
    }

    Layers function(Function function) {
        return add(name("act"), new Lanewise.Unary(function), List.of(last));
    }

    /**
     * A batch normalisation with statistics around those of a normal input.
     *
     * @param gain mean of its scales; small ones keep a residual network's activations in range
     * @param variance variance that it divides by
     */
    Layers batchNorm(double gain, double variance) {
        String name = name("bn");
        Shape channels = Shape.of(shape().extent(1));
        return add(
                name,
                new Normalization.BatchNormalization(1e-5f),
                List.of(
                        last,
                        constant(name + "/scale", around(channels, gain, SMALL * gain)),
                        constant(name + "/shift", normal(channels, SMALL)),
                        constant(name + "/mean", normal(channels, SMALL * Math.sqrt(variance))),
                        constant(name + "/variance", around(channels, variance, SMALL * variance))));
    }

    Layers lrn(int size, float alpha, float beta, float bias) {
        return add(name("lrn"), new Normalization.Lrn(size, alpha, beta, bias), List.of(last));
    }

    Layers maxPool(int kernel, int stride, int pad) {
        Window window = new Window(kernel, kernel, stride, stride, 1, 1, pad, pad, pad, pad);
        return add(name("pool"), new Pool.MaxPool(window, false), List.of(last));
    }

    Layers globalAveragePool() {
        Window plane = Window.of(shape().size(2), shape().size(3));
        return add(name("pool"), new Pool.AveragePool(plane, false, false), List.of(last));
    }

    Layers add(String other) {
        return add(name("add"), new Lanewise.Binary(Lanewise.Arithmetic.ADD), List.of(last, other));
    }

    Graph build() {
        return builder.output(last).build();
    }

    /** Normal numbers of mean 0. */
    Tensor normal(Shape shape, double deviation) {
        return around(shape, 0, deviation);
    }

    Tensor around(Shape shape, double mean, double deviation) {
        Tensor tensor = Tensor.allocate(ElementType.FLOAT32, shape);
        for (long i = 0; i < tensor.elements(); i++) {
            tensor.data().setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) (mean + deviation * random.nextGaussian()));
        }
        return tensor;
    }

    /** Numbers that are 1 or -1. */
    Tensor signs(Shape shape) {
        Tensor tensor = Tensor.allocate(ElementType.FLOAT32, shape);
        for (long i = 0; i < tensor.elements(); i++) {
            tensor.set(i, random.nextBoolean() ? 1 : -1);
        }
        return tensor;
    }

    private Layers add(String name, Op op, List<String> from) {
        Node node = new Node(name, op, from, List.of(name + "/y"));
        builder.node(node);
        Value value = ShapeInference.outputs(node, this::value).getFirst();
        values.put(value.name(), value);
        last = value.name();
        return this;
    }

    private Value value(String name) {
        Value value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("layer: got the input " + name + ", expected one of " + values.keySet());
        }
        return value;
    }

    private String constant(String name, Tensor tensor) {
        builder.constant(name, tensor);
        values.put(name, new Value(name, tensor.type(), tensor.shape()));
        return name;
    }

    private String name(String kind) {
        return kind + counts.merge(kind, 1, Integer::sum);
    }
}
