// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.backend.reference.GraphInterpreter;
import dev.inlay.backend.reference.Reference;
import dev.inlay.compiler.Approximated;
import dev.inlay.compiler.Approximation;
import dev.inlay.compiler.calibrate.CalibrationData;
import dev.inlay.compiler.calibrate.Runner;
import dev.inlay.compiler.recipe.RecipeReader;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Node;
import dev.inlay.onnx.OnnxReader;
import dev.inlay.onnx.OnnxWriter;
import dev.inlay.plan.Decision;
import dev.inlay.plan.DeviceClass;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.Evidence;
import dev.inlay.plan.MemoryMode;
import dev.inlay.plan.Planner;
import dev.inlay.plan.SparseUse;
import dev.inlay.rewrite.Rewriter;
import dev.inlay.tensor.Tensor;
import dev.inlay.tools.data.DataSets;
import dev.inlay.tools.data.LabelledImages;
import dev.inlay.tools.measure.Classifier;
import dev.inlay.tools.measure.Difference;
import dev.inlay.tools.model.ModelFile;
import dev.inlay.tools.oracle.OnnxRuntimeOracle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every shipped recipe on the trained LeNet-5: the file written is read back as it was, and ONNX Runtime runs it. */
final class RecipesTest {
    private static final int BATCH = 40;

    static List<Path> recipes() throws IOException {
        try (Stream<Path> files = Files.list(Home.current().models().resolveSibling("recipes"))) {
            List<Path> recipes = files.sorted().toList();
            assertFalse(recipes.isEmpty());
            return recipes;
        }
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void givesAFileThatOthersRun(Path recipe) throws IOException {
        LabelledImages images = DataSets.open(DataSets.SHIPPED + ":" + 2 * BATCH, Home.current());
        Graph graph = new ModelFile(Samples.lenet5()).batched(BATCH);
        Classifier classifier = Classifier.of(graph, images);
        CalibrationData data = new CalibrationData(1, index -> classifier.inputs(images, BATCH));
        Approximated approximated = Approximation.of(
                        graph, RecipeReader.read(recipe), data, Runner::reference, () -> {})
                .apply(graph);
        assertTrue(approximated.compression() > 1.5, () -> "got a compression of " + approximated.compression());

        byte[] file = OnnxWriter.bytes(approximated.graph());
        Map<String, Tensor> inputs = classifier.inputs(images, 0);
        Tensor exact = only(new GraphInterpreter(graph).run(inputs));
        Tensor ours = only(new GraphInterpreter(approximated.graph()).run(inputs));
        Graph read = Rewriter.standard(Reference::evaluate).rewrite(OnnxReader.read(file, Map.of()));
        Difference again = Difference.between("read back", only(new GraphInterpreter(read).run(inputs)), ours, 0);
        assertTrue(again.exact(), () -> "got " + again + " after reading the file back, expected the same bits");
        assertFalse(Difference.between("approximated", ours, exact, 0).exact(), "nothing was approximated");
        layerByLayer(approximated.graph(), inputs, file);
        planned(read);
    }

    /** No layer leaves a processor with OpenCL, and none has its codes made floats first. */
    private static void planned(Graph graph) {
        DeviceDescription processor = new DeviceDescription(
                "test/cpu-0",
                "test",
                "cpu",
                DeviceClass.CPU,
                "CPU",
                "1",
                "none",
                Evidence.MODELLED,
                1L << 32,
                1L << 31,
                4096,
                2,
                8,
                Set.of("FMA"),
                Map.of(),
                false,
                Optional.empty());
        List<Decision> decisions = Planner.plan(
                        graph, List.of(processor), Map.of(), true, MemoryMode.ARENA, SparseUse.BREAK_EVEN)
                .decisions();
        assertEquals(List.of(), decisions.stream().filter(Decision::fallback).toList());
    }

    /**
     * Each layer fed with ONNX Runtime's own input: codes differ by at most one on at most one element in a thousand.
     * From end to end a number near a bound goes to the other code now and then, and a binary network follows it.
     */
    private static void layerByLayer(Graph graph, Map<String, Tensor> inputs, byte[] file) throws IOException {
        Path model = Files.createTempFile("recipe", ".onnx");
        try {
            Files.write(model, file);
            Set<String> wanted = new HashSet<>();
            graph.nodes().forEach(node -> wanted.addAll(node.outputs()));
            try (OnnxRuntimeOracle oracle = new OnnxRuntimeOracle(model)) {
                Map<String, Tensor> right = new HashMap<>(oracle.values(graph, inputs, wanted));
                right.putAll(inputs);
                for (Node node : graph.nodes()) {
                    List<Optional<Tensor>> fed = node.inputs().stream()
                            .map(name -> Optional.ofNullable(right.get(name)).or(() -> graph.constant(name)))
                            .toList();
                    Tensor got = Reference.evaluate(graph, node, fed).getFirst();
                    Difference difference = Difference.between(
                            graph.value(node.output()), got, right.get(node.output()), Difference.TOLERANCE);
                    assertTrue(difference.within(), () -> "got " + difference + " at " + node.name());
                }
            }
        } finally {
            Files.delete(model);
        }
    }

    private static Tensor only(Map<String, Tensor> outputs) {
        assertEquals(1, outputs.size());
        return outputs.values().iterator().next();
    }
}
