// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.inlay.encoding.Hashed;
import dev.inlay.encoding.Levels;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;

/** Bodies of the functions that decode weights; the functions' inputs and attributes are {@link InlayFunction}'s. */
final class WeightBodies {
    private static final int MOST_BITS = 17;

    private WeightBodies() {}

    static void integers(FunctionBody body) {
        scaled(body, body.op("Add", unpacked(body, powers(body)), body.floatAttribute("low")));
    }

    static void odd(FunctionBody body) {
        String powers = powers(body);
        String code = unpacked(body, powers);
        // Twice a code less the sum of its planes' powers is an odd number.
        String most = body.op("ReduceSum", List.of(powers), AttributeWriter.of("keepdims", 0));
        scaled(body, body.op("Sub", body.op("Add", code, code), most));
    }

    static void logarithmic(FunctionBody body) {
        String code = body.op("Sub", unpacked(body, powers(body)), body.floatAttribute("magnitudes"));
        String table = body.op("Gather", levels(body), root(body));
        String index = body.op("Cast", List.of(body.op("Abs", code)), AttributeWriter.of("to", DataType.INT32_VALUE));
        scaled(body, body.op("Mul", body.op("Sign", code), body.op("Gather", table, index)));
    }

    static void sparse(FunctionBody body) {
        String pairs = body.op("Cast", List.of("runs"), AttributeWriter.of("to", DataType.INT64_VALUE));
        String both = body.op("Unsqueeze", pairs, body.integers(1));
        String halves = body.op("Mod", body.op("Div", both, body.integers(1, 16)), body.integer(16));
        String runs = body.op("Reshape", halves, body.integers(-1));
        String held = body.op("Slice", runs, body.integers(0), body.op("Shape", "values"), body.integers(0));
        String ends = body.op("CumSum", body.op("Add", held, body.integer(1)), body.integer(0));
        String places = body.op("Sub", ends, body.integer(1));
        String count = body.op("ReduceProd", List.of("shape"), AttributeWriter.of("keepdims", 1));
        String zeros = body.op("ConstantOfShape", count);
        String filled = body.op("ScatterElements", zeros, places, "values");
        body.result("Reshape", filled, "shape");
    }

    /** Scatters what is held into whole groups, and cuts off what the last ones have behind the end of the axis. */
    static void nOfM(FunctionBody body) {
        String axis = vector(body, body.attribute("axis"));
        String n = vector(body, body.attribute("n"));
        String m = vector(body, body.attribute("m"));
        String extent = body.op("Gather", "shape", axis);
        String groups = body.op("Div", body.op("Sub", body.op("Add", extent, m), body.integer(1)), m);
        String outer = product(body, body.op("Slice", "shape", body.integers(0), axis));
        String next = body.op("Add", axis, body.integer(1));
        String inner = product(body, body.op("Slice", "shape", next, body.integers(Integer.MAX_VALUE)));
        String held = body.op("Concat", List.of(outer, groups, n, inner), AttributeWriter.of("axis", 0));
        String whole = body.op("Concat", List.of(outer, groups, m, inner), AttributeWriter.of("axis", 0));
        String codes = body.op(
                "Slice", filled(body, powers(body)), body.integers(0), body.op("Shape", "values"), body.integers(0));
        String places = body.op("Cast", List.of(codes), AttributeWriter.of("to", DataType.INT64_VALUE));
        String scattered = body.op(
                "ScatterElements",
                List.of(
                        body.op("ConstantOfShape", whole),
                        body.op("Reshape", places, held),
                        body.op("Reshape", "values", held)),
                AttributeWriter.of("axis", 2));
        String flat =
                body.op("Concat", List.of(outer, body.op("Mul", groups, m), inner), AttributeWriter.of("axis", 0));
        String cut = body.op("Slice", body.op("Reshape", scattered, flat), body.integers(0), extent, body.integers(1));
        body.result("Reshape", cut, "shape");
    }

    private static String vector(FunctionBody body, String scalar) {
        return body.op("Reshape", scalar, body.integers(1));
    }

    /** The product of the numbers of a vector, 1 of none. */
    private static String product(FunctionBody body, String vector) {
        String some = body.op("Concat", List.of(body.integers(1), vector), AttributeWriter.of("axis", 0));
        return body.op("ReduceProd", List.of(some), AttributeWriter.of("keepdims", 1));
    }

    static void table(FunctionBody body) {
        String code = unpacked(body, powers(body));
        String index = body.op("Cast", List.of(code), AttributeWriter.of("to", DataType.INT32_VALUE));
        scaled(body, body.op("Gather", "table", index));
    }

    /** Gathers blocks, lays them side by side and cuts off what fills up the last ones. */
    static void blockCirculant(FunctionBody body) {
        String block = body.attribute("block");
        String along = body.op("Range", body.integer(0), block, body.integer(1));
        String rows = body.op("Unsqueeze", along, body.integers(1));
        String places = body.op("Mod", body.op("Sub", rows, along), block);
        String blocks = body.op("Gather", List.of("vectors", places), AttributeWriter.of("axis", 3));
        String ordered = body.op("Transpose", List.of(blocks), AttributeWriter.of("perm", List.of(0, 3, 1, 4, 2)));
        String counts = body.op("Slice", body.op("Shape", "vectors"), body.integers(0), body.integers(2));
        String taps = body.op("Gather", body.op("Shape", "vectors"), body.integers(2));
        String padded = body.op("Concat", List.of(body.op("Mul", counts, block), taps), AttributeWriter.of("axis", 0));
        String whole = body.op("Reshape", ordered, padded);
        String extents = body.op("Slice", "shape", body.integers(0), body.integers(2));
        body.result("Reshape", body.op("Slice", whole, body.integers(0, 0), extents), "shape");
    }

    /** Gathers each weight's bucket and gives it its sign. */
    static void hashed(FunctionBody body) {
        String rows = body.op("Gather", "shape", body.integer(0));
        String count = body.op("ReduceProd", List.of("shape"), AttributeWriter.of("keepdims", 0));
        String i = body.op("Range", body.integer(0), rows, body.integer(1));
        String j = body.op("Range", body.integer(0), body.op("Div", count, rows), body.integer(1));
        String row = body.op("Unsqueeze", i, body.integers(1));
        String place = body.op("Mod", hash(body, row, j, Hashed.PLACE), body.op("Size", "buckets"));
        String odd = body.toFloat(body.op("Mod", hash(body, row, j, Hashed.SIGN), body.integer(2)));
        String sign = body.op("Sub", body.number(1), body.op("Add", odd, odd));
        body.result("Reshape", body.op("Mul", body.op("Gather", "buckets", place), sign), "shape");
    }

    private static String hash(FunctionBody body, String row, String column, Hashed.Hash hash) {
        String rows = body.op("Add", body.op("Mul", row, body.integer(hash.row())), body.integer(hash.start()));
        String sum = body.op("Add", rows, body.op("Mul", column, body.integer(hash.column())));
        return body.op("Mod", sum, body.integer(Hashed.Hash.PRIME));
    }

    /** Gathers centroids, lays them side by side and cuts off what fills up the last ones. */
    static void product(FunctionBody body) {
        String extents = body.op("Shape", "centroids");
        String blocks = part(body, extents, 0);
        String length = part(body, extents, 2);
        String outputs = part(body, "shape", 0);
        String inputs = part(body, "shape", 1);
        String taps = body.op("Div", count(body), body.op("Mul", outputs, inputs));
        String count = body.op("Mul", body.op("Mul", blocks, taps), outputs);
        String codes = body.op("Slice", filled(body, powers(body)), body.integers(0), count, body.integers(0));
        String places = body.op("Cast", List.of(codes), AttributeWriter.of("to", DataType.INT64_VALUE));
        String last = body.op("Squeeze", blocks);
        String along = body.op("Range", body.integer(0), last, body.integer(1));
        String first = body.op("Unsqueeze", body.op("Mul", along, part(body, extents, 1)), body.integers(1));
        String ofBlocks = body.op("Reshape", places, together(body, blocks, body.integers(-1)));
        String all = body.op("Reshape", "centroids", together(body, body.integers(-1), length));
        String found = body.op("Gather", all, body.op("Add", ofBlocks, first));
        String parted = body.op("Reshape", found, together(body, blocks, taps, outputs, length));
        String ordered = body.op("Transpose", List.of(parted), AttributeWriter.of("perm", List.of(2, 0, 3, 1)));
        String whole = body.op("Reshape", ordered, together(body, outputs, body.integers(-1), taps));
        body.result("Reshape", body.op("Slice", whole, body.integers(0), inputs, body.integers(1)), "shape");
    }

    /** One of several extents, as a vector. */
    private static String part(FunctionBody body, String extents, int axis) {
        return body.op("Slice", extents, body.integers(axis), body.integers(axis + 1));
    }

    private static String together(FunctionBody body, String... extents) {
        return body.op("Concat", List.of(extents), AttributeWriter.of("axis", 0));
    }

    /** The row of a table for the attribute root. */
    static String root(FunctionBody body) {
        return body.op("Sub", body.attribute("root"), body.integer(1));
    }

    /** Zero and the powers, a row for each root. */
    static String levels(FunctionBody body) {
        Tensor table = Tensor.allocate(ElementType.FLOAT32, Shape.of(2, 128));
        for (int root = 1; root <= 2; root++) {
            Levels.Logarithmic levels = new Levels.Logarithmic(127, root);
            for (int code = 0; code <= levels.high(); code++) {
                table.set((root - 1) * 128L + code, levels.level(code));
            }
        }
        return body.constant(table);
    }

    /** How many weights there are. */
    private static String count(FunctionBody body) {
        return body.op("ReduceProd", List.of("shape"), AttributeWriter.of("keepdims", 1));
    }

    /** Powers of two, one for each plane. */
    private static String powers(FunctionBody body) {
        float[] powers = new float[MOST_BITS];
        for (int plane = 0; plane < MOST_BITS; plane++) {
            powers[plane] = 1 << plane;
        }
        String planes = body.op("Gather", body.op("Shape", "planes"), body.integers(0));
        return body.op("Slice", body.numbers(powers), body.integers(0), planes, body.integers(0));
    }

    /** The codes less the least, as a vector of FLOAT32. */
    private static String unpacked(FunctionBody body, String powers) {
        String codes = filled(body, powers);
        String count = count(body);
        return body.op("Slice", codes, body.integers(0), count, body.integers(0));
    }

    /** The same with those that fill up the last byte. */
    private static String filled(FunctionBody body, String powers) {
        String bytes = body.op(
                "Unsqueeze", body.op("Range", body.integer(0), body.integer(256), body.integer(1)), body.integers(1));
        String shifted = body.op("Div", bytes, body.integers(1, 2, 4, 8, 16, 32, 64, 128));
        String bitsOfByte = body.toFloat(body.op("Mod", shifted, body.integer(2)));
        String index = body.op("Cast", List.of("planes"), AttributeWriter.of("to", DataType.INT32_VALUE));
        String bits = body.op("Reshape", body.op("Gather", bitsOfByte, index), body.integers(0, -1));
        String weighted = body.op("Mul", bits, body.op("Unsqueeze", powers, body.integers(1)));
        return body.op("ReduceSum", List.of(weighted, body.integers(0)), AttributeWriter.of("keepdims", 0));
    }

    private static void scaled(FunctionBody body, String levels) {
        String axis = body.attribute("axis");
        String extent = body.op("Gather", "shape", axis);
        String along = body.op("Range", body.integer(0), extent, body.integer(1));
        String block = body.op("Div", along, body.op("Max", body.attribute("block"), body.integer(1)));
        String last = body.op("Sub", body.op("Gather", body.op("Shape", "scales"), axis), body.integer(1));
        String scales = body.op(
                "Gather", List.of("scales", body.op("Min", block, last)), FunctionBody.reference("axis", "axis"));
        body.result("Mul", body.op("Reshape", levels, "shape"), scales);
    }
}
