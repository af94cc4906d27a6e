// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.oracle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.inlay.backend.reference.GraphInterpreter;
import dev.inlay.encoding.Sparse;
import dev.inlay.graph.Graph;
import dev.inlay.graph.GraphException;
import dev.inlay.onnx.OnnxReader;
import dev.inlay.onnx.OnnxWriter;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Constants that a file holds sparse stay so, and mean to ONNX Runtime what they mean here. */
final class SparseInitializerTest {
    private static final Tensor X = Tensor.of(Shape.of(2, 4), 1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f);

    private static byte[] model(List<Long> indices, List<Long> shapeOfIndices, Long... extents) {
        TensorProto values = TensorProto.newBuilder()
                .setName("w")
                .setDataType(TensorProto.DataType.FLOAT_VALUE)
                .addDims(3)
                .addAllFloatData(List.of(0.5f, -2f, 3f))
                .build();
        TensorProto places = TensorProto.newBuilder()
                .setDataType(TensorProto.DataType.INT64_VALUE)
                .addAllDims(shapeOfIndices)
                .addAllInt64Data(indices)
                .build();
        GraphProto graph = GraphProto.newBuilder()
                .setName("sparse")
                .addInput(value("x", 2, 4))
                .addOutput(value("y", 2, 5))
                .addSparseInitializer(SparseTensorProto.newBuilder()
                        .setValues(values)
                        .setIndices(places)
                        .addAllDims(List.of(extents)))
                .addNode(NodeProto.newBuilder()
                        .setName("it")
                        .setOpType("MatMul")
                        .addInput("x")
                        .addInput("w")
                        .addOutput("y"))
                .build();
        return ModelProto.newBuilder()
                .setIrVersion(10)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(21))
                .setGraph(graph)
                .build()
                .toByteArray();
    }

    private static ValueInfoProto value(String name, long... extents) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (long extent : extents) {
            shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(extent));
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(TensorProto.DataType.FLOAT_VALUE)
                                .setShape(shape)))
                .build();
    }

    @Test
    void bothKindsOfIndicesMeanTheSame() {
        byte[] linear = model(List.of(1L, 7L, 19L), List.of(3L), 4L, 5L);
        byte[] axes = model(List.of(0L, 1L, 1L, 2L, 3L, 4L), List.of(3L, 2L), 4L, 5L);
        Map<String, Tensor> inputs = Map.of("x", X);
        for (byte[] file : List.of(linear, axes)) {
            Graph graph = OnnxReader.read(file, Map.of());
            assertInstanceOf(Sparse.class, graph.encoded("w").orElseThrow());
            float[] ours = new GraphInterpreter(graph).run(inputs).get("y").toFloats();
            assertArrayEquals(new float[] {0, 0.5f, -4, 0, 12, 0, 2.5f, -12, 0, 24}, ours);
            try (OnnxRuntimeModel model = OnnxRuntimeModel.plain(file)) {
                assertArrayEquals(model.run(inputs).get("y").toFloats(), ours);
            }
            byte[] written = OnnxWriter.bytes(graph);
            try (OnnxRuntimeModel model = OnnxRuntimeModel.plain(written)) {
                assertArrayEquals(model.run(inputs).get("y").toFloats(), ours);
            }
            assertInstanceOf(
                    Sparse.class,
                    OnnxReader.read(written, Map.of()).encoded("w").orElseThrow());
        }
    }

    @Test
    void placesThatAreNoneAreRefused() {
        assertRefused(
                model(List.of(1L, 7L, 20L), List.of(3L), 4L, 5L),
                "got the place 20 after 7, expected a greater one below 20");
        assertRefused(model(List.of(1L, 1L, 9L), List.of(3L), 4L, 5L), "got the place 1 after 1");
        assertRefused(model(List.of(0L, 1L, 1L, 5L, 3L, 4L), List.of(3L, 2L), 4L, 5L), "got the place -1 after 1");
        assertRefused(model(List.of(1L, 7L), List.of(2L), 4L, 5L), "got indices INT64 2, expected INT64 3 or 3x2");
        assertRefused(model(List.of(1L, 7L, 9L), List.of(3L), 1L << 40, 5L), "sparse initializer \"w\"");
    }

    private static void assertRefused(byte[] file, String words) {
        GraphException refused = assertThrows(GraphException.class, () -> OnnxReader.read(file, Map.of()));
        String message = String.valueOf(refused.getMessage());
        assertTrue(message.contains(words), () -> "got " + message);
        assertEquals(1, message.lines().count());
    }
}
