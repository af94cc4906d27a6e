// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.verify;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.inlay.Engine;
import dev.inlay.backend.reference.GraphInterpreter;
import dev.inlay.graph.Graph;
import dev.inlay.onnx.OnnxReader;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import dev.inlay.tools.Samples;
import dev.inlay.tools.npy.NpyFile;
import dev.inlay.tools.oracle.Oracle;
import dev.inlay.tools.oracle.ReferenceOracle;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BisectionTest {
    private static final Map<String, Tensor> INPUTS = Map.of("x", Tensor.of(Shape.of(1, 3), 1f, 1f, 1f));

    @TempDir
    Path folder;

    @Test
    void findsNothingWhereTheDeviceIsRight() throws IOException {
        assertEquals(Optional.empty(), first(new ReferenceOracle(Samples.small())));
    }

    /** An oracle that says something else about one value makes the device look wrong there, and only there. */
    @Test
    void namesTheFirstNodeThatPartsAndWritesItOut() throws IOException {
        Tensor other = Tensor.of(Shape.of(1, 2), 9f, 1f);
        Bisection.Parting parting = first(new Lying("y", other)).orElseThrow();
        assertEquals("relu", parting.node());
        assertEquals("reference", parting.device());
        assertEquals(1, parting.maxAbs());

        Graph alone = OnnxReader.read(folder.resolve("model.onnx"), Map.of());
        assertEquals(1, alone.nodes().size());
        Tensor input = NpyFile.read(folder.resolve("input-p.npy"));
        assertArrayEquals(new float[] {9, 0}, input.toFloats());
        assertArrayEquals(
                new float[] {9, 1},
                NpyFile.read(folder.resolve("expected-y.npy")).toFloats());
        assertArrayEquals(
                new float[] {9, 0},
                new GraphInterpreter(alone).run(Map.of("p", input)).get("y").toFloats());
    }

    private Optional<Bisection.Parting> first(Oracle oracle) throws IOException {
        try (Engine engine = Engine.open()) {
            return new Bisection(engine, oracle, 1e-9)
                    .first(Samples.small(), engine.device(DeviceDescription.REFERENCE), INPUTS, folder, done -> {});
        }
    }

    private record Lying(String value, Tensor instead) implements Oracle {
        @Override
        public Map<String, Tensor> run(Map<String, Tensor> inputs) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Map<String, Tensor> values(Graph graph, Map<String, Tensor> inputs, Set<String> wanted) {
            Map<String, Tensor> values = new HashMap<>(new GraphInterpreter(graph).run(inputs, wanted));
            values.put(value, instead);
            return values;
        }

        @Override
        public void close() {}
    }
}
