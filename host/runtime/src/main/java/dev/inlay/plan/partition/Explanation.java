// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.partition;

import dev.inlay.plan.partition.PartitionProblem.Candidate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Why a node is where it is.
 *
 * @param node its name
 * @param chosen its candidate
 * @param runnerUp the best on another device; empty if there is none, or none that meets the limits
 * @param reason what decided
 * @param words all of that, and what would have to change for another device to win
 */
public record Explanation(String node, Candidate chosen, Optional<RunnerUp> runnerUp, Reason reason, String words) {
    /** What decided for a device. */
    public enum Reason {
        /** A pin leaves no other. */
        PIN("a pin"),
        /** No other has a kernel for the node's formats. */
        FORMAT("formats"),
        /** A better one has no memory left. */
        MEMORY("memory"),
        /** A better one needs more cuts than allowed. */
        CUTS("the limit of cuts"),
        /** The node itself takes less here. */
        COST("its own cost"),
        /** The node itself takes less elsewhere, and the way there and back more. */
        HAND_OVER("hand-overs"),
        /** Another is as good. */
        TIE("nothing");

        private final String words;

        Reason(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    /**
     * The best candidate on another device.
     *
     * @param loss by how much the objective is worse with it, in its unit: the node was moved, its neighbours chosen anew
     *     and the rest kept, so that a partition with it is no more than this worse; at times less
     * @param share the same as a share of the objective's value
     */
    public record RunnerUp(Candidate candidate, double loss, double share) {}

    /** An explanation for each node, in the problem's order. */
    public static List<Explanation> of(PartitionProblem problem, Partition partition) {
        return new Explainer(problem, partition).all();
    }

    /** A number of seconds, bytes or joules that reads well. */
    static String amount(double amount, String unit) {
        double size = Math.abs(amount);
        if (unit.equals("s")) {
            return size < 1e-3
                    ? number(1e6 * amount) + " µs"
                    : size < 1 ? number(1e3 * amount) + " ms" : number(amount) + " s";
        }
        if (unit.equals("B")) {
            return size < 1e3
                    ? Math.round(amount) + " B"
                    : size < 1e6 ? number(amount / 1e3) + " kB" : number(amount / 1e6) + " MB";
        }
        return size < 1 ? number(1e3 * amount) + " m" + unit : number(amount) + " " + unit;
    }

    /** A number to three digits, or its whole part if that has more. */
    static String number(double number) {
        double size = Math.abs(number);
        int digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
        return String.format(Locale.ROOT, "%." + digits + "f", number);
    }
}
