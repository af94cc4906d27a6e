// SPDX-License-Identifier: Apache-2.0
package dev.inlay.rewrite;

import dev.inlay.graph.Graph;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Node;
import dev.inlay.graph.Patch;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;

/** Arithmetic with a constant per channel after a contraction goes into its weights and bias. */
record AffineFolding() implements Rule {
    @Override
    public Optional<Patch> apply(Graph graph, Node node) {
        if (!(node.op() instanceof Lanewise.Binary binary)) {
            return Optional.empty();
        }
        boolean constantLast = graph.constant(node.input(1)).isPresent();
        String value = node.input(constantLast ? 0 : 1);
        Optional<Tensor> constant = graph.constant(node.input(constantLast ? 1 : 0));
        Optional<OutputAffine> contraction = OutputAffine.of(graph, value);
        if (constant.isEmpty() || contraction.isEmpty()) {
            return Optional.empty();
        }
        return perChannel(graph.value(value).shape(), contraction.get(), constant.get())
                .flatMap(numbers -> folded(node, contraction.get(), binary.arithmetic(), constantLast, numbers));
    }

    private static Optional<Patch> folded(
            Node node,
            OutputAffine contraction,
            Lanewise.Arithmetic arithmetic,
            boolean constantLast,
            double[] numbers) {
        double[] scale = filled(numbers.length, 1);
        double[] shift = new double[numbers.length];
        switch (arithmetic) {
            case ADD -> shift = numbers;
            case MUL -> scale = numbers;
            case SUB -> {
                shift = constantLast ? negated(numbers) : numbers;
                scale = filled(numbers.length, constantLast ? 1 : -1);
            }
            case DIV -> {
                if (!constantLast) {
                    return Optional.empty();
                }
                scale = Arrays.stream(numbers).map(number -> 1 / number).toArray();
            }
            case POW, MIN, MAX -> {
                return Optional.empty();
            }
        }
        if (!Arrays.stream(scale).allMatch(Double::isFinite)
                || !Arrays.stream(shift).allMatch(Double::isFinite)) {
            return Optional.empty();
        }
        return contraction.followedBy(node, scale, shift);
    }

    private static double[] filled(int count, double number) {
        double[] numbers = new double[count];
        Arrays.fill(numbers, number);
        return numbers;
    }

    private static double[] negated(double[] numbers) {
        return Arrays.stream(numbers).map(number -> -number).toArray();
    }

    /** The constant's number for each channel, if it broadcasts to the output with one number per channel. */
    private static Optional<double[]> perChannel(Shape output, OutputAffine contraction, Tensor constant) {
        Shape shape = constant.shape();
        if (constant.type() != ElementType.FLOAT32 || shape.rank() > output.rank()) {
            return Optional.empty();
        }
        int fromLast = contraction.channelAxis() - output.rank();
        for (int axis = -1; axis >= -shape.rank(); axis--) {
            long most = axis == fromLast ? contraction.channels() : 1;
            if (shape.extent(axis) != 1 && shape.extent(axis) != most) {
                return Optional.empty();
            }
        }
        double[] numbers = new double[contraction.channels()];
        for (int channel = 0; channel < numbers.length; channel++) {
            numbers[channel] = constant.getFloat(constant.elements() == 1 ? 0 : channel);
        }
        return Optional.of(numbers);
    }
}
