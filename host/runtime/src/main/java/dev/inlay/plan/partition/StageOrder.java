// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.partition;

import dev.inlay.plan.partition.Instance.Option;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An order of the nodes with few changes of device. A stage takes every node of its device that is ready, which never
 * costs another stage; which device comes next is found by a search of limited width, all of them while they are few.
 * Nodes that need bitstreams keep the problem's order, in which swaps are counted.
 */
final class StageOrder {
    private static final int WIDTH = 64;

    /** The stages so far, last first. */
    private record Path(Optional<Path> before, int device, List<Integer> nodes, BitSet done) {}

    private final Instance instance;
    private final Option[] chosen;
    private final int[][] predecessors;

    private StageOrder(Instance instance, Option[] chosen) {
        this.instance = instance;
        this.chosen = chosen;
        predecessors = new int[instance.nodes()][];
        Map<Integer, Integer> last = new HashMap<>();
        for (int node = 0; node < instance.nodes(); node++) {
            List<Integer> before = new ArrayList<>();
            for (int value : instance.inputs(node)) {
                if (instance.producer(value) >= 0) {
                    before.add(instance.producer(value));
                }
            }
            if (chosen[node].bitstream() >= 0) {
                Integer earlier = last.put(chosen[node].device(), node);
                if (earlier != null) {
                    before.add(earlier);
                }
            }
            predecessors[node] = before.stream().mapToInt(Integer::intValue).toArray();
        }
    }

    /** The nodes of each stage, in order. */
    static List<List<Integer>> of(Instance instance, Option[] chosen) {
        return new StageOrder(instance, chosen).stages();
    }

    private List<List<Integer>> stages() {
        List<Path> paths = List.of(new Path(Optional.empty(), -1, List.of(), new BitSet()));
        while (paths.getFirst().done.cardinality() < instance.nodes()) {
            Map<BitSet, Path> next = new HashMap<>();
            List<Path> further = new ArrayList<>();
            for (Path path : paths) {
                for (int device = 0; device < instance.devices(); device++) {
                    Optional<Path> longer = device == path.device ? Optional.empty() : longer(path, device);
                    longer.filter(each -> next.putIfAbsent(each.done, each) == null)
                            .ifPresent(further::add);
                }
            }
            further.sort(Comparator.comparingInt(path -> -path.done.cardinality()));
            paths = List.copyOf(further.subList(0, Math.min(WIDTH, further.size())));
        }
        List<List<Integer>> stages = new ArrayList<>();
        Optional<Path> each = Optional.of(paths.getFirst());
        while (each.isPresent() && each.get().device >= 0) {
            stages.addFirst(each.get().nodes);
            each = each.get().before;
        }
        return stages;
    }

    /** A path and then all nodes of a device that are ready; empty if there is none. */
    private Optional<Path> longer(Path path, int device) {
        BitSet done = (BitSet) path.done.clone();
        List<Integer> nodes = new ArrayList<>();
        for (int node = done.nextClearBit(0); node < instance.nodes(); node = done.nextClearBit(node + 1)) {
            if (chosen[node].device() == device && isReady(node, done)) {
                done.set(node);
                nodes.add(node);
            }
        }
        return nodes.isEmpty() ? Optional.empty() : Optional.of(new Path(Optional.of(path), device, nodes, done));
    }

    private boolean isReady(int node, BitSet done) {
        for (int before : predecessors[node]) {
            if (!done.get(before)) {
                return false;
            }
        }
        return true;
    }
}
