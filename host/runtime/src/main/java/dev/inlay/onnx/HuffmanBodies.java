// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.inlay.encoding.Huffman;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;

/**
 * Bodies of the functions that undo a {@link Huffman} code; their inputs are {@link InlayFunction}'s. Nothing in them
 * loops: every bit of the stream is looked at as the first of a code word, which gives the bit where the next one would
 * begin, and the places of a chunk's code words follow from its first by doubling: the next one, the two after, the four
 * after those.
 */
final class HuffmanBodies {
    private static final int WINDOWS = 1 << Huffman.LONGEST;
    private static final int BYTE_VALUES = 256;
    /** Above the length of every code word. */
    private static final int UNUSED = 16;

    private HuffmanBodies() {}

    /** Codes as planes of their bits. */
    static void planes(FunctionBody body) {
        String codes = body.op("Reshape", symbols(body, Byte.SIZE), body.integers(1, -1, Byte.SIZE));
        String count = body.op("Unsqueeze", body.attribute("bits"), body.integers(0));
        String powers = body.op("Slice", narrow(body, 1, 2, 4, 8, 16, 32, 64, 128), body.integers(0), count);
        String planes = body.op("Reshape", powers, body.integers(-1, 1, 1));
        String bits = body.op("Mod", body.op("Div", codes, planes), narrow(body, 2));
        packed(body, body.op("Mul", bits, narrow(body, 1, 2, 4, 8, 16, 32, 64, 128)), 2);
    }

    /** Runs of zeros, two a byte. */
    static void runs(FunctionBody body) {
        String pairs = body.op("Reshape", symbols(body, 2), body.integers(-1, 2));
        packed(body, body.op("Mul", pairs, narrow(body, 1, UNUSED)), 1);
    }

    private static void packed(FunctionBody body, String weighted, int axis) {
        String bytes = body.op("ReduceSum", List.of(weighted, body.integers(axis)), AttributeWriter.of("keepdims", 0));
        body.result("Cast", List.of(bytes), AttributeWriter.of("to", DataType.UINT8_VALUE));
    }

    /** The symbols as a vector of INT32, filled up with any to a multiple of {@code together}. */
    private static String symbols(FunctionBody body, int together) {
        Table table = table(body);
        String windows = windows(body);
        String total = body.op("Shape", windows);
        String bits = body.op("Range", body.integer(0), body.op("Squeeze", total), body.integer(1));
        String step = body.op("Gather", table.lengths(), windows);
        String last = body.op("Sub", total, body.integers(1));
        String next = body.op("Min", body.op("Add", toInt(body, bits), step), toInt(body, last));
        String places = body.op("Unsqueeze", "starts", body.integers(1));
        for (int known = 1; known < Huffman.CHUNK; known *= 2) {
            String after = body.op("Gather", next, places);
            places = body.op("Concat", List.of(places, after), AttributeWriter.of("axis", 1));
            next = 2 * known < Huffman.CHUNK ? body.op("Gather", next, next) : next;
        }
        String all = body.op("Gather", table.symbols(), body.op("Gather", windows, places));
        String count = body.op("ReduceProd", List.of("shape"), AttributeWriter.of("keepdims", 1));
        String groups = body.op("Div", body.op("Add", count, body.integer(together - 1)), body.integer(together));
        String end = body.op("Mul", groups, body.integer(together));
        return body.op("Slice", body.op("Reshape", all, body.integers(-1)), body.integers(0), end);
    }

    /** As many bits as a code word may have, from every bit of the stream on, as numbers. */
    private static String windows(FunctionBody body) {
        String bytes = toInt(body, "stream");
        String filled = body.op("Concat", List.of(bytes, narrow(body, 0, 0)), AttributeWriter.of("axis", 0));
        String count = body.op("Shape", "stream");
        String three = "";
        for (int i = 0; i < 3; i++) {
            String end = body.op("Add", count, body.integer(i));
            String next = body.op("Slice", filled, body.integers(i), end);
            three = i == 0 ? next : body.op("Add", body.op("Mul", three, narrow(body, BYTE_VALUES)), next);
        }
        int[] divisors = new int[Byte.SIZE];
        for (int bit = 0; bit < Byte.SIZE; bit++) {
            divisors[bit] = WINDOWS >> bit;
        }
        String shifted = body.op("Div", body.op("Unsqueeze", three, body.integers(1)), narrow(body, divisors));
        return body.op("Reshape", body.op("Mod", shifted, narrow(body, WINDOWS)), body.integers(-1));
    }

    /**
     * What a window begins with.
     *
     * @param symbols INT32, one a window
     * @param lengths of their code words, likewise
     */
    private record Table(String symbols, String lengths) {}

    /** A symbol's windows follow those of all symbols that have shorter code words, or as long ones and come before. */
    private static Table table(FunctionBody body) {
        String both = body.op("Unsqueeze", toInt(body, "lengths"), body.integers(1));
        String halves = body.op("Mod", body.op("Div", both, narrow(body, 1, UNUSED)), narrow(body, UNUSED));
        String lengths = body.op("Reshape", halves, body.integers(-1));
        String count = body.op("Squeeze", body.op("Shape", lengths));
        String symbols = toInt(body, body.op("Range", body.integer(0), count, body.integer(1)));
        int[] fills = new int[UNUSED];
        for (int length = 1; length <= Huffman.LONGEST; length++) {
            fills[length] = WINDOWS >> length;
        }
        String filled = body.toFloat(body.op("Gather", narrow(body, fills), lengths));
        String place = body.op("Add", body.op("Mul", lengths, narrow(body, BYTE_VALUES)), symbols);
        String before = body.op("Less", place, body.op("Unsqueeze", place, body.integers(1)));
        String starts = body.op("MatMul", body.toFloat(before), filled);
        String ends = body.op("Add", starts, filled);
        String windows = body.op(
                "Unsqueeze",
                body.toFloat(body.op("Range", body.integer(0), body.integer(WINDOWS), body.integer(1))),
                body.integers(1));
        String inside =
                body.toFloat(body.op("And", body.op("LessOrEqual", starts, windows), body.op("Less", windows, ends)));
        return new Table(
                toInt(body, body.op("MatMul", inside, body.toFloat(symbols))),
                toInt(body, body.op("MatMul", inside, body.toFloat(lengths))));
    }

    private static String toInt(FunctionBody body, String value) {
        return body.op("Cast", List.of(value), AttributeWriter.of("to", DataType.INT32_VALUE));
    }

    /** A vector of INT32. */
    private static String narrow(FunctionBody body, int... values) {
        Tensor tensor = Tensor.allocate(ElementType.INT32, Shape.of(values.length));
        for (int i = 0; i < values.length; i++) {
            tensor.setLong(i, values[i]);
        }
        return body.constant(tensor);
    }
}
