// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.CompileOptions;
import dev.inlay.CompiledModel;
import dev.inlay.Engine;
import dev.inlay.OnFault;
import dev.inlay.UsageException;
import dev.inlay.compiler.partition.ExactPartitioner;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Node;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.Spread;
import dev.inlay.plan.partition.Objective;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Option;

/** The devices a verb uses, which node runs where, and what a device that fails means. */
final class PlacementOptions extends DeviceOptions {
    private static final int MOST_NAMES = 12;
    private static final long SEED = 1;

    @Option(names = "--pin", paramLabel = "NODE=ID", description = "Run a node on a device. May be repeated.")
    private Map<String, String> pins = new LinkedHashMap<>();

    @Option(
            names = "--objective",
            paramLabel = "latency|throughput|energy",
            description = "Spread the nodes that are not pinned over the devices for this.")
    private Optional<Objective> objective = Optional.empty();

    @Option(
            names = "--max-cuts",
            paramLabel = "N",
            description = "Most hand-overs of a value between devices; default any number.")
    private Optional<Integer> maxCuts = Optional.empty();

    @Option(
            names = "--within",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "Time to look for the best way to spread, and to prove it; 0: what a heuristic finds at once;"
                    + " default ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(names = "--strict", description = "Fail when a node must leave its device, instead of saying so.")
    private boolean strict;

    /** The graph spread over the devices, for latency where no objective is given. */
    CompiledModel spread(Engine engine, Graph graph) {
        List<DeviceDescription> devices = together(engine);
        CompileOptions options = options(devices);
        return compile(engine, graph, objective.isPresent() ? options : options.withSpread(spread(Objective.LATENCY)));
    }

    private Spread spread(Objective chosen) {
        if (seconds < 0) {
            throw new UsageException("--within: got " + seconds + ", expected at least 0 seconds");
        }
        if (maxCuts.isPresent() && maxCuts.get() < 0) {
            throw new UsageException("--max-cuts: got " + maxCuts.get() + ", expected at least 0");
        }
        Spread spread =
                Spread.over(chosen).withMaxCuts(maxCuts.map(OptionalInt::of).orElseGet(OptionalInt::empty));
        return seconds == 0 ? spread : spread.withPartitioner(new ExactPartitioner(Duration.ofSeconds(seconds), SEED));
    }

    @Option(
            names = "--on-fault",
            defaultValue = "fail",
            paramLabel = "fail|replan",
            description = "What follows when a device fails: fail, or replan without it; default ${DEFAULT-VALUE}.")
    private OnFault onFault;

    @Option(
            names = "--patience",
            paramLabel = "SECONDS",
            description = "The longest that a device may take for one call before it is lost; default 600.")
    private Optional<Double> patience = Optional.empty();

    @Override
    Engine.Options engine() {
        return super.engine()
                .withPatience(patience.map(PlacementOptions::duration).orElse(Engine.Options.DEFAULT.patience()));
    }

    private static Duration duration(double seconds) {
        if (!(seconds >= 1e-3 && seconds <= 1e9)) {
            throw new UsageException("--patience: got " + seconds + ", expected 0.001 to 1e9 seconds");
        }
        return Duration.ofNanos((long) (seconds * 1e9));
    }

    @Override
    CompileOptions options(List<DeviceDescription> devices) {
        CompileOptions options = super.options(devices).withOnFault(onFault);
        return objective.map(each -> options.withSpread(spread(each))).orElse(options);
    }

    @Override
    CompiledModel compile(Engine engine, Graph graph, List<DeviceDescription> devices) {
        return compile(engine, graph, devices, 1);
    }

    /** The graph planned for devices, the first preferred, with slots for so many requests at once. */
    CompiledModel compile(Engine engine, Graph graph, List<DeviceDescription> devices, int slots) {
        return compile(engine, graph, options(devices).withSlots(slots));
    }

    private CompiledModel compile(Engine engine, Graph graph, CompileOptions options) {
        List<String> nodes = graph.nodes().stream().map(Node::name).toList();
        for (var pin : pins.entrySet()) {
            if (!nodes.contains(pin.getKey())) {
                throw new UsageException(
                        "--pin: got no node \"" + pin.getKey() + "\", expected one of " + abridged(nodes));
            }
            engine.device(pin.getValue());
        }
        return engine.compile(graph, options.withPins(pins).withStrict(strict));
    }

    private static String abridged(List<String> names) {
        return names.size() <= MOST_NAMES
                ? String.join(", ", names)
                : String.join(", ", names.subList(0, MOST_NAMES)) + " and " + (names.size() - MOST_NAMES) + " more";
    }
}
