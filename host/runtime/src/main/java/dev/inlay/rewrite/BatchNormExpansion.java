// SPDX-License-Identifier: Apache-2.0
package dev.inlay.rewrite;

import dev.inlay.graph.Graph;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Node;
import dev.inlay.graph.Normalization;
import dev.inlay.graph.Patch;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A batch normalisation that no contraction takes becomes a multiplication and an addition per channel. */
record BatchNormExpansion() implements Rule {
    @Override
    public Optional<Patch> apply(Graph graph, Node node) {
        if (!(node.op() instanceof Normalization.BatchNormalization batch)) {
            return Optional.empty();
        }
        return ChannelAffine.of(graph, node, batch).map(affine -> {
            long[] extents = new long[graph.value(node.input(0)).shape().rank() - 1];
            Arrays.fill(extents, 1);
            extents[0] = affine.scale().length;
            String scale = Names.fresh(graph, node.name() + "/scale");
            String shift = Names.fresh(graph, node.name() + "/shift");
            String scaled = Names.fresh(graph, node.output() + "/scaled");
            return new Patch(
                    Set.of(node.name()),
                    List.of(
                            new Node(
                                    Names.freshNode(graph, node.name() + "/scale"),
                                    new Lanewise.Binary(Lanewise.Arithmetic.MUL),
                                    List.of(node.input(0), scale),
                                    List.of(scaled)),
                            new Node(
                                    node.name(),
                                    new Lanewise.Binary(Lanewise.Arithmetic.ADD),
                                    List.of(scaled, shift),
                                    node.outputs())),
                    Map.of(
                            scale, tensor(affine.scale(), Shape.of(extents)),
                            shift, tensor(affine.shift(), Shape.of(extents))));
        });
    }

    private static Tensor tensor(double[] values, Shape shape) {
        Tensor tensor = Tensor.allocate(ElementType.FLOAT32, shape);
        for (int i = 0; i < values.length; i++) {
            tensor.set(i, values[i]);
        }
        return tensor;
    }
}
