// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.shape;

import java.util.Map;

/** How many singular values of a layer's weights are kept. */
public sealed interface Rank {
    /**
     * A number.
     *
     * @param rank at least 1
     */
    record Fixed(int rank) implements Rank {
        public Fixed {
            if (rank < 1) {
                throw new IllegalArgumentException("rank: got " + rank + ", expected at least 1");
            }
        }
    }

    /**
     * As few as hold a share of the sum of all squared singular values, which is that of the squared weights.
     *
     * @param share above 0, at most 1
     */
    record Energy(double share) implements Rank {
        public Energy {
            if (!(share > 0 && share <= 1)) {
                throw new IllegalArgumentException("energy: got " + share + ", expected above 0, at most 1");
            }
        }
    }

    /**
     * As few as leave a relative error {@code |W - U V| / |W|} in the Frobenius norm.
     *
     * @param bound at least 0, below 1
     */
    record RelativeError(double bound) implements Rank {
        public RelativeError {
            if (!(bound >= 0 && bound < 1)) {
                throw new IllegalArgumentException("error: got " + bound + ", expected at least 0, below 1");
            }
        }
    }

    /** As many as there may be for fewer multiplications than the dense layer needs. */
    record BreakEven() implements Rank {}

    /**
     * The number for some weights.
     *
     * @param values all singular values, the largest first
     * @param most the largest rank that saves multiplications; 0 where none does
     * @return at most the number of values, and 0 only for {@link BreakEven}
     */
    default int of(double[] values, int most) {
        return switch (this) {
            case Fixed fixed -> Math.min(fixed.rank(), values.length);
            case Energy energy -> least(values, 1 - energy.share());
            case RelativeError error -> least(values, error.bound() * error.bound());
            case BreakEven breakEven -> most;
        };
    }

    /** As few values as leave out a share of the squares. */
    private static int least(double[] values, double leftOut) {
        double total = 0;
        for (double value : values) {
            total += value * value;
        }
        int rank = values.length;
        double tail = 0;
        while (rank > 1) {
            tail += values[rank - 1] * values[rank - 1];
            if (tail > leftOut * total) {
                break;
            }
            rank--;
        }
        return rank;
    }

    /** By the names recipes give it. */
    default Map<String, Object> parameters() {
        return switch (this) {
            case Fixed fixed -> Map.of("rank", fixed.rank());
            case Energy energy -> Map.of("energy", energy.share());
            case RelativeError error -> Map.of("error", error.bound());
            case BreakEven breakEven -> Map.of("rank", "break-even");
        };
    }
}
