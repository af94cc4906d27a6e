// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import static dev.inlay.onnx.ModelFile.integer;
import static dev.inlay.onnx.ModelFile.opset;
import static dev.inlay.onnx.ModelFile.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.AttributeProto;
import dev.inlay.backend.reference.GraphInterpreter;
import dev.inlay.encoding.Coded;
import dev.inlay.graph.Graph;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** QONNX's rounding modes and Trunc, against numbers computed by hand. */
class QonnxRoundingTest {
    private static final String QONNX = "qonnx.custom_op.general";
    private static final List<String> VERSION_1 = List.of("x", "s", "z", "in", "out");
    private static final List<String> VERSION_2 = List.of("x", "s", "z", "in", "os", "out");
    private static final float SCALE = 0.5f;

    /** The table of QONNX's page on IntQuant. */
    @ParameterizedTest
    @CsvSource({
        "ROUND,         6 2 2 1 1 -1 -1 -2 -2 -6",
        "round,         6 2 2 1 1 -1 -1 -2 -2 -6",
        "HALF_EVEN,     6 2 2 1 1 -1 -1 -2 -2 -6",
        "CEIL,          6 3 2 2 1 -1 -1 -1 -2 -5",
        "FLOOR,         5 2 1 1 1 -1 -2 -2 -3 -6",
        "UP,            6 3 2 2 1 -1 -2 -2 -3 -6",
        "DOWN,          5 2 1 1 1 -1 -1 -1 -2 -5",
        "ROUND_TO_ZERO, 5 2 1 1 1 -1 -1 -1 -2 -5",
        "HALF_UP,       6 3 2 1 1 -1 -1 -2 -3 -6",
        "half_down,     5 2 2 1 1 -1 -1 -2 -2 -5"
    })
    void roundsAsTheTableSays(String mode, String expected) {
        both(mode, 0, "5.5 2.5 1.6 1.1 1 -1 -1.1 -1.6 -2.5 -5.5", expected);
    }

    /** The zero point is added before: -1.5, -3.5 and -4.75 scales are the codes 1.5, -0.5 and -1.75 of zero point 3. */
    @ParameterizedTest
    @CsvSource({
        "CEIL,      -1 -3 -4",
        "FLOOR,     -2 -4 -5",
        "UP,        -1 -4 -5",
        "DOWN,      -2 -3 -4",
        "HALF_UP,   -1 -4 -5",
        "HALF_DOWN, -2 -3 -5"
    })
    void roundsCodesRatherThanScales(String mode, String expected) {
        both(mode, 3, "-1.5 -3.5 -4.75", expected);
    }

    /** Scales of 0.5: 12.5, -20 and 4.1 are the codes 25, -40 and 8; without four bits 1.5625, -2.5 and 0.5. */
    @ParameterizedTest
    @CsvSource({
        "FLOOR,         1 -3 0",
        "CEIL,          2 -2 1",
        "ROUND,         2 -2 0",
        "UP,            2 -3 1",
        "DOWN,          1 -2 0",
        "ROUND_TO_ZERO, 1 -2 0",
        "HALF_UP,       2 -3 1",
        "HALF_DOWN,     2 -2 0"
    })
    void truncDropsLowBits(String mode, String expected) {
        Graph graph = trunc(3, 0, VERSION_1, mode);
        assertArrayEquals(scaled(expected, SCALE), run(graph, "12.5 -20 4.1"));
    }

    /** (25 + 2) / 16 is 1.6875, and a version 1 that takes the zero point off as it was gives 1 - 2. */
    @Test
    void truncTakesItsZeroPointOffAgain() {
        Graph graph = trunc(1, 2, VERSION_1, "FLOOR");
        assertArrayEquals(new float[] {-SCALE}, run(graph, "12.5"));
    }

    /** An output scale of 8 is 16 times the input's, which is four bits; codes are cut to four. */
    @ParameterizedTest
    @CsvSource({
        "0,  1, 0, 1 -3 0 7 -8",
        "0,  1, 1, 1 -3 0 7 -7",
        "0,  0, 0, 1 0 0 15 0",
        "16, 1, 0, 1 -3 0 6 -9",
    })
    void truncOfVersionTwoRescales(int zero, int signed, int narrow, String expected) {
        Graph graph = trunc(5, zero, VERSION_2, "FLOOR", integer("signed", signed), integer("narrow", narrow));
        assertArrayEquals(scaled(expected, 8), run(graph, "12.5 -20 4.1 500 -500"));
    }

    private static Graph trunc(int numbers, int zero, List<String> inputs, String mode, AttributeProto... further) {
        AttributeProto[] attributes = Stream.concat(Stream.of(text("rounding_mode", mode)), Stream.of(further))
                .toArray(AttributeProto[]::new);
        return opset(13)
                .domain(QONNX, inputs.size() - 4)
                .input("x", numbers)
                .scalar("s", SCALE)
                .scalar("z", zero)
                .scalar("in", 8)
                .scalar("os", 8)
                .scalar("out", 4)
                .foreign(QONNX, "Trunc", inputs, "y", attributes)
                .output("y")
                .read();
    }

    /** A constant and a value computed at run time, in 8 signed bits. */
    private static void both(String mode, int zero, String steps, String expected) {
        float[] reals = scaled(steps, SCALE);
        Graph graph = opset(13)
                .domain(QONNX, 1)
                .input("x", reals.length)
                .constant("w", Tensor.of(Shape.of(reals.length), reals))
                .scalar("s", SCALE)
                .scalar("z", zero)
                .scalar("bits", 8)
                .foreign(QONNX, "IntQuant", List.of("w", "s", "z", "bits"), "v", text("rounding_mode", mode))
                .foreign(QONNX, "Quant", List.of("x", "s", "z", "bits"), "y", text("rounding_mode", mode))
                .output("y")
                .output("v")
                .read();
        Coded weights = graph.coded("v").orElseThrow();
        assertEquals(1, weights.terms().size());
        assertArrayEquals(scaled(expected, SCALE), weights.decode().toFloats(), "constant");
        assertArrayEquals(scaled(expected, SCALE), run(graph, steps, SCALE), "at run time");
    }

    private static float[] run(Graph graph, String numbers) {
        return run(graph, numbers, 1);
    }

    private static float[] run(Graph graph, String numbers, float scale) {
        float[] reals = scaled(numbers, scale);
        Tensor x = Tensor.of(Shape.of(reals.length), reals);
        return new GraphInterpreter(graph).run(Map.of("x", x)).get("y").toFloats();
    }

    private static float[] scaled(String numbers, float scale) {
        String[] words = numbers.split(" ", -1);
        float[] values = new float[words.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.parseFloat(words[i]) * scale;
        }
        return values;
    }
}
