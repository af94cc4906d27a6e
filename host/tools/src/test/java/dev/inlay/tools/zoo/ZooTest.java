// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.backend.reference.GraphInterpreter;
import dev.inlay.backend.reference.Reference;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Graph;
import dev.inlay.graph.OperationCount;
import dev.inlay.onnx.OnnxReader;
import dev.inlay.onnx.OnnxWriter;
import dev.inlay.rewrite.Rewriter;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Tensor;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ZooTest {
    /** Parameters as published, for residual networks and MobileNet plus two statistics for each normalised channel. */
    @ParameterizedTest
    @CsvSource({
        "LENET5, 61806, 681816",
        "ALEXNET, 60965224, 1454902416",
        "VGG16, 138357544, 30967642064",
        "RESNET18, 11699112, 3633893840",
        "RESNET50, 25610152, 8206218192",
        "MOBILENETV1, 4253864, 1147618256",
        "CNV, 1550568, 119207956"
    })
    void hasTheSizeOfTheOriginal(Zoo zoo, long parameters, long operations) {
        Graph graph = zoo.graph(1);
        assertEquals(parameters, graph.parameters());
        assertEquals(operations, OperationCount.of(graph));
    }

    @Test
    void leNet5HasTheConnectionsOfThePaper() {
        Graph graph = Zoo.LENET5.graph(1);
        long[] connections = graph.nodes().stream()
                .filter(node -> node.op() instanceof Contraction)
                .mapToLong(node -> OperationCount.of(graph, node) / 2)
                .toArray();
        assertArrayEquals(new long[] {122_304, 5_880, 151_600, 2_000, 48_120, 10_164, 840}, connections);
    }

    @ParameterizedTest
    @EnumSource(
            value = Zoo.class,
            names = {"LENET5", "MOBILENETV1", "CNV"})
    void staysInRangeAndMeansTheSameWhenRewritten(Zoo zoo) {
        Graph graph = zoo.graph(3);
        Graph simpler = Rewriter.standard(Reference::evaluate).rewrite(graph);
        assertTrue(simpler.nodes().stream()
                                .filter(node -> node.op() instanceof Contraction)
                                .count()
                        * 2
                > simpler.nodes().size());
        Tensor input =
                Tensor.allocate(ElementType.FLOAT32, graph.inputs().getFirst().shape());
        Random random = new Random(5);
        for (long i = 0; i < input.elements(); i++) {
            input.set(i, random.nextGaussian());
        }
        Tensor expected = run(graph, input);
        Tensor got = run(simpler, input);
        double largest = 0;
        double difference = 0;
        for (long i = 0; i < expected.elements(); i++) {
            largest = Math.max(largest, Math.abs(expected.getDouble(i)));
            difference = Math.max(difference, Math.abs(expected.getDouble(i) - got.getDouble(i)));
        }
        assertTrue(largest > 0.01 && largest < 100, "largest output " + largest);
        assertTrue(difference <= 1e-4 * largest, "difference " + difference);
    }

    private static Tensor run(Graph graph, Tensor input) {
        return new GraphInterpreter(graph)
                .run(Map.of("input", input))
                .values()
                .iterator()
                .next();
    }

    @Test
    void theSeedDecidesTheWeights() {
        Tensor first = Zoo.CNV.graph(1).constant("conv1/weights").orElseThrow();
        Tensor again = Zoo.CNV.graph(1).constant("conv1/weights").orElseThrow();
        Tensor other = Zoo.CNV.graph(2).constant("conv1/weights").orElseThrow();
        assertEquals(-1, first.data().mismatch(again.data()));
        assertNotEquals(-1, first.data().mismatch(other.data()));
    }

    @Test
    void comesBackFromAFile() {
        Graph graph = Zoo.RESNET18.graph(1);
        Graph back = OnnxReader.read(OnnxWriter.bytes(graph), Map.of());
        assertEquals(graph.nodes(), back.nodes());
        assertEquals(graph.constants().keySet(), back.constants().keySet());
    }

    @Test
    void isFoundByItsTitle() {
        assertEquals(Zoo.MOBILENETV1, Zoo.find("mobilenetv1").orElseThrow());
        assertTrue(Zoo.find("MobileNet").isEmpty());
        assertEquals(Zoo.values().length, Zoo.titles().size());
    }
}
