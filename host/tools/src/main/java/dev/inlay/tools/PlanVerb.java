// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.CompiledModel;
import dev.inlay.Engine;
import dev.inlay.Partitioned;
import dev.inlay.plan.Evidence;
import dev.inlay.plan.partition.Partition;
import dev.inlay.plan.partition.PartitionProblem;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code inlay plan}. */
@Command(name = "plan", description = "Spread a model over devices by what each layer takes on each, and say why.")
final class PlanVerb extends Verb {
    @Mixin
    private ShapeOptions model;

    @Mixin
    private PlacementOptions devices;

    record Stage(String device, List<String> nodes) {}

    record HandOver(String value, String from, String to, long bytes, double ms) {}

    /**
     * @param latencyMs of one request alone
     * @param periodMs between two answers of a stream of requests
     * @param joules of a request; absent where nobody knows
     * @param busyMs of each device in a request
     */
    record Predicted(
            double latencyMs, double periodMs, OptionalDouble joules, Map<String, Double> busyMs, Evidence evidence) {}

    record Alternative(String device, String kernel, double ms) {}

    /**
     * @param chosen the device
     * @param ms that the kernel is expected to take
     */
    record Choice(String node, String chosen, String kernel, double ms, List<Alternative> alternatives, String why) {}

    record Planned(
            String model,
            String objective,
            List<Stage> stages,
            List<HandOver> handOvers,
            Predicted predicted,
            boolean optimal,
            double gap,
            List<Choice> decisions)
            implements Report {
        @Override
        public void print(PrintStream out) {
            out.printf(
                    "%s for %s: %s ms a request, %s ms between two in a stream, modelled%n",
                    model, objective, Table.figure(predicted.latencyMs()), Table.figure(predicted.periodMs()));
            out.println(
                    optimal
                            ? "nothing better exists"
                            : String.format(Locale.ROOT, "at most %.1f %% from the best", 100 * gap));
            for (Stage stage : stages) {
                out.println("  " + stage.device() + ": " + String.join(", ", stage.nodes()));
            }
            for (HandOver each : handOvers) {
                out.println("  " + each.value() + " from " + each.from() + " to " + each.to() + ": "
                        + Table.bytes(each.bytes()) + ", " + Table.figure(each.ms()) + " ms");
            }
        }
    }

    @Override
    protected Report report() throws IOException {
        try (Engine engine = engine(devices.engine())) {
            CompiledModel compiled = devices.spread(engine, model.file().read(model.shapes()));
            Partitioned partitioned = compiled.partitioned().orElseThrow();
            Partition partition = partitioned.partition();
            return new Planned(
                    model.file().name(),
                    partition.objective().toString().toLowerCase(Locale.ROOT),
                    partition.stages().stream()
                            .map(stage -> new Stage(stage.device(), stage.nodes()))
                            .toList(),
                    partition.handOvers().stream()
                            .map(each -> new HandOver(
                                    each.value(), each.from(), each.to(), each.bytes(), each.seconds() * 1e3))
                            .toList(),
                    predicted(partition.predicted()),
                    partition.optimal(),
                    partition.gap(),
                    choices(compiled, partitioned));
        }
    }

    private static Predicted predicted(Partition.Prediction prediction) {
        Map<String, Double> busy = new TreeMap<>();
        prediction.busySeconds().forEach((device, seconds) -> busy.put(device, seconds * 1e3));
        return new Predicted(
                prediction.latencySeconds() * 1e3,
                prediction.periodSeconds() * 1e3,
                prediction.joules(),
                busy,
                Evidence.MODELLED);
    }

    private static List<Choice> choices(CompiledModel compiled, Partitioned partitioned) {
        Map<String, String> whys = new TreeMap<>();
        compiled.placements().forEach(decision -> whys.put(decision.node(), decision.why()));
        List<Choice> choices = new ArrayList<>();
        for (PartitionProblem.Node node : partitioned.problem().nodes()) {
            PartitionProblem.Candidate chosen =
                    partitioned.partition().choices().get(node.name());
            choices.add(new Choice(
                    node.name(),
                    chosen.device(),
                    chosen.kernel(),
                    chosen.seconds() * 1e3,
                    node.candidates().stream()
                            .filter(each -> !each.equals(chosen))
                            .map(each -> new Alternative(each.device(), each.kernel(), each.seconds() * 1e3))
                            .toList(),
                    whys.getOrDefault(node.name(), "")));
        }
        return choices;
    }
}
