// SPDX-License-Identifier: Apache-2.0
package dev.inlay.graph;

import java.util.List;

/** Operators that fold axes away. */
public sealed interface Reduction extends Op {
    /** Folds {@code axes} (from the first, ascending) by {@code kind}; they stay with extent 1 if {@code keep}. */
    record Reduce(Fold kind, List<Integer> axes, boolean keep) implements Reduction {
        public Reduce {
            axes = List.copyOf(axes);
        }

        @Override
        public String title() {
            return "Reduce" + kind;
        }
    }

    /** The first index of the largest element along an axis, as an INT64. */
    record ArgMax(int axis, boolean keep) implements Reduction {}

    /** How {@link Reduce} folds. */
    enum Fold {
        SUM,
        MEAN,
        MAX,
        MIN,
        PROD
    }
}
