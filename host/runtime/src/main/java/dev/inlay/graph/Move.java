// SPDX-License-Identifier: Apache-2.0
package dev.inlay.graph;

import dev.inlay.tensor.Shape;
import java.util.List;

/** Operators that move elements and compute nothing. */
public sealed interface Move extends Op {
    /** The same row-major elements under another shape: Reshape, Flatten, Squeeze, Unsqueeze, Identity, Dropout. */
    record Reshape(Shape to) implements Move {}

    /** Output axis i is input axis {@code order[i]}. */
    record Transpose(List<Integer> order) implements Move {
        public Transpose {
            order = List.copyOf(order);
        }
    }

    /** The inputs one after another along an axis. */
    record Concat(int axis) implements Move {}

    /** {@code before[i]} and {@code after[i]} elements of {@code value} around axis i; all at least 0. */
    record Pad(List<Integer> before, List<Integer> after, float value) implements Move {
        public Pad {
            before = List.copyOf(before);
            after = List.copyOf(after);
        }
    }
}
