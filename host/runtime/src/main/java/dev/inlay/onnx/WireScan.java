// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.WireFormat;
import dev.inlay.graph.GraphException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Walks a protocol buffer without building anything, and refuses one that nests too deeply or whose objects would take
 * too much heap: a message of two bytes becomes an object of more than a hundred.
 */
final class WireScan {
    private static final int MESSAGE_BYTES = 256;
    private static final int FIELD_BYTES = 64;

    private final CodedInputStream in;
    private final long limit;
    private long heapBytes;

    private WireScan(CodedInputStream in, long limit) {
        this.in = in;
        this.limit = limit;
    }

    /**
     * @param limit bytes of heap that the parsed message may take
     * @throws GraphException if it nests deeper than {@link Limits#DEPTH} or would take more than {@code limit}
     * @throws IOException if the bytes are no protocol buffer
     */
    static void check(ByteString bytes, Descriptor type, long limit) throws IOException {
        new WireScan(bytes.newCodedInput(), limit).message(type, 1);
    }

    private void message(Descriptor type, int depth) throws IOException {
        if (depth > Limits.DEPTH) {
            throw new GraphException("model: got messages nested deeper than " + Limits.DEPTH + ", expected fewer");
        }
        take(MESSAGE_BYTES);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            FieldDescriptor field = type.findFieldByNumber(WireFormat.getTagFieldNumber(tag));
            switch (WireFormat.getTagWireType(tag)) {
                case WireFormat.WIRETYPE_LENGTH_DELIMITED -> delimited(field, depth);
                case WireFormat.WIRETYPE_VARINT, WireFormat.WIRETYPE_FIXED32, WireFormat.WIRETYPE_FIXED64 -> {
                    take(FIELD_BYTES);
                    in.skipField(tag);
                }
                default ->
                    throw new GraphException("model: got a protocol buffer with field " + tag
                            + " of a kind that ONNX has not, expected an ONNX model");
            }
        }
    }

    private void delimited(@Nullable FieldDescriptor field, int depth) throws IOException {
        int length = in.readRawVarint32();
        if (field != null && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
            int outer = in.pushLimit(length);
            message(field.getMessageType(), depth + 1);
            in.popLimit(outer);
            return;
        }
        // Raw bytes stay where they are; a packed number of one byte may become a long.
        long perByte = field == null
                ? 0
                : switch (field.getJavaType()) {
                    case INT, LONG, BOOLEAN, ENUM -> 12;
                    case FLOAT, DOUBLE, STRING -> 3;
                    case BYTE_STRING, MESSAGE -> 0;
                };
        take(FIELD_BYTES + perByte * Math.max(0, length));
        in.skipRawBytes(length);
    }

    private void take(long bytes) {
        heapBytes += bytes;
        if (heapBytes > limit) {
            throw new GraphException("model: got a structure that takes more than " + limit
                    + " bytes beside its raw tensor data, expected less");
        }
    }
}
