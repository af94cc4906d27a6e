// SPDX-License-Identifier: Apache-2.0
package dev.inlay.rewrite;

import dev.inlay.graph.Graph;
import dev.inlay.graph.Node;
import dev.inlay.graph.Patch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Applies rules to a graph until none matches.
 *
 * @param rules tried in this order on each node
 * @param lastResorts tried likewise, once no rule matches anywhere
 */
public record Rewriter(List<Rule> rules, List<Rule> lastResorts) {
    private static final int PASSES_BESIDE_NODES = 64;

    public Rewriter {
        rules = List.copyOf(rules);
        lastResorts = List.copyOf(lastResorts);
    }

    /** The rules that suit every device, without those that compute nodes. */
    public static Rewriter standard() {
        return new Rewriter(
                List.of(
                        new IdentityRemoval(),
                        new ReshapeMerging(),
                        new PadFusion(),
                        new ClampRemoval(),
                        new BatchNormFolding(),
                        new AffineFolding(),
                        new ResidualFusion(),
                        new ActivationFusion()),
                List.of(new BatchNormExpansion(), new QuantizeFusion()));
    }

    /** Only what makes a quantisation the last act of the node before it, as devices compute the two. */
    public static Rewriter quantisation() {
        return new Rewriter(List.of(), List.of(new QuantizeFusion()));
    }

    /** As {@link #standard()}, nodes of constants being computed by {@code evaluator} first. */
    public static Rewriter standard(Evaluator evaluator) {
        List<Rule> rules = new ArrayList<>();
        rules.add(new ConstantFolding(evaluator));
        rules.addAll(standard().rules());
        return new Rewriter(rules, standard().lastResorts());
    }

    /**
     * The graph when no rule matches any more.
     *
     * @throws IllegalStateException if the rules do not come to an end, which is an error in a rule
     */
    public Graph rewrite(Graph graph) {
        Graph current = graph;
        int most = PASSES_BESIDE_NODES + graph.nodes().size();
        for (int pass = 0; pass < most; pass++) {
            Graph before = current;
            Optional<Patch> patch = pass(before, rules).or(() -> pass(before, lastResorts));
            if (patch.isEmpty()) {
                return current;
            }
            current = current.apply(patch.get());
        }
        throw new IllegalStateException("rewriting " + graph.name() + ": got more than " + most
                + " passes, expected the rules to come to an end");
    }

    /** The patches of as many nodes whose output is not held as codes yet, and that do not disturb each other, as one. */
    private static Optional<Patch> pass(Graph graph, List<Rule> rules) {
        PatchMerger merger = new PatchMerger(graph);
        for (Node node : graph.nodes()) {
            if (node.quantizer().isPresent()) {
                continue;
            }
            for (Rule rule : rules) {
                Optional<Patch> patch = rule.apply(graph, node);
                if (patch.isPresent()) {
                    merger.add(patch.get());
                    break;
                }
            }
        }
        return merger.merged();
    }
}
