// SPDX-License-Identifier: Apache-2.0
package dev.inlay.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class OperationCountTest {
    private static Graph.Builder image() {
        return Graph.builder("net").input(new Value("x", ElementType.FLOAT32, Shape.of(1, 2, 4, 4)));
    }

    private static long count(Graph.Builder builder, Op op, String... inputs) {
        return OperationCount.of(
                builder.node("n", op, List.of(inputs), "y").output("y").build());
    }

    @Test
    void aConnectionIsTwoOperationsAndABiasIsAConnection() {
        Op conv = new Contraction.Conv(Window.of(3, 3), 1, Epilogue.NONE);
        Tensor weights = Tensor.of(Shape.of(3, 2, 3, 3), new float[54]);
        for (int i = 0; i < 54; i++) {
            weights.set(i, i + 1);
        }
        Tensor bias = Tensor.of(Shape.of(3), 0f, 0f, 0f);
        assertEquals(2 * 4 * 54, count(image().constant("w", weights), conv, "x", "w"));
        assertEquals(2 * 4 * (54 + 3), count(image().constant("w", weights).constant("b", bias), conv, "x", "w", "b"));
        weights.set(17, 0);
        assertEquals(2 * 4 * 53, count(image().constant("w", weights), conv, "x", "w"));
        Graph graph = image().constant("w", weights)
                .node("n", conv, List.of("x", "w"), "y")
                .output("y")
                .build();
        assertEquals(2 * 4 * 54, OperationCount.dense(graph, graph.nodes().getFirst()));
    }

    @Test
    void countsProductsOfActivations() {
        Op matMul = new Contraction.MatMul(Epilogue.NONE);
        assertEquals(2 * 2 * 4 * 4 * 4, count(image(), matMul, "x", "x"));
        Graph.Builder matrix = Graph.builder("net")
                .input(new Value("x", ElementType.FLOAT32, Shape.of(5, 3)))
                .constant("w", Tensor.of(Shape.of(3, 2), 1f, 2f, 3f, 4f, 0f, 6f));
        assertEquals(2 * 5 * 5, count(matrix, matMul, "x", "w"));
    }

    @Test
    void countsWhatIsNoContraction() {
        Window window = new Window(2, 2, 2, 2, 1, 1, 0, 0, 0, 0);
        assertEquals(8 * 4, count(image(), new Pool.AveragePool(window, false, false), "x"));
        assertEquals(0, count(image(), new Pool.MaxPool(window, false), "x"));
        assertEquals(32, count(image(), new Lanewise.Binary(Lanewise.Arithmetic.ADD), "x", "x"));
        assertEquals(0, count(image(), new Lanewise.Unary(Function.RELU), "x"));
        assertEquals(32, count(image(), new Reduction.Reduce(Reduction.Fold.MEAN, List.of(2, 3), true), "x"));
        assertEquals(2 * 32 * 5, count(image(), new Normalization.Lrn(5, 1, 1, 1), "x"));
    }
}
