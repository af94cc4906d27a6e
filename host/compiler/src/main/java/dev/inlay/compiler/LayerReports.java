// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler;

import dev.inlay.compiler.encode.EncodingError;
import dev.inlay.compiler.recipe.Recipe;
import dev.inlay.compiler.shape.Shaped;
import dev.inlay.compiler.shape.ShapedLayer;
import dev.inlay.encoding.Encoded;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Node;
import dev.inlay.graph.OperationCount;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * Says what became of layers.
 *
 * @param before the network as it was
 * @param shaped the same in its new shape
 * @param after the same with codes
 * @param emitter wrote it
 * @param coded layers in their new shape, by name, that have codes
 * @param encoded their codes
 */
record LayerReports(
        Graph before,
        Shaped shaped,
        Graph after,
        GraphEmitter emitter,
        Map<String, Layer> coded,
        Map<String, EncodedLayer> encoded) {
    /**
     * @param layer of the network as it was
     * @param rule for it
     * @param outputSqnr of its output, in dB
     */
    LayerReport of(Layer layer, Optional<Recipe.Rule> rule, Optional<Double> outputSqnr) {
        Optional<ShapedLayer> shape = shaped.layer(layer.name());
        List<String> parts = shape.map(ShapedLayer::parts).orElse(List.of(layer.name()));
        EncodingError error = error(layer, shape, parts);
        return new LayerReport(
                layer.name(),
                method(shape, rule),
                parameters(layer, shape, rule, parts),
                new LayerReport.LayerError(
                        error.max(), error.mse(), finite(Optional.of(error.sqnrDb())), finite(outputSqnr)),
                bytes(before, layer.node()),
                parts.stream()
                        .mapToLong(part -> bytes(after, nodes(part).getFirst()))
                        .sum(),
                OperationCount.of(before, layer.node()),
                parts.stream().mapToLong(this::operations).sum());
    }

    private static String method(Optional<ShapedLayer> shape, Optional<Recipe.Rule> rule) {
        List<String> titles = new ArrayList<>();
        shape.ifPresent(changed -> titles.addAll(changed.titles()));
        rule.flatMap(Recipe.Rule::weights).ifPresent(method -> titles.add(method.title()));
        rule.flatMap(Recipe.Rule::activations).ifPresent(method -> titles.add(method.title()));
        return titles.isEmpty() ? "float" : String.join(", ", titles);
    }

    private Map<String, Map<String, Object>> parameters(
            Layer layer, Optional<ShapedLayer> shape, Optional<Recipe.Rule> rule, List<String> parts) {
        Map<String, Map<String, Object>> parameters = new LinkedHashMap<>();
        shape.ifPresent(changed -> parameters.putAll(changed.parameters()));
        rule.flatMap(Recipe.Rule::weights).ifPresent(method -> {
            if (parts.size() > 1) {
                EncodedLayer first = encoded.get(parts.getFirst());
                parameters.put("firstWeights", method.parameters(first.weights()));
            }
            parameters.put(
                    "weights", method.parameters(encoded.get(layer.name()).weights()));
        });
        rule.flatMap(Recipe.Rule::activations).ifPresent(method -> parameters.put("activations", method.parameters()));
        parameters.replaceAll((part, chosen) -> new TreeMap<>(chosen));
        return parameters;
    }

    /** Codes are compared with the weights they are for, those of a changed layer with what it was. */
    private EncodingError error(Layer layer, Optional<ShapedLayer> shape, List<String> parts) {
        Tensor exact = before.constants().get(layer.node().input(1));
        if (shape.filter(changed -> !changed.titles().isEmpty()).isPresent()) {
            return EncodingError.of(
                    exact, shape.get().whole(parts.stream().map(this::floats).toList()));
        }
        EncodedLayer codes = encoded.get(layer.name());
        return codes == null ? EncodingError.of(exact, exact) : codes.error();
    }

    private Tensor floats(String part) {
        Layer layer = coded.get(part);
        return layer == null
                ? shaped.graph().constants().get(node(shaped.graph(), part).input(1))
                : encoded.get(part).floats(layer, emitter.levels(layer));
    }

    private long operations(String part) {
        EncodedLayer codes = encoded.get(part);
        Optional<Encoded> weights = Optional.ofNullable(codes).map(EncodedLayer::weights);
        int terms =
                weights.flatMap(Encoded::codes).map(sum -> sum.terms().size()).orElse(1);
        double kept = weights.map(Encoded::density).orElse(1.0);
        return nodes(part).stream()
                .mapToLong(node -> (long) (kept * terms * OperationCount.of(after, node)))
                .sum();
    }

    /** The nodes that do the sums of a layer in its new shape. */
    private List<Node> nodes(String part) {
        Layer layer = coded.get(part);
        List<String> names = layer == null ? List.of(part) : emitter.nodesOf(layer);
        return after.nodes().stream()
                .filter(node -> names.contains(node.name()))
                .toList();
    }

    private static Node node(Graph graph, String name) {
        return graph.nodes().stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static OptionalDouble finite(Optional<Double> value) {
        return value.filter(Double::isFinite).map(OptionalDouble::of).orElse(OptionalDouble.empty());
    }

    /** Bytes of weights and bias. */
    private static long bytes(Graph graph, Node node) {
        Optional<Encoded> codes = graph.encoded(node.input(1));
        long weights = codes.map(held -> Math.ceilDiv(held.bits(), Byte.SIZE))
                .orElseGet(() -> graph.value(node.input(1)).shape().elements() * ElementType.FLOAT32.bytes());
        boolean biased = node.hasInput(2) && graph.isConstant(node.input(2));
        return weights + (biased ? graph.value(node.input(2)).shape().elements() * ElementType.FLOAT32.bytes() : 0);
    }
}
