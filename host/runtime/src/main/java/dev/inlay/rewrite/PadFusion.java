// SPDX-License-Identifier: Apache-2.0
package dev.inlay.rewrite;

import dev.inlay.graph.Contraction;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Move;
import dev.inlay.graph.Node;
import dev.inlay.graph.Op;
import dev.inlay.graph.Patch;
import dev.inlay.graph.Pool;
import dev.inlay.graph.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Padding of rows and columns moves into the window that reads it, where the window pads with the same value. */
record PadFusion() implements Rule {
    @Override
    public Optional<Patch> apply(Graph graph, Node node) {
        if (node.inputs().isEmpty()) {
            return Optional.empty();
        }
        Optional<Node> before = graph.producer(node.input(0));
        if (before.isEmpty()
                || before.get().quantizer().isPresent()
                || !(before.get().op() instanceof Move.Pad pad)
                || !isSpatial(pad)) {
            return Optional.empty();
        }
        return fused(node.op(), pad).map(op -> {
            List<String> inputs = new ArrayList<>(node.inputs());
            inputs.set(0, before.get().input(0));
            return new Patch(Set.of(node.name()), List.of(new Node(node.name(), op, inputs, node.outputs())), Map.of());
        });
    }

    private static boolean isSpatial(Move.Pad pad) {
        return pad.before().size() == 4
                && pad.before().subList(0, 2).equals(List.of(0, 0))
                && pad.after().subList(0, 2).equals(List.of(0, 0));
    }

    private static Optional<Op> fused(Op op, Move.Pad pad) {
        if (op instanceof Contraction.Conv conv && pad.value() == 0) {
            return Optional.of(new Contraction.Conv(widened(conv.window(), pad), conv.groups(), conv.epilogue()));
        }
        if (op instanceof Pool.MaxPool pool && pad.value() == Float.NEGATIVE_INFINITY && !pool.ceil()) {
            return within(widened(pool.window(), pad)).map(window -> new Pool.MaxPool(window, false));
        }
        // An average counts the zeros of a Pad; it counts those of its own padding only if told to.
        if (op instanceof Pool.AveragePool pool
                && pad.value() == 0
                && !pool.ceil()
                && (pool.countPadding() || !isPadded(pool.window()))) {
            return within(widened(pool.window(), pad)).map(window -> new Pool.AveragePool(window, false, true));
        }
        return Optional.empty();
    }

    /** A pool's window, where each of its places has a tap inside the image. */
    private static Optional<Window> within(Window window) {
        boolean within = Math.max(window.top(), window.bottom()) < window.reachRows()
                && Math.max(window.left(), window.right()) < window.reachColumns();
        return within ? Optional.of(window) : Optional.empty();
    }

    private static boolean isPadded(Window window) {
        return window.top() + window.left() + window.bottom() + window.right() > 0;
    }

    private static Window widened(Window window, Move.Pad pad) {
        return new Window(
                window.rows(),
                window.columns(),
                window.rowStride(),
                window.columnStride(),
                window.rowDilation(),
                window.columnDilation(),
                window.top() + pad.before().get(2),
                window.left() + pad.before().get(3),
                window.bottom() + pad.after().get(2),
                window.right() + pad.after().get(3));
    }
}
