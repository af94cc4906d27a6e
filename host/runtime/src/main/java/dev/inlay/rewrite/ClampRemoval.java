// SPDX-License-Identifier: Apache-2.0
package dev.inlay.rewrite;

import dev.inlay.encoding.Quantizer;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Function;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Node;
import dev.inlay.graph.Patch;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A rectifier, or a clip, whose every bound becomes the last code on its side in the quantisation behind it goes: what
 * it cuts off is cut off there as well. Between the two stands arithmetic with constants that keeps the order of numbers,
 * and that a contraction before the rectifier can then take in; where nothing stands between, the rectifier costs nothing
 * and stays.
 */
record ClampRemoval() implements Rule {
    @Override
    public Optional<Patch> apply(Graph graph, Node node) {
        if (!(node.op() instanceof Lanewise.Quantize quantize)
                || !(quantize.to() instanceof Quantizer.Uniform uniform)) {
            return Optional.empty();
        }
        List<Step> steps = new ArrayList<>();
        Optional<Node> producer = before(graph, node.input(0));
        while (producer.isPresent() && producer.get().op() instanceof Lanewise.Binary binary) {
            Optional<Step> step = Step.of(graph, producer.get(), binary.arithmetic());
            if (step.isEmpty()) {
                return Optional.empty();
            }
            steps.addFirst(step.get());
            producer = before(graph, step.get().from());
        }
        return producer.filter(maker -> !steps.isEmpty()).flatMap(maker -> without(maker, steps, uniform));
    }

    /** The node that makes a value for one reader alone. */
    private static Optional<Node> before(Graph graph, String value) {
        return graph.isOutput(value) || graph.consumers(value).size() != 1
                ? Optional.empty()
                : graph.producer(value).filter(node -> node.quantizer().isEmpty());
    }

    private static Optional<Patch> without(Node node, List<Step> steps, Quantizer.Uniform uniform) {
        Node changed;
        if (node.op() instanceof Lanewise.Unary unary && changesNoCode(unary.function(), steps, uniform)) {
            changed = new Node(node.name(), new Lanewise.Unary(Function.IDENTITY), node.inputs(), node.outputs());
        } else if (node.op() instanceof Contraction contraction
                && changesNoCode(contraction.epilogue().activation(), steps, uniform)) {
            changed = new Node(
                    node.name(),
                    contraction.withEpilogue(contraction.epilogue().withActivation(Function.IDENTITY)),
                    node.inputs(),
                    node.outputs());
        } else {
            return Optional.empty();
        }
        return Optional.of(new Patch(Set.of(node.name()), List.of(changed), Map.of()));
    }

    private static boolean changesNoCode(Function clamp, List<Step> steps, Quantizer.Uniform uniform) {
        float low;
        float high;
        switch (clamp.kind()) {
            case RELU -> {
                low = 0;
                high = Float.POSITIVE_INFINITY;
            }
            case CLIP -> {
                low = clamp.alpha();
                high = clamp.beta();
            }
            default -> {
                return false;
            }
        }
        long channels = steps.stream()
                .mapToLong(step -> step.constant().elements())
                .max()
                .orElse(1);
        for (long channel = 0; channel < channels; channel++) {
            if (code(low, channel, steps, uniform) != uniform.levels().low()
                    || code(high, channel, steps, uniform) != uniform.levels().high()) {
                return false;
            }
        }
        return true;
    }

    private static int code(float real, long channel, List<Step> steps, Quantizer.Uniform uniform) {
        float number = real;
        for (Step step : steps) {
            number = step.apply(number, channel);
        }
        return uniform.code(number);
    }

    /**
     * Arithmetic with a constant on the right that keeps the order of numbers.
     *
     * @param from the value on the left
     * @param constant one number, or one for each channel
     */
    private record Step(Lanewise.Arithmetic arithmetic, String from, Tensor constant) {
        static Optional<Step> of(Graph graph, Node node, Lanewise.Arithmetic arithmetic) {
            Optional<Tensor> constant =
                    graph.constant(node.input(1)).filter(tensor -> tensor.type() == ElementType.FLOAT32);
            return constant.map(tensor -> new Step(arithmetic, node.input(0), tensor))
                    .filter(step -> step.isAlong(graph) && step.keepsOrder());
        }

        /** Whether the constant's numbers lie along the channels, so that those of several steps meet in pairs. */
        private boolean isAlong(Graph graph) {
            int rank = graph.value(from).shape().rank();
            int axis = rank == 4 ? -3 : -1;
            return constant.elements() == 1
                    || (constant.shape().rank() <= rank
                            && constant.shape().rank() >= -axis
                            && constant.shape().extent(axis) == constant.elements());
        }

        private boolean keepsOrder() {
            boolean scales = arithmetic == Lanewise.Arithmetic.MUL || arithmetic == Lanewise.Arithmetic.DIV;
            boolean shifts = arithmetic == Lanewise.Arithmetic.ADD || arithmetic == Lanewise.Arithmetic.SUB;
            for (long i = 0; i < constant.elements(); i++) {
                float number = constant.getFloat(i);
                if (!Float.isFinite(number) || !(shifts || (scales && number > 0))) {
                    return false;
                }
            }
            return true;
        }

        float apply(float number, long channel) {
            float other = constant.getFloat(constant.elements() == 1 ? 0 : channel);
            return switch (arithmetic) {
                case ADD -> number + other;
                case SUB -> number - other;
                case MUL -> number * other;
                case DIV -> number / other;
                case POW, MIN, MAX -> throw new IllegalStateException("got " + arithmetic + ", expected a kept order");
            };
        }
    }
}
