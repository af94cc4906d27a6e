// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.partition;

import dev.inlay.plan.partition.Instance.Option;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Looks for any assignment that meets the limits of memory and cuts: tries all, node after node, up to a number of tries. */
final class FeasibleSearch {
    private static final int TRIES = 2_000_000;

    private final Instance instance;
    private final int maxCuts;
    private final boolean limitedMemory;
    private final int[] choice;
    private final List<List<Integer>> useful = new ArrayList<>();
    private final long[] weight;
    private final long[] work;
    private int tries;

    FeasibleSearch(Instance instance, int maxCuts, boolean limitedMemory) {
        this.instance = instance;
        this.maxCuts = maxCuts;
        this.limitedMemory = limitedMemory;
        choice = new int[instance.nodes()];
        weight = new long[instance.devices()];
        work = new long[instance.devices()];
        for (int node = 0; node < choice.length; node++) {
            useful.add(useful(node));
        }
    }

    /** The options of which no other on the same device needs less memory, the lightest first. */
    private List<Integer> useful(int node) {
        List<Option> all = instance.options(node);
        List<Integer> kept = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            Option option = all.get(i);
            boolean beaten = kept.stream()
                    .map(all::get)
                    .anyMatch(other -> other.device() == option.device()
                            && other.weightBytes() <= option.weightBytes()
                            && other.workBytes() <= option.workBytes());
            if (!beaten) {
                kept.add(i);
            }
        }
        kept.sort(Comparator.comparingLong(i -> all.get(i).weightBytes()));
        return kept;
    }

    /** An assignment; empty if none was found. */
    Optional<int[]> find() {
        tries = 0;
        return place(0, 0) ? Optional.of(choice.clone()) : Optional.empty();
    }

    /** Whether everything was tried that had to be. */
    boolean isComplete() {
        return tries < TRIES;
    }

    private boolean place(int node, int cuts) {
        if (node == choice.length) {
            return true;
        }
        for (int position : useful.get(node)) {
            if (tries >= TRIES) {
                return false;
            }
            tries++;
            Option option = instance.options(node).get(position);
            int device = option.device();
            long before = work[device];
            choice[node] = position;
            weight[device] += option.weightBytes();
            work[device] = Math.max(before, option.workBytes());
            boolean fits = !limitedMemory || weight[device] <= instance.memory(device) - work[device];
            int grown = cuts + newCuts(node, device);
            if (fits && grown <= maxCuts && place(node + 1, grown)) {
                return true;
            }
            weight[device] -= option.weightBytes();
            work[device] = before;
        }
        return false;
    }

    /** Values that a node is the first to read on its device, away from where they were made. */
    private int newCuts(int node, int device) {
        int cuts = 0;
        for (int value : instance.inputs(node)) {
            int producer = instance.producer(value);
            boolean crosses = producer >= 0 && device(producer) != device;
            for (int reader : instance.readers(value)) {
                crosses &= reader >= node || device(reader) != device;
            }
            cuts += crosses ? 1 : 0;
        }
        return cuts;
    }

    private int device(int node) {
        return instance.options(node).get(choice[node]).device();
    }
}
