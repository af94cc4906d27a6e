// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.partition;

import dev.inlay.plan.partition.Instance.Option;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The assignment of least price, swaps left out: places node after node and keeps, for each state of the values that
 * wait for readers, the cheapest way there (bucket elimination; Dechter, Bucket elimination: a unifying framework for
 * reasoning, 1999). Where the states are too many, a value is forgotten, so that its later readers get it for nothing:
 * the price found is then a lower bound, as that of mini-buckets is.
 */
final class DynamicProgram {
    /**
     * What was found.
     *
     * @param choice for each node the position of its option
     * @param bound that no assignment's price is below
     * @param exact whether nothing was forgotten
     */
    record Solution(int[] choice, double bound, boolean exact) {}

    private final Instance instance;
    private final int width;
    private final int[] order;

    /** @param width most states that are kept */
    DynamicProgram(Instance instance, int width) {
        this.instance = instance;
        this.width = width;
        order = narrowOrder(instance);
    }

    /** The order in which nodes are placed: few values wait at any place in it. */
    int[] order() {
        return order.clone();
    }

    Solution solve(Prices prices) {
        return new Run(prices).solve();
    }

    /** An order of the nodes in which few values wait at a time. */
    private static int[] narrowOrder(Instance instance) {
        int[] unread = new int[instance.values()];
        int[] unmade = new int[instance.nodes()];
        for (int value = 0; value < unread.length; value++) {
            unread[value] = instance.readers(value).length;
        }
        for (int node = 0; node < unmade.length; node++) {
            for (int value : instance.inputs(node)) {
                unmade[node] += instance.producer(value) >= 0 ? 1 : 0;
            }
        }
        int[] order = new int[instance.nodes()];
        boolean[] done = new boolean[instance.nodes()];
        for (int i = 0; i < order.length; i++) {
            int best = -1;
            int least = Integer.MAX_VALUE;
            for (int node = 0; node < done.length; node++) {
                if (!done[node] && unmade[node] == 0) {
                    int grown = growth(instance, node, unread);
                    if (grown < least) {
                        best = node;
                        least = grown;
                    }
                }
            }
            done[best] = true;
            order[i] = best;
            for (int value : instance.inputs(best)) {
                unread[value]--;
            }
            for (int value : instance.outputs(best)) {
                for (int reader : instance.readers(value)) {
                    unmade[reader]--;
                }
            }
        }
        return order;
    }

    /** By how many more values wait once a node was placed. */
    private static int growth(Instance instance, int node, int[] unread) {
        int grown = 0;
        for (int value : instance.inputs(node)) {
            boolean waited = instance.producer(value) >= 0 || unread[value] < instance.readers(value).length;
            grown -= waited && unread[value] == 1 ? 1 : 0;
            grown += !waited && unread[value] > 1 ? 1 : 0;
        }
        for (int value : instance.outputs(node)) {
            grown += unread[value] > 0 ? 1 : 0;
        }
        return grown;
    }

    /** One run for one set of prices. */
    private final class Run {
        private final Prices prices;
        private final ValueStates[] states = new ValueStates[instance.values()];
        private final double[] most = new double[instance.values()];
        private final int[] unread = new int[instance.values()];
        private final boolean[] forgotten = new boolean[instance.values()];
        private boolean exact = true;
        private List<Integer> live = new ArrayList<>();
        private StateTable table = new StateTable(0);
        private final List<int[]> parents = new ArrayList<>();
        private final List<int[]> options = new ArrayList<>();

        Run(Prices prices) {
            this.prices = prices;
            for (int value = 0; value < states.length; value++) {
                states[value] = new ValueStates(instance, prices, value);
                most[value] = states[value].most();
                unread[value] = instance.readers(value).length;
            }
        }

        Solution solve() {
            double given = 0;
            for (int value = 0; value < states.length; value++) {
                given += instance.producer(value) < 0 ? states[value].given().cost() : 0;
            }
            table.put(new int[0], given, -1, -1);
            for (int node : order) {
                place(node);
                prune(table.least() + regret());
                while (table.size() > width) {
                    forget();
                }
                parents.add(table.parents());
                options.add(table.options());
            }
            return new Solution(choice(), table.least(), exact);
        }

        private int[] choice() {
            int state = 0;
            for (int i = 1; i < table.size(); i++) {
                state = table.cost(i) < table.cost(state) ? i : state;
            }
            int[] choice = new int[order.length];
            for (int i = order.length - 1; i >= 0; i--) {
                choice[order[i]] = options.get(i)[state];
                state = parents.get(i)[state];
            }
            return choice;
        }

        private void place(int node) {
            int[] inputs = Arrays.stream(instance.inputs(node))
                    .filter(value -> !forgotten[value])
                    .toArray();
            List<Integer> before = live;
            live = new ArrayList<>(before);
            for (int value : inputs) {
                if (--unread[value] == 0) {
                    live.remove((Integer) value);
                } else if (!live.contains(value)) {
                    live.add(value);
                }
            }
            for (int value : instance.outputs(node)) {
                if (unread[value] > 0) {
                    live.add(value);
                }
            }
            StateTable next = new StateTable(live.size());
            for (int option : cheapest(node)) {
                place(node, option, inputs, before, next);
            }
            table = next;
        }

        /** The options of a node of which none has the same device and layouts and a lower price. */
        private List<Integer> cheapest(int node) {
            List<Option> all = instance.options(node);
            List<Integer> kept = new ArrayList<>();
            for (int i = 0; i < all.size(); i++) {
                Option option = all.get(i);
                double price = prices.option(option);
                boolean beaten = false;
                for (int j = 0; j < all.size() && !beaten; j++) {
                    Option other = all.get(j);
                    double its = prices.option(other);
                    beaten = other.device() == option.device()
                            && other.reads() == option.reads()
                            && other.writes() == option.writes()
                            && (its < price || (its == price && j < i));
                }
                if (!beaten) {
                    kept.add(i);
                }
            }
            return kept;
        }

        private void place(int node, int position, int[] inputs, List<Integer> before, StateTable next) {
            Option option = instance.options(node).get(position);
            int[] key = new int[live.size()];
            double price = prices.option(option);
            for (int value : instance.outputs(node)) {
                ValueStates.Transition made = states[value].made(option);
                price += made.cost();
                int place = live.indexOf(value);
                if (place >= 0) {
                    key[place] = made.state();
                }
            }
            int[] source = before.stream().mapToInt(live::indexOf).toArray();
            int[] from = Arrays.stream(inputs).map(before::indexOf).toArray();
            int[] to = Arrays.stream(inputs).map(live::indexOf).toArray();
            int need = option.device() * instance.layouts() + option.reads();
            for (int state = 0; state < table.size(); state++) {
                double cost = table.cost(state) + price;
                for (int i = 0; i < source.length; i++) {
                    if (source[i] >= 0) {
                        key[source[i]] = table.number(state, i);
                    }
                }
                for (int i = 0; i < inputs.length; i++) {
                    ValueStates reading = states[inputs[i]];
                    int at = from[i] < 0 ? reading.given().state() : table.number(state, from[i]);
                    ValueStates.Transition met = reading.meet(at, need);
                    cost += met.cost();
                    if (to[i] >= 0) {
                        key[to[i]] = met.state();
                    }
                }
                next.put(key, cost, state, position);
            }
        }

        /** At most how much dearer the rest can be from one state than from another. */
        private double regret() {
            double sum = 0;
            for (int value : live) {
                sum += unread[value] * most[value];
            }
            return sum;
        }

        private void prune(double limit) {
            StateTable kept = new StateTable(live.size());
            double rounded = limit + 1e-9 * Math.abs(limit);
            for (int i = 0; i < table.size(); i++) {
                if (table.cost(i) <= rounded) {
                    kept.put(table.key(i), table.cost(i), table.parent(i), table.option(i));
                }
            }
            table = kept;
        }

        /** Forgets the waiting value that can cost least. */
        private void forget() {
            exact = false;
            int place = 0;
            for (int i = 1; i < live.size(); i++) {
                double weight = unread[live.get(i)] * most[live.get(i)];
                place = weight < unread[live.get(place)] * most[live.get(place)] ? i : place;
            }
            forgotten[live.remove(place)] = true;
            StateTable projected = new StateTable(live.size());
            for (int i = 0; i < table.size(); i++) {
                int[] key = table.key(i);
                int[] shorter = new int[key.length - 1];
                System.arraycopy(key, 0, shorter, 0, place);
                System.arraycopy(key, place + 1, shorter, place, shorter.length - place);
                projected.put(shorter, table.cost(i), table.parent(i), table.option(i));
            }
            table = projected;
        }
    }
}
