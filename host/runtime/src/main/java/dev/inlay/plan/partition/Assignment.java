// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.partition;

import dev.inlay.plan.partition.Instance.Option;
import java.util.Arrays;

/** One option for every node, and what they cost together; a change of one node costs what its neighbours are many. */
public final class Assignment {
    private final Instance instance;
    private final Deliveries deliveries;
    private final int[] choice;
    private final Option[] chosen;
    private final double[] busy;
    private final long[] weight;
    private final long[] work;
    private final int[] swaps;
    private double joules;
    private int cuts;
    private int sign = 1;
    private final Deliveries.Visitor count = new Deliveries.Visitor() {
        @Override
        public void handOver(int value, int from, int to, boolean cut) {
            double seconds = sign * instance.handOver(value, from, to);
            busy[from] += seconds;
            busy[to] += seconds;
            crossing += seconds;
            cuts += cut ? sign : 0;
        }

        @Override
        public void convert(int value, int device, int from, int to) {
            busy[device] += sign * instance.convert(value, device, from, to);
        }
    };
    private double crossing;

    /** @param choice for each node the position of its option */
    public Assignment(Instance instance, int[] choice) {
        this.instance = instance;
        deliveries = new Deliveries(instance);
        this.choice = choice.clone();
        chosen = new Option[instance.nodes()];
        busy = new double[instance.devices()];
        weight = new long[instance.devices()];
        work = new long[instance.devices()];
        swaps = new int[instance.devices()];
        recount();
    }

    /** Counts everything anew, so that rounding errors of many changes do not add up. */
    void recount() {
        Arrays.fill(busy, 0);
        Arrays.fill(weight, 0);
        joules = 0;
        crossing = 0;
        cuts = 0;
        for (int node = 0; node < chosen.length; node++) {
            chosen[node] = instance.options(node).get(choice[node]);
            add(chosen[node], 1);
        }
        for (int value = 0; value < instance.values(); value++) {
            deliveries.visit(value, chosen, count);
        }
        for (int device = 0; device < busy.length; device++) {
            swaps[device] = 0;
            recountDevice(device);
        }
    }

    private void add(Option option, int times) {
        busy[option.device()] += times * option.seconds();
        joules += times * option.joules();
        weight[option.device()] += times * option.weightBytes();
    }

    /** Gives a node another option. */
    public void change(int node, int changed) {
        if (choice[node] == changed) {
            return;
        }
        Option before = chosen[node];
        Option after = instance.options(node).get(changed);
        countAround(node, -1);
        add(before, -1);
        choice[node] = changed;
        chosen[node] = after;
        add(after, 1);
        countAround(node, 1);
        recountDevice(before.device());
        if (after.device() != before.device()) {
            recountDevice(after.device());
        }
    }

    private void countAround(int node, int times) {
        sign = times;
        for (int value : instance.inputs(node)) {
            deliveries.visit(value, chosen, count);
        }
        for (int value : instance.outputs(node)) {
            deliveries.visit(value, chosen, count);
        }
        sign = 1;
    }

    private void recountDevice(int device) {
        if (instance.memory(device) < Long.MAX_VALUE) {
            work[device] = 0;
            for (Option option : chosen) {
                if (option.device() == device) {
                    work[device] = Math.max(work[device], option.workBytes());
                }
            }
        }
        if (instance.hasBitstreams()) {
            int counted = swapsOn(device);
            busy[device] += (counted - swaps[device]) * instance.swapSeconds(device);
            swaps[device] = counted;
        }
    }

    private int swapsOn(int device) {
        int first = -1;
        int last = -1;
        int counted = 0;
        for (Option option : chosen) {
            if (option.device() == device && option.bitstream() >= 0) {
                counted += last >= 0 && last != option.bitstream() ? 1 : 0;
                first = first < 0 ? option.bitstream() : first;
                last = option.bitstream();
            }
        }
        return counted + (first == last ? 0 : 1);
    }

    public Instance instance() {
        return instance;
    }

    /** For each node the position of its option. */
    public int[] choice() {
        return choice.clone();
    }

    int choice(int node) {
        return choice[node];
    }

    Option chosen(int node) {
        return chosen[node];
    }

    Option[] chosen() {
        return chosen.clone();
    }

    /** Seconds of one request alone. A hand-over keeps two devices busy and takes its time once. */
    public double latency() {
        double sum = -crossing;
        for (double seconds : busy) {
            sum += seconds;
        }
        return sum;
    }

    /** Seconds of the busiest device. */
    public double period() {
        double most = 0;
        for (double seconds : busy) {
            most = Math.max(most, seconds);
        }
        return most;
    }

    /** Seconds of all hand-overs of a request. */
    double crossing() {
        return crossing;
    }

    public double joules() {
        return joules;
    }

    /** Seconds that a request keeps a device busy. */
    public double busy(int device) {
        return busy[device];
    }

    public int cuts() {
        return cuts;
    }

    /** Changes of bitstream a request; it finds what the one before it left. */
    public int swaps() {
        return Arrays.stream(swaps).sum();
    }

    /** What the objective wants little of. */
    public double value() {
        return switch (instance.objective()) {
            case LATENCY -> latency();
            case THROUGHPUT -> period();
            case ENERGY -> joules;
        };
    }

    /** Bytes of the weights of a device. */
    public long weight(int device) {
        return weight[device];
    }

    /** Bytes that a device lacks; 0 if its nodes fit. */
    public long excess(int device) {
        return instance.memory(device) == Long.MAX_VALUE
                ? 0
                : Math.max(0, weight[device] + work[device] - instance.memory(device));
    }

    /** How far the limits are exceeded: devices' memory as shares of it, and cuts; 0 if all are met. */
    public double violation() {
        double sum = cuts > instance.maxCuts() ? cuts - instance.maxCuts() : 0;
        for (int device = 0; device < busy.length; device++) {
            long excess = excess(device);
            sum += excess == 0 ? 0 : Math.max(1e-3, (double) excess / Math.max(1, instance.memory(device)));
        }
        return sum;
    }
}
