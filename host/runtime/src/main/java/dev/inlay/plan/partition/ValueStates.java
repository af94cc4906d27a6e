// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.partition;

import dev.inlay.plan.partition.Instance.Option;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a value lies, and in which layouts, after some of its readers were placed; numbered as they occur. A need is
 * that of a reader: {@code device * layouts + layout}.
 */
final class ValueStates {
    private record State(int home, int made, BitSet held) {}

    /** What a step from a state costs, and where it leads. */
    record Transition(int state, double cost) {}

    private final Instance instance;
    private final Prices prices;
    private final int value;
    private final int atHostForOutput;
    private final List<State> states = new ArrayList<>();
    private final Map<State, Integer> numbers = new HashMap<>();
    private final List<Transition[]> transitions = new ArrayList<>();

    ValueStates(Instance instance, Prices prices, int value) {
        this.instance = instance;
        this.prices = prices;
        this.value = value;
        atHostForOutput = instance.devices() * instance.layouts();
    }

    int need(int device, int layout) {
        return device * instance.layouts() + layout;
    }

    /** The value as an input of the graph. */
    Transition given() {
        return start(instance.host(), instance.exchange());
    }

    /** The value as an option makes it, and brings it to the host if it is an output. */
    Transition made(Option option) {
        return start(option.device(), option.writes());
    }

    private Transition start(int home, int made) {
        BitSet held = new BitSet();
        held.set(need(home, made));
        double cost = 0;
        if (instance.isOutput(value)) {
            cost += hold(home, made, instance.exchange(), held);
            if (home != instance.host()) {
                cost += prices.handOver(instance, value, home, instance.host());
                held.set(need(instance.host(), instance.exchange()));
                held.set(atHostForOutput);
            }
        }
        return new Transition(number(new State(home, made, held)), cost);
    }

    /** What it costs that a need is met too. */
    Transition meet(int state, int need) {
        Transition[] known = transitions.get(state);
        if (known[need] == null) {
            known[need] = compute(states.get(state), need / instance.layouts(), need % instance.layouts());
        }
        return known[need];
    }

    private Transition compute(State state, int device, int layout) {
        BitSet held = (BitSet) state.held.clone();
        if (device == state.home) {
            double cost = hold(device, state.made, layout, held);
            return new Transition(number(new State(state.home, state.made, held)), cost);
        }
        double cost = 0;
        boolean cut = instance.producer(value) >= 0;
        if (!held.get(need(device, instance.exchange()))) {
            cost += hold(state.home, state.made, instance.exchange(), held);
            cost += prices.handOver(instance, value, state.home, device) + (cut ? prices.cut() : 0);
            held.set(need(device, instance.exchange()));
        } else if (device == instance.host() && held.get(atHostForOutput)) {
            cost += cut ? prices.cut() : 0;
            held.clear(atHostForOutput);
        }
        cost += hold(device, instance.exchange(), layout, held);
        return new Transition(number(new State(state.home, state.made, held)), cost);
    }

    private double hold(int device, int from, int to, BitSet held) {
        if (held.get(need(device, to))) {
            return 0;
        }
        held.set(need(device, to));
        return prices.convert(instance, value, device, from, to);
    }

    private int number(State state) {
        return numbers.computeIfAbsent(state, key -> {
            states.add(key);
            transitions.add(new Transition[instance.devices() * instance.layouts()]);
            return states.size() - 1;
        });
    }

    /** At most what one more need can cost, whatever the state. */
    double most() {
        double away = 0;
        double leaving = 0;
        double crossing = 0;
        double arriving = 0;
        int producer = instance.producer(value);
        List<Option> makers = producer < 0 ? List.of() : instance.options(producer);
        for (int reader : instance.readers(value)) {
            for (Option option : instance.options(reader)) {
                for (Option maker : makers) {
                    if (maker.device() == option.device()) {
                        away = Math.max(away, convert(option.device(), maker.writes(), option.reads()));
                    } else {
                        leaving = Math.max(leaving, convert(maker.device(), maker.writes(), instance.exchange()));
                        crossing =
                                Math.max(crossing, prices.handOver(instance, value, maker.device(), option.device()));
                    }
                }
                if (producer < 0 && option.device() != instance.host()) {
                    crossing = Math.max(crossing, prices.handOver(instance, value, instance.host(), option.device()));
                }
                arriving = Math.max(arriving, convert(option.device(), instance.exchange(), option.reads()));
            }
        }
        return Math.max(away, leaving + crossing + arriving) + prices.cut();
    }

    private double convert(int device, int from, int to) {
        return prices.convert(instance, value, device, from, to);
    }
}
