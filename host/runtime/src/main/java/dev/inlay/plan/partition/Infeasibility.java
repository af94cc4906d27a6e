// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.partition;

import dev.inlay.plan.partition.Partition.HandOver;
import java.util.Optional;

/** Says which limit leaves no partition. */
final class Infeasibility {
    /** Cuts beyond the limit up to which the fewest possible are looked for. */
    private static final int FURTHER = 32;

    private final Instance instance;

    private Infeasibility(Instance instance) {
        this.instance = instance;
    }

    /**
     * The error for an instance without a partition.
     *
     * @param nearest the assignment that breaks the limits least, of those seen
     */
    static PartitionException of(Instance instance, Assignment nearest) {
        return new Infeasibility(instance).explain(nearest);
    }

    private PartitionException explain(Assignment nearest) {
        boolean cutsDecide = instance.maxCuts() < Integer.MAX_VALUE
                && new FeasibleSearch(instance, Integer.MAX_VALUE, true).find().isPresent();
        return new PartitionException(cutsDecide ? tooManyCuts(nearest) : tooMuchMemory(nearest));
    }

    private String tooManyCuts(Assignment nearest) {
        for (int cuts = instance.maxCuts() + 1; cuts <= instance.maxCuts() + FURTHER; cuts++) {
            FeasibleSearch search = new FeasibleSearch(instance, cuts, true);
            Optional<int[]> found = search.find();
            if (found.isPresent()) {
                return cutWords(new Assignment(instance, found.get()), "");
            }
            if (!search.isComplete()) {
                break;
            }
        }
        return cutWords(nearest, " in the best that was found");
    }

    private String cutWords(Assignment assignment, String which) {
        Partition partition = Partition.of(assignment, 0, false);
        HandOver first =
                partition.handOvers().stream().filter(HandOver::cut).findFirst().orElseThrow();
        PartitionProblem.Value value = instance.problem().values().stream()
                .filter(each -> each.name().equals(first.value()))
                .findFirst()
                .orElseThrow();
        return "cuts: got " + partition.cuts() + which + ", among them value " + first.value() + " of node "
                + value.producer().orElseThrow() + " from " + first.from() + " to " + first.to() + ", expected "
                + instance.maxCuts() + " at most";
    }

    private String tooMuchMemory(Assignment nearest) {
        int device = 0;
        for (int each = 1; each < instance.devices(); each++) {
            device = nearest.excess(each) > nearest.excess(device) ? each : device;
        }
        int largest = -1;
        for (int node = 0; node < instance.nodes(); node++) {
            boolean here = nearest.chosen(node).device() == device;
            if (here && (largest < 0 || weight(nearest, node) > weight(nearest, largest))) {
                largest = node;
            }
        }
        String id = instance.problem().devices().get(device).id();
        String words = largest < 0
                ? "memory: got nodes that fit no devices"
                : "memory of " + id + ": got " + (instance.memory(device) + nearest.excess(device))
                        + " bytes in the nearest partition, the most for node "
                        + instance.problem().nodes().get(largest).name() + " (" + weight(nearest, largest)
                        + " bytes)";
        return words + ", expected " + instance.memory(device) + " at most";
    }

    private long weight(Assignment assignment, int node) {
        return assignment.chosen(node).weightBytes();
    }
}
