// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Function;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Value;
import dev.inlay.onnx.OnnxWriter;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Models that tests run. */
public final class Samples {
    private Samples() {}

    /** A product with a 3x2 matrix and a ReLU: input {@code x} 1x3, output {@code y} 1x2. */
    public static Graph small() {
        return Graph.builder("small")
                .input(new Value("x", ElementType.FLOAT32, Shape.of(1, 3)))
                .constant("w", Tensor.of(Shape.of(3, 2), 1f, -2f, 3f, -4f, 5f, 6f))
                .node("product", new Contraction.MatMul(Epilogue.NONE), List.of("x", "w"), "p")
                .node("relu", new Lanewise.Unary(Function.RELU), List.of("p"), "y")
                .output("y")
                .build();
    }

    static Path small(Path folder) throws IOException {
        Path file = folder.resolve("small.onnx");
        OnnxWriter.write(small(), file);
        return file;
    }

    static Path lenet5() {
        return Home.current().models().resolve("lenet5.onnx");
    }
}
