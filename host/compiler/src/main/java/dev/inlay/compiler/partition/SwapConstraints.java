// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.partition;

import com.google.ortools.sat.BoolVar;
import com.google.ortools.sat.CpModel;
import com.google.ortools.sat.LinearExpr;
import com.google.ortools.sat.LinearExprBuilder;
import com.google.ortools.sat.Literal;
import dev.inlay.plan.partition.Instance;
import dev.inlay.plan.partition.Instance.Option;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How often a device changes its bitstream: before and after each node exactly one is loaded, a node's options load
 * their own, and the last is the first again.
 */
final class SwapConstraints {
    private final CpModel model;
    private final Instance instance;
    private final List<List<Literal>> options;
    private final int device;

    SwapConstraints(CpModel model, Instance instance, List<List<Literal>> options, int device) {
        this.model = model;
        this.instance = instance;
        this.options = options;
        this.device = device;
    }

    /** The number of changes; empty if there can be none. */
    Optional<LinearExpr> count() {
        List<Map<Integer, List<Literal>>> places = new ArrayList<>();
        TreeMap<Integer, Integer> bitstreams = new TreeMap<>();
        for (int node = 0; node < options.size(); node++) {
            Map<Integer, List<Literal>> wanted = new TreeMap<>();
            for (int i = 0; i < options.get(node).size(); i++) {
                Option option = instance.options(node).get(i);
                if (option.device() == device && option.bitstream() >= 0) {
                    wanted.computeIfAbsent(option.bitstream(), key -> new ArrayList<>())
                            .add(options.get(node).get(i));
                    bitstreams.putIfAbsent(option.bitstream(), bitstreams.size());
                }
            }
            if (!wanted.isEmpty()) {
                places.add(wanted);
            }
        }
        return bitstreams.size() < 2 ? Optional.empty() : Optional.of(count(places, List.copyOf(bitstreams.keySet())));
    }

    private LinearExpr count(List<Map<Integer, List<Literal>>> places, List<Integer> bitstreams) {
        List<List<Literal>> loaded = new ArrayList<>();
        for (Map<Integer, List<Literal>> wanted : places) {
            List<Literal> each = new ArrayList<>();
            for (int bitstream : bitstreams) {
                BoolVar here = model.newBoolVar("device" + device + "loaded" + bitstream);
                wanted.getOrDefault(bitstream, List.of()).forEach(literal -> model.addImplication(literal, here));
                each.add(here);
            }
            model.addExactlyOne(each);
            loaded.add(each);
        }
        LinearExprBuilder swaps = LinearExpr.newBuilder();
        for (int place = 0; place < loaded.size(); place++) {
            List<Literal> now = loaded.get(place);
            List<Literal> before = loaded.get((place + loaded.size() - 1) % loaded.size());
            for (int i = 0; i < now.size(); i++) {
                BoolVar swapped = model.newBoolVar("device" + device + "swap" + place);
                model.addGreaterOrEqual(
                        LinearExpr.newBuilder().add(swapped).add(before.get(i)).addTerm(now.get(i), -1), 0);
                swaps.add(swapped);
            }
        }
        return swaps.build();
    }
}
