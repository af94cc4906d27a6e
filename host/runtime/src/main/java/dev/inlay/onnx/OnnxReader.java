// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.UnsafeByteOperations;
import dev.inlay.graph.Graph;
import dev.inlay.graph.GraphException;
import dev.inlay.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;

/**
 * Reads ONNX model files of opset 7 to 22. Nothing in a file is trusted; whatever is wrong comes out as a
 * {@link GraphException}.
 *
 * <p>An input's extent that the file leaves open is 1 unless {@code shapes} says otherwise: a map from input names to
 * whole shapes, which may also replace extents that the file fixes.
 */
public final class OnnxReader {
    private static final long CHUNK_BYTES = 1L << 26;

    private OnnxReader() {}

    /**
     * @throws GraphException if the file is no model, is damaged, or holds something that cannot be imported
     */
    public static Graph read(Path file, Map<String, Shape> shapes) {
        return whole(inspect(file, shapes));
    }

    /** As {@link #read(Path, Map)}, of a model in memory, which can have no external data. */
    public static Graph read(byte[] model, Map<String, Shape> shapes) {
        return whole(inspect(model, shapes));
    }

    /**
     * Reads a model and lists every node that cannot be imported, where there are any, instead of giving up.
     *
     * @throws GraphException if the file is no model or is damaged
     */
    public static Inspection inspect(Path file, Map<String, Shape> shapes) {
        Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file.toAbsolutePath());
        if (!Files.isRegularFile(file)) {
            throw new GraphException("model: got \"" + file + "\", expected a file");
        }
        try (Arena arena = Arena.ofConfined();
                FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size > Limits.FILE_BYTES) {
                throw new GraphException("model: got a file of " + size + " bytes, expected at most "
                        + Limits.FILE_BYTES + " and the rest as external data");
            }
            MemorySegment bytes = arena.allocate(size);
            for (long done = 0; done < size; ) {
                int count = channel.read(
                        bytes.asSlice(done, Math.min(CHUNK_BYTES, size - done)).asByteBuffer());
                if (count < 0) {
                    throw new GraphException("model: got " + done + " bytes, expected " + size);
                }
                done += count;
            }
            String name = String.valueOf(file.getFileName()).replaceFirst("\\.onnx$", "");
            return inspect(bytes.asByteBuffer(), name, Optional.of(new ExternalData(folder)), shapes);
        } catch (IOException e) {
            throw new GraphException(
                    "model: got \"" + file + "\", expected a readable file (" + e.getMessage() + ")", e);
        }
    }

    /** As {@link #inspect(Path, Map)}, of a model in memory, which can have no external data. */
    public static Inspection inspect(byte[] model, Map<String, Shape> shapes) {
        return inspect(ByteBuffer.wrap(model), "model", Optional.empty(), shapes);
    }

    private static Graph whole(Inspection inspection) {
        return inspection.graph().orElseThrow(() -> {
            Unsupported first = inspection.unsupported().getFirst();
            int others = inspection.unsupported().size() - 1;
            return new GraphException("node \"" + first.node() + "\" (" + first.op() + "): " + first.why()
                    + (others == 0 ? "" : "; " + others + " more unsupported"));
        });
    }

    private static Inspection inspect(
            ByteBuffer bytes, String name, Optional<ExternalData> external, Map<String, Shape> shapes) {
        try {
            return new ModelImport(parse(bytes), name, external, shapes).run();
        } catch (GraphException e) {
            throw new GraphException(OneLine.of(String.valueOf(e.getMessage())), e);
        }
    }

    private static ModelProto parse(ByteBuffer bytes) {
        try {
            // Raw tensor data stays where it is until it is copied into a tensor.
            ByteString wire = UnsafeByteOperations.unsafeWrap(bytes);
            WireScan.check(
                    wire, ModelProto.getDescriptor(), Runtime.getRuntime().maxMemory() / 4);
            CodedInputStream in = wire.newCodedInput();
            in.enableAliasing(true);
            in.setRecursionLimit(Limits.DEPTH + 1);
            return DiscardUnknownFieldsParser.wrap(ModelProto.parser()).parseFrom(in);
        } catch (IOException e) {
            throw new GraphException("model: got bytes that are no ONNX model (" + e.getMessage() + ")", e);
        }
    }
}
