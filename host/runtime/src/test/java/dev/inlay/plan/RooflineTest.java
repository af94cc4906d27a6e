// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Function;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Value;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RooflineTest {
    private static final Roofline ROOFLINE = new Roofline(100, 10, 0.5);

    @Test
    void theLongerOfComputingAndMovingCounts() {
        assertEquals(2.5, ROOFLINE.seconds(new Work("f32", 200, 10)));
        assertEquals(4.5, ROOFLINE.seconds(new Work("f32", 200, 40)));
        assertEquals(7, ROOFLINE.seconds(List.of(new Work("f32", 200, 10), new Work("f32", 200, 40))));
    }

    @Test
    void theBoundIsWhatTakesMost() {
        assertEquals(Roofline.Bound.COMPUTE, ROOFLINE.bound(List.of(new Work("f32", 200, 10))));
        assertEquals(Roofline.Bound.MEMORY, ROOFLINE.bound(List.of(new Work("f32", 200, 40))));
        assertEquals(Roofline.Bound.LAUNCH, ROOFLINE.bound(List.of(new Work("f32", 1, 1))));
    }

    @Test
    void onlyContractionsAreWork() {
        Graph graph = Graph.builder("g")
                .input(new Value("x", ElementType.FLOAT32, Shape.of(4, 3)))
                .constant("w", Tensor.of(Shape.of(3, 2), 1f, 2f, 3f, 4f, 5f, 6f))
                .node("product", new Contraction.MatMul(Epilogue.NONE), List.of("x", "w"), "p")
                .node("relu", new Lanewise.Unary(Function.RELU), List.of("p"), "y")
                .output("y")
                .build();
        assertEquals(List.of(new Work("f32", 2 * 4 * 3 * 2, 4 * (12 + 6 + 8))), Roofline.contractions(graph));
    }

    @Test
    void ceilingsArePositive() {
        assertThrows(IllegalArgumentException.class, () -> new Roofline(0, 1, 0));
        assertThrows(IllegalArgumentException.class, () -> new Roofline(1, Double.NaN, 0));
        assertThrows(IllegalArgumentException.class, () -> new Roofline(1, 1, -1));
    }
}
