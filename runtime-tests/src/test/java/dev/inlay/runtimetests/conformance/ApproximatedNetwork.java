// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import dev.inlay.compiler.Approximation;
import dev.inlay.compiler.calibrate.CalibrationData;
import dev.inlay.compiler.calibrate.Runner;
import dev.inlay.compiler.recipe.Recipe;
import dev.inlay.compiler.recipe.RecipeReader;
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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A small network of random weights, approximated by one of the shipped recipes on random images. */
final class ApproximatedNetwork {
    private static final Path RECIPES = Path.of("..", "samples", "recipes");
    private static final Epilogue RELU = Epilogue.NONE.withActivation(Function.RELU);

    private ApproximatedNetwork() {}

    /**
     * Images {@code x} of 2 x 1 x 8 x 8 through two convolutions, both padded, the first pooled, and two matrix products.
     *
     * @param recipe its file's name without the ending
     */
    static Graph by(String recipe) {
        Graph exact = exact(new Random(23));
        Tensor images = random(new Random(29), 1, 2, 1, 8, 8);
        CalibrationData data = new CalibrationData(1, index -> Map.of("x", images));
        return Approximation.of(exact, read(recipe), data, Runner::reference, () -> {})
                .apply(exact)
                .graph();
    }

    private static Recipe read(String name) {
        try {
            return RecipeReader.read(RECIPES.resolve(name + ".yaml"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Graph exact(Random random) {
        return Graph.builder("network")
                .input(new Value("x", ElementType.FLOAT32, Shape.of(2, 1, 8, 8)))
                .constant("w1", random(random, 0.4, 6, 1, 3, 3))
                .constant("b1", random(random, 0.1, 6))
                .constant("w2", random(random, 0.2, 19, 6, 3, 3))
                .constant("b2", random(random, 0.1, 19))
                .constant("w3", random(random, 0.1, 40, 19 * 16))
                .constant("b3", random(random, 0.1, 40))
                .constant("w4", random(random, 0.2, 5, 40))
                .constant("b4", random(random, 0.1, 5))
                .node("conv1", conv(), List.of("x", "w1", "b1"), "a")
                .node("pool", new Pool.MaxPool(new Window(2, 2, 2, 2, 1, 1, 0, 0, 0, 0), false), List.of("a"), "p")
                .node("conv2", conv(), List.of("p", "w2", "b2"), "b")
                .node("flat", new Move.Reshape(Shape.of(2, 19 * 16)), List.of("b"), "f")
                .node("fc1", new Contraction.Gemm(1, 1, false, true, RELU), List.of("f", "w3", "b3"), "c")
                .node("fc2", new Contraction.Gemm(1, 1, false, true, Epilogue.NONE), List.of("c", "w4", "b4"), "y")
                .output("y")
                .build();
    }

    private static Contraction conv() {
        return new Contraction.Conv(new Window(3, 3, 1, 1, 1, 1, 1, 1, 1, 1), 1, RELU);
    }

    private static Tensor random(Random random, double scale, long... extents) {
        Tensor tensor = Tensor.allocate(ElementType.FLOAT32, Shape.of(extents));
        for (long i = 0; i < tensor.elements(); i++) {
            tensor.set(i, scale * random.nextGaussian());
        }
        return tensor;
    }
}
