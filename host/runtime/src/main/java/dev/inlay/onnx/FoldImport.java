// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import dev.inlay.graph.Normalization;
import dev.inlay.graph.Reduction;
import dev.inlay.tensor.Shape;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Operators that look along axes: normalisations and reductions. */
final class FoldImport {
    private FoldImport() {}

    static void batchNormalization(OnnxNode node) {
        node.requireFloating();
        Attributes attributes = node.attributes();
        attributes.number("momentum", 0.9f);
        if (attributes.flag("training_mode", false)) {
            throw node.unsupported("got training_mode 1, expected inference");
        }
        if (!attributes.flag("spatial", true)) {
            throw node.unsupported("got spatial 0, expected statistics per channel");
        }
        node.define(
                new Normalization.BatchNormalization(attributes.number("epsilon", 1e-5f)),
                List.of(node.input(0), node.input(1), node.input(2), node.input(3), node.input(4)));
    }

    static void lrn(OnnxNode node) {
        node.requireFloating();
        if (node.shape(0).rank() != 4) {
            throw node.unsupported("got an input of shape " + node.shape(0) + ", expected rank 4");
        }
        Attributes attributes = node.attributes();
        node.define(
                new Normalization.Lrn(
                        attributes.integer("size", 0, 1, Integer.MAX_VALUE),
                        attributes.number("alpha", 1e-4f),
                        attributes.number("beta", 0.75f),
                        attributes.number("bias", 1)),
                List.of(node.input(0)));
    }

    static void softmax(OnnxNode node, boolean logarithm) {
        node.requireFloating();
        boolean old = node.opset() < 13;
        Shape x = node.shape(0);
        int axis = x.normalise(node.attributes().integer("axis", old ? 1 : -1, -Limits.RANK, Limits.RANK));
        boolean flattened = old && axis < x.rank() - 1;
        node.define(new Normalization.Softmax(axis, flattened, logarithm), List.of(node.input(0)));
    }

    /**
     * @param movedIn version in which the axes became an input
     */
    static void reduce(OnnxNode node, Reduction.Fold fold, int movedIn) {
        node.requireFloatingData();
        boolean keep = node.attributes().flag("keepdims", true);
        boolean emptyIsNone = node.attributes().flag("noop_with_empty_axes", false);
        Shape x = node.shape(0);
        Optional<long[]> given = node.integers("axes", 1, movedIn);
        TreeSet<Integer> axes = new TreeSet<>();
        for (long axis : given.orElse(new long[0])) {
            axes.add(x.normalise(Math.toIntExact(axis)));
        }
        if (axes.isEmpty() && emptyIsNone) {
            node.defineReshaped(node.input(0), x);
            return;
        }
        for (int axis = 0; axes.size() < x.rank() && given.orElse(new long[0]).length == 0; axis++) {
            axes.add(axis);
        }
        node.define(new Reduction.Reduce(fold, List.copyOf(axes), keep), List.of(node.input(0)));
    }

    static void argMax(OnnxNode node) {
        node.requireFloating();
        Attributes attributes = node.attributes();
        if (attributes.flag("select_last_index", false)) {
            throw node.unsupported("got select_last_index 1, expected 0");
        }
        int axis = node.shape(0).normalise(attributes.integer("axis", 0, -Limits.RANK, Limits.RANK));
        node.define(new Reduction.ArgMax(axis, attributes.flag("keepdims", true)), List.of(node.input(0)));
    }
}
