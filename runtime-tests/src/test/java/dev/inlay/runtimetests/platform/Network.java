// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.platform;

import dev.inlay.CompileOptions;
import dev.inlay.Engine;
import dev.inlay.Session;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Function;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Node;
import dev.inlay.graph.Value;
import dev.inlay.graph.Window;
import dev.inlay.onnx.OnnxReader;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A small network, with inputs and outputs in forms that tests compare. */
public record Network(Graph graph) {
    private static final Path LENET = Path.of("..", "samples", "models", "lenet5.onnx");

    /** The trained LeNet-5 of the samples. */
    public static Network lenet() {
        return new Network(OnnxReader.read(LENET, Map.of()));
    }

    /** What this process's platform computes many times in a second. */
    public static Network quick() {
        return TestPlatform.current() == TestPlatform.POCL ? lenet() : twoLayers();
    }

    /** A convolution with a rectifier and one with a hyperbolic tangent, with seeded weights. */
    public static Network twoLayers() {
        Random random = new Random(7);
        Shape image = Shape.of(1, 2, 5, 5);
        return new Network(Graph.builder("two-layers")
                .input(new Value("image", ElementType.FLOAT32, image))
                .constant("w", random(random, Shape.of(3, 2, 3, 3)))
                .constant("b", random(random, Shape.of(3)))
                .node(new Node(
                        "conv",
                        new Contraction.Conv(Window.of(3, 3), 1, Epilogue.NONE),
                        List.of("image", "w", "b"),
                        List.of("c")))
                .node(new Node("relu", new Lanewise.Unary(Function.of(Function.Kind.RELU)), List.of("c"), List.of("r")))
                .constant("w2", random(random, Shape.of(4, 3, 3, 3)))
                .constant("b2", random(random, Shape.of(4)))
                .node(new Node(
                        "conv2",
                        new Contraction.Conv(Window.of(3, 3), 1, Epilogue.NONE),
                        List.of("r", "w2", "b2"),
                        List.of("c2")))
                .node(new Node(
                        "tanh", new Lanewise.Unary(Function.of(Function.Kind.TANH)), List.of("c2"), List.of("scores")))
                .output("scores")
                .build());
    }

    /** Seeded values between -1 and 1 for every input. */
    public Map<String, Tensor> inputs(long seed) {
        Random random = new Random(seed);
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        graph.inputs().forEach(value -> inputs.put(value.name(), random(random, value.shape())));
        return inputs;
    }

    /** The outputs of one run in a session of its own, bit for bit. */
    public Map<String, ByteBuffer> answer(Engine engine, CompileOptions options, long seed) {
        try (Session session = engine.compile(graph, options).open()) {
            return bits(session.run(inputs(seed)));
        }
    }

    /** The bytes of each tensor, by name. */
    public static Map<String, ByteBuffer> bits(Map<String, Tensor> tensors) {
        Map<String, ByteBuffer> bits = new LinkedHashMap<>();
        tensors.forEach(
                (name, tensor) -> bits.put(name, ByteBuffer.wrap(tensor.data().toArray(ValueLayout.JAVA_BYTE))));
        return bits;
    }

    private static Tensor random(Random random, Shape shape) {
        Tensor tensor = Tensor.allocate(ElementType.FLOAT32, shape);
        for (long i = 0; i < tensor.elements(); i++) {
            tensor.set(i, 2 * random.nextDouble() - 1);
        }
        return tensor;
    }
}
