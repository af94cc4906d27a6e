// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.inlay.graph.Function;
import dev.inlay.graph.Graph;
import dev.inlay.graph.GraphException;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Lanewise.Arithmetic;
import dev.inlay.graph.Value;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GraphInterpreterTest {
    private static final Shape PAIR = Shape.of(2);

    /** twice = x + x; y = relu(twice - c); z = twice * y. */
    private static GraphInterpreter interpreter() {
        Graph graph = Graph.builder("diamond")
                .input(new Value("x", ElementType.FLOAT32, PAIR))
                .constant("c", Tensor.of(PAIR, 3f, 5))
                .node("product", new Lanewise.Binary(Arithmetic.MUL), List.of("twice", "y"), "z")
                .node("relu", new Lanewise.Unary(Function.RELU), List.of("difference"), "y")
                .node("difference", new Lanewise.Binary(Arithmetic.SUB), List.of("twice", "c"), "difference")
                .node("twice", new Lanewise.Binary(Arithmetic.ADD), List.of("x", "x"), "twice")
                .output("z")
                .output("y")
                .build();
        return new GraphInterpreter(graph);
    }

    @Test
    void runsInOrderAndGivesTheOutputs() {
        Map<String, Tensor> outputs = interpreter().run(Map.of("x", Tensor.of(PAIR, 1f, 4)));
        assertEquals(List.of("z", "y"), List.copyOf(outputs.keySet()));
        assertArrayEquals(new float[] {0, 24}, outputs.get("z").toFloats());
        assertArrayEquals(new float[] {0, 3}, outputs.get("y").toFloats());
    }

    @Test
    void givesAnyValueThatIsAskedFor() {
        Map<String, Tensor> values =
                interpreter().run(Map.of("x", Tensor.of(PAIR, 1f, 4)), Set.of("difference", "c", "x", "twice"));
        assertEquals(Set.of("difference", "c", "x", "twice"), values.keySet());
        assertArrayEquals(new float[] {-1, 3}, values.get("difference").toFloats());
        assertArrayEquals(new float[] {3, 5}, values.get("c").toFloats());
        assertThrows(
                GraphException.class, () -> interpreter().run(Map.of("x", Tensor.of(PAIR, 1f, 4)), Set.of("nothing")));
    }

    @Test
    void refusesInputsThatDoNotFit() {
        assertEquals(
                "input \"x\": got none, expected FLOAT32 2",
                assertThrows(GraphException.class, () -> interpreter().run(Map.of()))
                        .getMessage());
        Tensor three = Tensor.of(Shape.of(3), 1f, 2, 3);
        assertEquals(
                "input \"x\": got FLOAT32 3, expected FLOAT32 2",
                assertThrows(GraphException.class, () -> interpreter().run(Map.of("x", three)))
                        .getMessage());
        Tensor two = Tensor.of(PAIR, 1f, 2);
        assertEquals(
                "input \"w\": got an unknown name, expected one of [x]",
                assertThrows(GraphException.class, () -> interpreter().run(Map.of("x", two, "w", two)))
                        .getMessage());
    }
}
