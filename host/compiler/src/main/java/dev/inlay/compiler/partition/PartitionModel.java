// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.partition;

import com.google.ortools.sat.BoolVar;
import com.google.ortools.sat.CpModel;
import com.google.ortools.sat.CpSolver;
import com.google.ortools.sat.IntVar;
import com.google.ortools.sat.LinearArgument;
import com.google.ortools.sat.LinearExpr;
import com.google.ortools.sat.LinearExprBuilder;
import com.google.ortools.sat.Literal;
import dev.inlay.plan.partition.Assignment;
import dev.inlay.plan.partition.Instance;
import dev.inlay.plan.partition.Instance.Option;
import dev.inlay.plan.partition.Objective;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A partition as constraints on whole numbers. One literal says which option a node has; where several share a device,
 * or a device and a layout, one more says that. Of each value one literal for each way says that it is handed over, and
 * one for each device and layout that it is converted: they are at least what its producer and each reader make
 * necessary, so that a value is paid for once.
 */
final class PartitionModel {
    /** Whole numbers of the objective for the value of the partition known. */
    private static final double STEPS = 1e9;

    private final Instance instance;
    private final CpModel model = new CpModel();
    private final double scale;
    private final List<List<Literal>> options = new ArrayList<>();
    private final List<Map<Integer, Literal>> devices = new ArrayList<>();
    private final List<Map<Integer, Literal>> reads = new ArrayList<>();
    private final List<Map<Integer, Literal>> writes = new ArrayList<>();
    private final List<LinearExprBuilder> busy = new ArrayList<>();
    private final LinearExprBuilder crossing = LinearExpr.newBuilder();
    private final LinearExprBuilder cuts = LinearExpr.newBuilder();
    private final LinearExprBuilder joules = LinearExpr.newBuilder();

    PartitionModel(Instance instance, Optional<Assignment> known) {
        this.instance = instance;
        double reference = known.map(Assignment::value).orElseGet(this::dearest);
        scale = reference > 0 ? STEPS / reference : 1;
        for (int device = 0; device < instance.devices(); device++) {
            busy.add(LinearExpr.newBuilder());
        }
        for (int node = 0; node < instance.nodes(); node++) {
            addNode(node);
        }
        for (int value = 0; value < instance.values(); value++) {
            addValue(value);
        }
        addSwaps();
        addLimits();
        addObjective();
        known.ifPresent(this::hint);
    }

    CpModel model() {
        return model;
    }

    /** For each node the position of the option that was chosen. */
    int[] choice(CpSolver solver) {
        int[] choice = new int[options.size()];
        for (int node = 0; node < choice.length; node++) {
            for (int option = 0; option < options.get(node).size(); option++) {
                choice[node] = solver.booleanValue(options.get(node).get(option)) ? option : choice[node];
            }
        }
        return choice;
    }

    /** What no partition's value is below: prices are rounded down, so that none is less than the model says. */
    double bound(CpSolver solver) {
        return solver.bestObjectiveBound() / scale;
    }

    private double dearest() {
        double sum = 0;
        for (int node = 0; node < instance.nodes(); node++) {
            sum += instance.options(node).stream()
                    .mapToDouble(
                            option -> instance.objective() == Objective.ENERGY ? option.joules() : option.seconds())
                    .max()
                    .orElse(0);
        }
        return sum;
    }

    /** A price rounded down, so that a bound stays one. */
    private long steps(double price) {
        return (long) Math.floor(price * scale);
    }

    private void addNode(int node) {
        List<Option> all = instance.options(node);
        List<Literal> literals = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            literals.add(all.size() == 1 ? model.trueLiteral() : model.newBoolVar("node" + node + "option" + i));
            Option option = all.get(i);
            busy.get(option.device()).addTerm(literals.get(i), steps(option.seconds()));
            joules.addTerm(literals.get(i), steps(option.joules()));
        }
        model.addExactlyOne(literals);
        options.add(literals);
        Map<Integer, List<Literal>> byDevice = new LinkedHashMap<>();
        Map<Integer, List<Literal>> byReads = new LinkedHashMap<>();
        Map<Integer, List<Literal>> byWrites = new LinkedHashMap<>();
        for (int i = 0; i < all.size(); i++) {
            Option option = all.get(i);
            Literal literal = literals.get(i);
            byDevice.computeIfAbsent(option.device(), key -> new ArrayList<>()).add(literal);
            byReads.computeIfAbsent(state(option.device(), option.reads()), key -> new ArrayList<>())
                    .add(literal);
            byWrites.computeIfAbsent(state(option.device(), option.writes()), key -> new ArrayList<>())
                    .add(literal);
        }
        Map<List<Literal>, Literal> shared = new HashMap<>();
        devices.add(any(byDevice, shared));
        reads.add(any(byReads, shared));
        writes.add(any(byWrites, shared));
    }

    /** For each group a literal that says that one of it is chosen. */
    private Map<Integer, Literal> any(Map<Integer, List<Literal>> groups, Map<List<Literal>, Literal> shared) {
        Map<Integer, Literal> all = new LinkedHashMap<>();
        groups.forEach((key, group) -> all.put(key, shared.computeIfAbsent(group, several -> {
            if (several.size() == 1) {
                return several.getFirst();
            }
            BoolVar one = model.newBoolVar("");
            model.addEquality(LinearExpr.sum(several.toArray(LinearArgument[]::new)), one);
            return one;
        })));
        return all;
    }

    private int state(int device, int layout) {
        return device * instance.layouts() + layout;
    }

    private void addValue(int value) {
        int producer = instance.producer(value);
        Map<Integer, Literal> homes =
                producer < 0 ? Map.of(instance.host(), model.trueLiteral()) : devices.get(producer);
        Map<Integer, Literal> makes = producer < 0
                ? Map.of(state(instance.host(), instance.exchange()), model.trueLiteral())
                : writes.get(producer);
        addHandOvers(value, homes);
        addArrivals(value, homes);
        addConversionsAtHome(value, makes);
    }

    /** For each device to which a value may go: from wherever it is made, at least once if a reader is there. */
    private void addHandOvers(int value, Map<Integer, Literal> homes) {
        for (int to = 0; to < instance.devices(); to++) {
            List<Literal> needs = new ArrayList<>();
            for (int reader : instance.readers(value)) {
                Optional.ofNullable(devices.get(reader).get(to)).ifPresent(needs::add);
            }
            boolean readThere = !needs.isEmpty();
            if (instance.isOutput(value) && to == instance.host()) {
                needs.add(model.trueLiteral());
            }
            if (needs.isEmpty() || (homes.size() == 1 && homes.containsKey(to))) {
                continue;
            }
            LinearExprBuilder arriving = LinearExpr.newBuilder();
            for (Map.Entry<Integer, Literal> home : homes.entrySet()) {
                if (home.getKey() != to) {
                    BoolVar handed = model.newBoolVar("value" + value + "from" + home.getKey() + "to" + to);
                    model.addImplication(handed, home.getValue());
                    long seconds = steps(instance.handOver(value, home.getKey(), to));
                    busy.get(home.getKey()).addTerm(handed, seconds);
                    busy.get(to).addTerm(handed, seconds);
                    crossing.addTerm(handed, seconds);
                    arriving.add(handed);
                }
            }
            for (Literal need : needs) {
                atLeast(arriving, need, homes.get(to));
            }
            if (readThere && instance.producer(value) >= 0 && instance.maxCuts() < Integer.MAX_VALUE) {
                addCut(value, to, homes);
            }
        }
    }

    /** The sum is at least 1 where the need is there and what spares it is not. */
    private void atLeast(LinearExprBuilder sum, Literal need, Literal spared) {
        LinearExprBuilder left = LinearExpr.newBuilder().add(sum.build()).addTerm(need, -1);
        if (spared != null) {
            left.add(spared);
        }
        model.addGreaterOrEqual(left, 0);
    }

    private void addCut(int value, int to, Map<Integer, Literal> homes) {
        BoolVar cut = model.newBoolVar("cut" + value + "to" + to);
        for (int reader : instance.readers(value)) {
            Literal need = devices.get(reader).get(to);
            if (need != null) {
                atLeast(LinearExpr.newBuilder().add(cut), need, homes.get(to));
            }
        }
        cuts.add(cut);
    }

    /** Conversions where a value is read that was made elsewhere. */
    private void addArrivals(int value, Map<Integer, Literal> homes) {
        Map<Integer, BoolVar> converted = new HashMap<>();
        for (int reader : instance.readers(value)) {
            for (Map.Entry<Integer, Literal> need : reads.get(reader).entrySet()) {
                int device = need.getKey() / instance.layouts();
                int layout = need.getKey() % instance.layouts();
                boolean away = homes.size() > 1 || !homes.containsKey(device);
                if (layout == instance.exchange() || !away) {
                    continue;
                }
                BoolVar arrived = converted.computeIfAbsent(need.getKey(), key -> {
                    BoolVar each = model.newBoolVar("value" + value + "arrives" + key);
                    busy.get(device).addTerm(each, steps(instance.convert(value, device, instance.exchange(), layout)));
                    return each;
                });
                atLeast(LinearExpr.newBuilder().add(arrived), need.getValue(), homes.get(device));
            }
        }
    }

    /** Conversions where a value was made: into a reader's layout, and into that of the exchange before it leaves. */
    private void addConversionsAtHome(int value, Map<Integer, Literal> makes) {
        for (Map.Entry<Integer, Literal> make : makes.entrySet()) {
            int device = make.getKey() / instance.layouts();
            int made = make.getKey() % instance.layouts();
            for (int layout = 0; layout < instance.layouts(); layout++) {
                if (layout != made) {
                    addConversionAtHome(value, device, made, layout, make.getValue());
                }
            }
        }
    }

    private void addConversionAtHome(int value, int device, int made, int layout, Literal make) {
        boolean leaving = layout == instance.exchange();
        Optional<BoolVar> converted = Optional.empty();
        if (leaving && instance.isOutput(value)) {
            busy.get(device).addTerm(make, steps(instance.convert(value, device, made, layout)));
            return;
        }
        for (int reader : instance.readers(value)) {
            // What the reader must have chosen for the conversion to be spared, if the value is made so.
            LinearExprBuilder spared = LinearExpr.newBuilder();
            boolean possible = leaving;
            for (Map.Entry<Integer, Literal> need : reads.get(reader).entrySet()) {
                boolean here = need.getKey() / instance.layouts() == device;
                boolean same = need.getKey() == state(device, layout);
                if (leaving ? here && !same : !same) {
                    spared.add(need.getValue());
                }
                possible |= same;
            }
            if (possible) {
                BoolVar each = converted.orElseGet(
                        () -> model.newBoolVar("value" + value + "on" + device + "from" + made + "to" + layout));
                if (converted.isEmpty()) {
                    busy.get(device).addTerm(each, steps(instance.convert(value, device, made, layout)));
                    converted = Optional.of(each);
                }
                model.addGreaterOrEqual(
                        LinearExpr.newBuilder().add(each).addTerm(make, -1).add(spared.build()), 0);
            }
        }
    }

    /** Changes of bitstream between a node and the next on its device that needs one, and from the last to the first. */
    private void addSwaps() {
        for (int device = 0; device < instance.devices(); device++) {
            new SwapConstraints(model, instance, options, device).count().ifPresent(addTo(busy.get(device), device));
        }
    }

    private Consumer<LinearExpr> addTo(LinearExprBuilder sum, int device) {
        return swaps -> sum.addTerm(swaps, steps(instance.swapSeconds(device)));
    }

    private void addLimits() {
        if (instance.maxCuts() < Integer.MAX_VALUE) {
            model.addLessOrEqual(cuts, instance.maxCuts());
        }
        for (int device = 0; device < instance.devices(); device++) {
            if (instance.memory(device) < Long.MAX_VALUE) {
                addMemory(device, instance.memory(device));
            }
        }
    }

    private void addMemory(int device, long bytes) {
        IntVar work = model.newIntVar(0, bytes, "work" + device);
        LinearExprBuilder used = LinearExpr.newBuilder().add(work);
        for (int node = 0; node < options.size(); node++) {
            LinearExprBuilder needed = LinearExpr.newBuilder();
            for (int i = 0; i < options.get(node).size(); i++) {
                Option option = instance.options(node).get(i);
                if (option.device() == device) {
                    used.addTerm(options.get(node).get(i), option.weightBytes());
                    needed.addTerm(options.get(node).get(i), option.workBytes());
                }
            }
            model.addGreaterOrEqual(work, needed);
        }
        model.addLessOrEqual(used, bytes);
    }

    private void addObjective() {
        switch (instance.objective()) {
            case LATENCY -> {
                LinearExprBuilder sum = LinearExpr.newBuilder().addTerm(crossing.build(), -1);
                busy.forEach(each -> sum.add(each.build()));
                model.minimize(sum);
            }
            case THROUGHPUT -> {
                IntVar period = model.newIntVar(0, Long.MAX_VALUE / 4, "period");
                busy.forEach(each -> model.addGreaterOrEqual(period, each));
                model.minimize(period);
            }
            case ENERGY -> model.minimize(joules);
        }
    }

    private void hint(Assignment known) {
        int[] choice = known.choice();
        for (int node = 0; node < choice.length; node++) {
            for (int option = 0; option < options.get(node).size(); option++) {
                if (options.get(node).size() > 1) {
                    model.addHint(options.get(node).get(option), option == choice[node]);
                }
            }
        }
    }
}
