// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Quantizer;
import dev.inlay.graph.CodedForm;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.FoldedForm;
import dev.inlay.graph.Function;
import dev.inlay.graph.Graph;
import dev.inlay.graph.IntegerForm;
import dev.inlay.graph.Node;
import dev.inlay.graph.Value;
import dev.inlay.graph.Window;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The forms that round, several terms, halves of exponents and blocks, against the same contraction of the numbers that
 * the codes stand for, in floats.
 */
final class CodedContractionTest {
    private static final int CHANNELS = 20;
    private static final int OUTPUTS = 6;
    private static final double BOUND = 2e-6;

    static Stream<Arguments> cases() {
        Quantizer signs = new Quantizer.Uniform(Levels.Odd.BINARY, 0.7f, 0);
        Quantizer unsigned = new Quantizer.Uniform(Levels.Integers.UNSIGNED_8, 0.02f, 0);
        Quantizer shifted = new Quantizer.Uniform(Levels.Integers.UNSIGNED_8, 0.03f, 101);
        Quantizer signed = new Quantizer.Uniform(Levels.Integers.symmetric(8), 0.03f, 0);
        Quantizer halves = new Quantizer.Uniform(new Levels.Logarithmic(15, 2), 0.02f, 0);
        Levels roots = new Levels.Logarithmic(9, 2);
        Levels nibbles = Levels.Integers.symmetric(4);
        return Stream.of(
                Arguments.of("two terms", IntegerForm.class, signs, List.of(Levels.Odd.BINARY, Levels.Odd.BINARY), 0),
                Arguments.of("terms of two kinds", IntegerForm.class, shifted, List.of(nibbles, Levels.Odd.BINARY), 0),
                Arguments.of("halves of exponents", IntegerForm.class, halves, List.of(roots), 0),
                Arguments.of("halves in the weights", IntegerForm.class, unsigned, List.of(roots), 0),
                Arguments.of("blocks, zero point", FoldedForm.class, shifted, List.of(nibbles), 8),
                Arguments.of("blocks, signed", FoldedForm.class, signed, List.of(nibbles), 8),
                Arguments.of("block float", FoldedForm.class, new Quantizer.BlockFloat(8, 8), List.of(nibbles), 8));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void agreesWithFloats(
            String name, Class<? extends CodedForm> form, Quantizer held, List<Levels> weights, int block) {
        Random random = new Random(5);
        Shape in = Shape.of(2, CHANNELS, 5, 4);
        Shape out = Shape.of(2, OUTPUTS, 5, 4);
        boolean folded = block > 0;
        // Integers round a bias to the accumulator's grid.
        List<String> inputs = List.of("x", "w", folded ? "b" : "", "r");
        Node node = new Node(
                "conv",
                new Contraction.Conv(
                        new Window(3, 3, 1, 1, 1, 1, 1, 1, 1, 1), 1, new Epilogue(true, Function.clip(-0.8f, 1.5f))),
                inputs,
                List.of("y"),
                Optional.empty());
        Graph graph = Graph.builder("forms")
                .input(new Value("x", ElementType.FLOAT32, in, Optional.of(held)))
                .input(new Value("r", ElementType.FLOAT32, out))
                .encoded("w", weights(random, weights, block))
                .constant("b", reals(random, Shape.of(OUTPUTS), 0.3))
                .node(node)
                .output("y")
                .build();
        assertInstanceOf(form, CodedForm.of(graph, node).orElseThrow());
        Map<String, Tensor> given = Map.of("x", held.project(reals(random, in, 1)), "r", reals(random, out, 0.5));
        List<Optional<Tensor>> operands = inputs.stream()
                .map(input -> Optional.ofNullable(given.get(input)).or(() -> graph.constant(input)))
                .toList();
        Tensor coded = Reference.evaluate(graph, node, operands).getFirst();
        Tensor floats =
                Reference.evaluate(node, operands, List.of(graph.value("y"))).getFirst();
        int between = 0;
        for (long i = 0; i < floats.elements(); i++) {
            assertEquals(floats.getFloat(i), coded.getFloat(i), BOUND, "element " + i);
            between += Math.abs(floats.getFloat(i) - 0.35) < 1.1 ? 1 : 0;
        }
        assertTrue(between > floats.elements() / 4, "nearly all outputs are at a bound");
    }

    private static Coded weights(Random random, List<Levels> levels, int block) {
        Shape shape = Shape.of(OUTPUTS, CHANNELS, 3, 3);
        List<Coded.Term> terms = new ArrayList<>();
        for (Levels each : levels) {
            Tensor codes = Tensor.allocate(ElementType.INT8, shape);
            for (long i = 0; i < codes.elements(); i++) {
                codes.setLong(i, each.low() + random.nextInt(each.high() - each.low() + 1));
            }
            Shape of = block > 0 ? Shape.of(OUTPUTS, Math.ceilDiv(CHANNELS, block), 3, 3) : Shape.of(OUTPUTS);
            Tensor scales = reals(random, of, 0.06 / each.largest() / levels.size());
            terms.add(new Coded.Term(each, codes, new Coded.Scales(scales, block > 0 ? 1 : 0, block)));
        }
        return new Coded(shape, terms);
    }

    private static Tensor reals(Random random, Shape shape, double spread) {
        Tensor tensor = Tensor.allocate(ElementType.FLOAT32, shape);
        for (long i = 0; i < tensor.elements(); i++) {
            tensor.set(i, spread * random.nextGaussian());
        }
        return tensor;
    }
}
