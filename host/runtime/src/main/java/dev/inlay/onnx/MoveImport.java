// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import dev.inlay.graph.Move;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Operators that move elements; whatever keeps their order is a Reshape. */
final class MoveImport {
    private MoveImport() {}

    static void identity(OnnxNode node) {
        node.defineReshaped(node.input(0), node.shape(0));
    }

    static void dropout(OnnxNode node) {
        node.attributes().number("ratio", 0.5f);
        node.attributes().integer("seed", 0, Integer.MIN_VALUE, Integer.MAX_VALUE);
        if (node.has(2)) {
            Optional<Tensor> training = node.constant(2);
            if (training.isEmpty()
                    || training.get().elements() != 1
                    || training.get().getLong(0) != 0) {
                throw node.unsupported("got a training_mode that is not constantly false, expected inference");
            }
        }
        identity(node);
    }

    static void reshape(OnnxNode node) {
        node.defineReshaped(node.input(0), reshaped(node));
    }

    static Shape reshaped(OnnxNode node) {
        Shape x = node.shape(0);
        boolean allowZero = node.attributes().flag("allowzero", false);
        long[] wanted = node.integers(1, "shape")
                .orElseThrow(() -> new IllegalArgumentException("got no input 1, expected the shape"));
        int open = -1;
        long product = 1;
        for (int axis = 0; axis < wanted.length; axis++) {
            if (wanted[axis] == 0 && !allowZero) {
                wanted[axis] = x.extent(axis);
            }
            if (wanted[axis] == -1) {
                if (open >= 0) {
                    throw new IllegalArgumentException(
                            "got shape " + Arrays.toString(wanted) + ", expected at most one -1");
                }
                open = axis;
            } else {
                product = Math.multiplyExact(product, wanted[axis]);
            }
        }
        if (open >= 0) {
            if (product <= 0 || x.elements() % product != 0) {
                throw new IllegalArgumentException("got shape " + Arrays.toString(wanted) + " for " + x.elements()
                        + " elements, expected an extent that fills them");
            }
            wanted[open] = x.elements() / product;
        }
        return Limits.shape("shape", wanted);
    }

    static void flatten(OnnxNode node) {
        node.defineReshaped(node.input(0), flattened(node));
    }

    static Shape flattened(OnnxNode node) {
        Shape x = node.shape(0);
        int axis = node.attributes().integer("axis", 1, -x.rank(), x.rank());
        int first = axis < 0 ? axis + x.rank() : axis;
        return Shape.of(x.elements(0, first), x.elements(first, x.rank()));
    }

    static void squeeze(OnnxNode node) {
        node.defineReshaped(node.input(0), squeezed(node));
    }

    static Shape squeezed(OnnxNode node) {
        Shape x = node.shape(0);
        Optional<long[]> axes = node.integers("axes", 1, 13);
        TreeSet<Integer> gone = new TreeSet<>();
        if (axes.isPresent()) {
            for (long axis : axes.get()) {
                int normal = x.normalise(Math.toIntExact(axis));
                if (x.extent(normal) != 1 || !gone.add(normal)) {
                    throw new IllegalArgumentException("got axes " + Arrays.toString(axes.get()) + " of " + x
                            + ", expected axes of extent 1, each once");
                }
            }
        }
        List<Long> extents = new ArrayList<>();
        for (int axis = 0; axis < x.rank(); axis++) {
            if (axes.isPresent() ? !gone.contains(axis) : x.extent(axis) != 1) {
                extents.add(x.extent(axis));
            }
        }
        return Shape.of(extents.stream().mapToLong(Long::longValue).toArray());
    }

    static void unsqueeze(OnnxNode node) {
        node.defineReshaped(node.input(0), unsqueezed(node));
    }

    static Shape unsqueezed(OnnxNode node) {
        Shape x = node.shape(0);
        long[] axes = node.integers("axes", 1, 13)
                .orElseThrow(() -> new IllegalArgumentException("got no axes, expected them"));
        int rank = x.rank() + axes.length;
        if (rank > Limits.RANK) {
            throw new IllegalArgumentException("got rank " + rank + ", expected at most " + Limits.RANK);
        }
        boolean[] added = new boolean[rank];
        for (long axis : axes) {
            long normal = axis < 0 ? axis + rank : axis;
            if (normal < 0 || normal >= rank || added[(int) normal]) {
                throw new IllegalArgumentException("got axes " + Arrays.toString(axes) + ", expected " + -rank + " to "
                        + (rank - 1) + ", each once");
            }
            added[(int) normal] = true;
        }
        long[] extents = new long[rank];
        int next = 0;
        for (int axis = 0; axis < rank; axis++) {
            extents[axis] = added[axis] ? 1 : x.extent(next++);
        }
        return Shape.of(extents);
    }

    static void transpose(OnnxNode node) {
        node.define(new Move.Transpose(order(node)), List.of(node.input(0)));
    }

    /** The order of a transposition: a permutation of the input's axes. */
    static List<Integer> order(OnnxNode node) {
        int rank = node.shape(0).rank();
        List<Integer> order = new ArrayList<>();
        for (int axis = rank - 1; axis >= 0; axis--) {
            order.add(axis);
        }
        if (node.attributes().has("perm")) {
            order = Arrays.stream(node.attributes().integers("perm", rank, 0, 0))
                    .boxed()
                    .toList();
        }
        if (order.stream().distinct().filter(axis -> axis < rank).count() != rank) {
            throw new IllegalArgumentException(
                    "got the order " + order + ", expected a permutation of " + rank + " axes");
        }
        return order;
    }

    static void concat(OnnxNode node) {
        node.requireSameTypes();
        List<String> from = new ArrayList<>();
        for (int position = 0; position < node.inputs(); position++) {
            from.add(node.input(position));
        }
        node.define(new Move.Concat(concatAxis(node)), from);
    }

    static int concatAxis(OnnxNode node) {
        if (!node.attributes().has("axis")) {
            throw new IllegalArgumentException("got no attribute axis, expected it");
        }
        Shape x = node.shape(0);
        return x.normalise(node.attributes().integer("axis", 0, -Limits.RANK, Limits.RANK));
    }

    static void pad(OnnxNode node) {
        int rank = node.shape(0).rank();
        String mode = node.attributes().text("mode", "constant");
        if (!mode.equals("constant")) {
            throw node.unsupported("got mode " + mode + ", expected constant");
        }
        long[] pads = node.integers("pads", 1, 11)
                .orElseThrow(() -> new IllegalArgumentException("got no pads, expected them"));
        long[] axes = node.integers(3, "axes").orElse(null);
        float value = 0;
        if (node.opset() < 11) {
            value = node.attributes().number("value", 0);
        } else if (node.has(2)) {
            value = node.number(
                    node.constant(2)
                            .orElseThrow(() ->
                                    node.unsupported("got a pad value computed at run time, expected a constant")),
                    "pad value");
        }
        int count = axes == null ? rank : axes.length;
        if (pads.length != 2 * count) {
            throw new IllegalArgumentException("got " + pads.length + " pads, expected " + 2 * count);
        }
        List<Integer> before = new ArrayList<>(Collections.nCopies(rank, 0));
        List<Integer> after = new ArrayList<>(Collections.nCopies(rank, 0));
        for (int i = 0; i < count; i++) {
            int axis = axes == null ? i : node.shape(0).normalise(Math.toIntExact(axes[i]));
            if (pads[i] < 0 || pads[i + count] < 0) {
                throw node.unsupported("got pads " + Arrays.toString(pads) + ", expected >= 0");
            }
            before.set(axis, Math.toIntExact(pads[i]));
            after.set(axis, Math.toIntExact(pads[i + count]));
        }
        node.define(new Move.Pad(before, after, value), List.of(node.input(0)));
    }
}
