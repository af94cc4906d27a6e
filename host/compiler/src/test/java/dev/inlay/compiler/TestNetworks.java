// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler;

import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Function;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Move;
import dev.inlay.graph.Pool;
import dev.inlay.graph.Value;
import dev.inlay.graph.Window;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;

/** Small networks that have the joints that matter to approximation. */
final class TestNetworks {
    static final Epilogue RELU = Epilogue.NONE.withActivation(Function.RELU);

    private TestNetworks() {}

    static Tensor weights(long... extents) {
        Shape shape = Shape.of(extents);
        float[] values = new float[Math.toIntExact(shape.elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i * 7 % 11 - 5) / 8f + 0.01f;
        }
        return Tensor.of(shape, values);
    }

    static Graph.Builder image() {
        return Graph.builder("network").input(new Value("x", ElementType.FLOAT32, Shape.of(1, 4, 4, 4)));
    }

    /** A convolution of kernel 1x1, its weights and a bias. */
    static Graph.Builder conv(Graph.Builder builder, String name, int outputs, int groups, String from, String to) {
        return builder.constant(name + ".w", weights(outputs, 4 / groups, 1, 1))
                .constant(name + ".b", weights(outputs))
                .node(
                        name,
                        new Contraction.Conv(Window.of(1, 1), groups, RELU),
                        List.of(from, name + ".w", name + ".b"),
                        to);
    }

    /** first (conv) → MaxPool → inner (depthwise) → Reshape → last (gemm without bias). */
    static Graph chain() {
        Graph.Builder builder = conv(image(), "first", 4, 1, "x", "a");
        builder.node("pool", new Pool.MaxPool(new Window(2, 2, 2, 2, 1, 1, 0, 0, 0, 0), false), List.of("a"), "p");
        conv(builder, "inner", 4, 4, "p", "b");
        return builder.node("flat", new Move.Reshape(Shape.of(1, 16)), List.of("b"), "f")
                .constant("last.w", weights(16, 3))
                .node("last", new Contraction.Gemm(1, 1, false, false, Epilogue.NONE), List.of("f", "last.w"), "y")
                .output("y")
                .build();
    }
}
