// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Quantizer;
import dev.inlay.graph.CodedForm;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Function;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Node;
import dev.inlay.graph.Value;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The integers of a contraction against the same contraction in floats. All scales are powers of two and the bias lies on
 * the accumulator's grid, so that floats are exact too and every bit must agree.
 */
final class IntegerReferenceTest {
    private static final Quantizer.Uniform X = new Quantizer.Uniform(Levels.Integers.UNSIGNED_8, 0x1p-4f, 100);
    private static final Quantizer.Uniform R = new Quantizer.Uniform(Levels.Integers.SIGNED_8, 0x1p-2f, -9);
    private static final Quantizer.Uniform Y = new Quantizer.Uniform(Levels.Integers.SIGNED_8, 0x1p-3f, 17);
    private static final Quantizer.Uniform SIGNS = new Quantizer.Uniform(Levels.Odd.BINARY, 0.5f, 0);

    static Stream<Arguments> cases() {
        Function leaky = new Function(Function.Kind.LEAKY_RELU, 0.25f, 0);
        return Stream.of(
                Arguments.of("plain", Y, new Epilogue(false, Function.IDENTITY)),
                Arguments.of("rectifier", Y, new Epilogue(false, Function.RELU)),
                Arguments.of("bounds", Y, new Epilogue(false, Function.clip(-3.0625f, 5.1875f))),
                Arguments.of("leaky", Y, new Epilogue(false, leaky)),
                Arguments.of("residual", Y, new Epilogue(true, Function.RELU)),
                Arguments.of("residual below a bound", Y, new Epilogue(true, Function.clip(-9, 4.0625f))),
                Arguments.of("threshold", SIGNS, Epilogue.NONE),
                Arguments.of("sign of a residual sum", SIGNS, new Epilogue(true, Function.IDENTITY)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void agreesWithExactFloats(String name, Quantizer.Uniform y, Epilogue epilogue) {
        Random random = new Random(3);
        Tensor codes = Tensor.allocate(ElementType.INT8, Shape.of(5, 7));
        for (long i = 0; i < codes.elements(); i++) {
            codes.setLong(i, random.nextInt(255) - 127);
        }
        // Channel 1 turns a threshold round.
        Tensor scales = Tensor.of(Shape.of(5), 0x1p-6f, -0x1p-5f, 0x1p-7f, 0x1p-6f, 0x1p-5f);
        Tensor bias = Tensor.of(Shape.of(5), 3.5f, -1.25f, 0f, 100.25f, -0.5f);
        Node node = new Node(
                "product",
                new Contraction.Gemm(1, 1, false, true, epilogue),
                epilogue.residual() ? List.of("x", "w", "b", "r") : List.of("x", "w", "b"),
                List.of("y"),
                Optional.of(y));
        Graph graph = Graph.builder("exact")
                .input(new Value("x", ElementType.FLOAT32, Shape.of(64, 7), Optional.of(X)))
                .input(new Value("r", ElementType.FLOAT32, Shape.of(64, 5), Optional.of(R)))
                .encoded(
                        "w",
                        new Coded(
                                codes.shape(),
                                List.of(new Coded.Term(
                                        Levels.Integers.SIGNED_8, codes, new Coded.Scales(scales, 0, 0)))))
                .constant("b", bias)
                .node(node)
                .output("y")
                .build();
        assertTrue(CodedForm.of(graph, node).isPresent(), "this contraction has no integer form");
        Map<String, Tensor> inputs =
                Map.of("x", X.project(reals(random, 64, 7, 4)), "r", R.project(reals(random, 64, 5, 8)));
        List<Optional<Tensor>> operands = node.inputs().stream()
                .map(input -> Optional.ofNullable(inputs.get(input)).or(() -> graph.constant(input)))
                .toList();
        Tensor integers = Reference.evaluate(graph, node, operands).getFirst();
        Tensor floats =
                Reference.evaluate(node, operands, List.of(graph.value("y"))).getFirst();
        boolean low = false;
        boolean high = false;
        for (long i = 0; i < floats.elements(); i++) {
            assertEquals(floats.getFloat(i), integers.getFloat(i), "element " + i);
            low |= integers.getFloat(i) < 0;
            high |= integers.getFloat(i) > 0;
        }
        assertTrue(high && (low || epilogue.activation().equals(Function.RELU)), "the outputs are all alike");
    }

    private static Tensor reals(Random random, int rows, int columns, double scale) {
        Tensor tensor = Tensor.allocate(ElementType.FLOAT32, Shape.of(rows, columns));
        for (long i = 0; i < tensor.elements(); i++) {
            tensor.set(i, scale * random.nextGaussian());
        }
        return tensor;
    }
}
