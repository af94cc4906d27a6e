// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.UnsafeByteOperations;
import dev.inlay.graph.Graph;
import dev.inlay.graph.GraphException;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Node;
import dev.inlay.graph.Pool;
import dev.inlay.graph.Value;
import dev.inlay.tensor.Tensor;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Writes a graph as plain ONNX: IR version 8 and opset 17, opset 19 where an average pool is dilated, IR version 10 and
 * opset 21 where codes are of 4 or 16 bits, have scales in blocks, or are said by a function. Reading the file gives an
 * equal graph, codes and scales bit for bit, except that an epilogue or a quantizer of a node comes back as the nodes it
 * was made of, and a flattened softmax as a reshape, a softmax and a reshape.
 */
public final class OnnxWriter {
    private static final int IR = 8;
    private static final int IR_OF_FUNCTIONS = 10;
    private static final int OPSET = 17;
    private static final int OPSET_OF_DILATED_AVERAGE = 19;
    private static final long MOST_CONSTANT_BYTES = Integer.MAX_VALUE - (64L << 20);

    private OnnxWriter() {}

    /**
     * @throws GraphException if the constants take 2 GiB or more, which no single file can hold
     * @throws IOException if the file cannot be written
     */
    public static void write(Graph graph, Path file) throws IOException {
        write(graph, file, OddWidths.ONNX);
    }

    /** As {@link #write(Graph, Path)}, with a say in how levels are written that no type of ONNX has. */
    public static void write(Graph graph, Path file, OddWidths widths) throws IOException {
        ModelProto model = model(graph, widths);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
            model.writeTo(out);
        }
    }

    /** As {@link #write(Graph, Path)}, into memory. */
    public static byte[] bytes(Graph graph) {
        return bytes(graph, OddWidths.ONNX);
    }

    /** As {@link #write(Graph, Path, OddWidths)}, into memory. */
    public static byte[] bytes(Graph graph, OddWidths widths) {
        return model(graph, widths).toByteArray();
    }

    private static ModelProto model(Graph graph, OddWidths widths) {
        long bytes = graph.constants().values().stream()
                .mapToLong(tensor -> tensor.data().byteSize())
                .sum();
        if (bytes > MOST_CONSTANT_BYTES) {
            throw new GraphException("graph " + graph.name() + ": got " + bytes
                    + " bytes of constants, expected at most " + MOST_CONSTANT_BYTES + " in one file");
        }
        int opset = opset(graph, widths);
        GraphProto.Builder builder = GraphProto.newBuilder().setName(graph.name());
        graph.inputs().forEach(value -> builder.addInput(info(value)));
        graph.outputs().forEach(value -> builder.addOutput(info(value)));
        graph.constants().forEach((name, tensor) -> builder.addInitializer(tensor(name, tensor)));
        FileGraph file = new FileGraph(graph, widths, builder);
        graph.encoded().forEach(new EncodedWriter(file)::write);
        graph.nodes().forEach(new NodeWriter(graph, opset, file)::write);
        ModelProto.Builder model = ModelProto.newBuilder()
                .setIrVersion(opset < InlayFunction.OPSET ? IR : IR_OF_FUNCTIONS)
                .setProducerName("inlay")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(opset));
        if (!file.functions().isEmpty()) {
            model.addOpsetImport(OperatorSetIdProto.newBuilder()
                    .setDomain(InlayFunction.DOMAIN)
                    .setVersion(InlayFunction.VERSION));
            file.functions().forEach(function -> model.addFunctions(function.proto()));
        }
        if (file.usesQonnx()) {
            model.addOpsetImport(
                    OperatorSetIdProto.newBuilder().setDomain(QonnxForm.DOMAIN).setVersion(QonnxForm.VERSION));
        }
        return model.setGraph(builder).build();
    }

    private static int opset(Graph graph, OddWidths widths) {
        IntStream nodes = graph.nodes().stream().mapToInt(node -> opset(node, widths));
        IntStream weights = graph.encoded().values().stream().mapToInt(codes -> EncodedWriter.opset(codes, widths));
        return IntStream.concat(nodes, weights).reduce(OPSET, Math::max);
    }

    private static int opset(Node node, OddWidths widths) {
        int quantized = node.quantizer()
                .or(() -> node.op() instanceof Lanewise.Quantize quantize
                        ? Optional.of(quantize.to())
                        : node.op() instanceof Lanewise.Encode encode ? Optional.of(encode.by()) : Optional.empty())
                .map(quantizer -> QuantizerWriter.opset(quantizer, widths))
                .orElse(0);
        return Math.max(quantized, isDilatedAverage(node) ? OPSET_OF_DILATED_AVERAGE : OPSET);
    }

    private static boolean isDilatedAverage(Node node) {
        return node.op() instanceof Pool.AveragePool pool
                && Math.max(pool.window().rowDilation(), pool.window().columnDilation()) > 1;
    }

    private static ValueInfoProto info(Value value) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (long extent : value.shape().toArray()) {
            shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(extent));
        }
        return ValueInfoProto.newBuilder()
                .setName(value.name())
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(TensorReader.number(value.type()))
                                .setShape(shape)))
                .build();
    }

    static TensorProto tensor(String name, Tensor tensor) {
        TensorProto.Builder proto =
                TensorProto.newBuilder().setName(name).setDataType(TensorReader.number(tensor.type()));
        for (long extent : tensor.shape().toArray()) {
            proto.addDims(extent);
        }
        return proto.setRawData(UnsafeByteOperations.unsafeWrap(tensor.data().asByteBuffer()))
                .build();
    }
}
