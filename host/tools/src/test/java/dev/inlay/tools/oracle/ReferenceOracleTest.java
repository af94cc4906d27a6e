// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Quantizer;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Value;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ReferenceOracleTest {
    /** 1 + 1 - 1 with a bias of -1.4 is below zero; with the bias rounded to a whole number it were not. */
    @Test
    void aBiasBeforeASignIsAThreshold() {
        Quantizer signs = new Quantizer.Uniform(Levels.Odd.BINARY, 1, 0);
        Shape shape = Shape.of(1, 3);
        Coded ones = new Coded(
                shape,
                List.of(new Coded.Term(
                        Levels.Odd.BINARY, Tensor.allocate(ElementType.INT8, shape), Coded.Scales.of(1))));
        Graph graph = Graph.builder("sign of a sum")
                .input(new Value("x", ElementType.FLOAT32, shape))
                .encoded("w", ones)
                .constant("b", Tensor.of(Shape.of(1), -1.4f))
                .node("enter", new Lanewise.Quantize(signs), List.of("x"), "signs")
                .node("sum", new Contraction.Gemm(1, 1, false, true, Epilogue.NONE), List.of("signs", "w", "b"), "v")
                .node("sign", new Lanewise.Quantize(signs), List.of("v"), "y")
                .output("y")
                .build();
        try (ReferenceOracle oracle = new ReferenceOracle(graph)) {
            Tensor y =
                    oracle.run(Map.of("x", Tensor.of(shape, 0.3f, 2f, -0.1f))).get("y");
            assertEquals(-1f, y.getFloat(0));
        }
    }
}
