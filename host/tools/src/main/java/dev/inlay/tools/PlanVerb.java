// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.inlay.CompiledModel;
import dev.inlay.Engine;
import dev.inlay.Partitioned;
import dev.inlay.UsageException;
import dev.inlay.plan.Evidence;
import dev.inlay.plan.partition.Explanation;
import dev.inlay.plan.partition.Partition;
import dev.inlay.plan.partition.PartitionProblem;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code inlay plan}. */
@Command(name = "plan", description = "Spread a model over devices by what each layer takes on each, and say why.")
final class PlanVerb extends Verb {
    @Mixin
    private ShapeOptions model;

    @Mixin
    private PlacementOptions devices;

    @Option(names = "--explain", description = "Say for each node what decided, and what would have to change.")
    private boolean explain;

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Samples that come together: say too what giving each device some of them would take.")
    private Optional<Integer> batch = Optional.empty();

    @Option(
            names = "--picture",
            paramLabel = "FILE.svg",
            description = "Draw the graph with a column for each device, and what crosses between them.")
    private Optional<Path> picture = Optional.empty();

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
     * @param why what decided, the runner-up and by how much, and what would have to change for another device to win
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
            List<Choice> decisions,
            Optional<BatchShares> split,
            @JsonIgnore boolean explained)
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
            split.ifPresent(shares -> out.println("  " + shares.why()));
            if (explained) {
                decisions.forEach(each -> out.println("  " + each.why()));
            }
        }
    }

    @Override
    protected Report report() throws IOException {
        if (batch.isPresent() && batch.get() < 2) {
            throw new UsageException("--batch: got " + batch.get() + ", expected at least 2");
        }
        try (Engine engine = engine(devices.engine())) {
            CompiledModel compiled = devices.spread(engine, model.file().read(model.shapes()));
            Partitioned partitioned = compiled.partitioned().orElseThrow();
            Partition partition = partitioned.partition();
            if (picture.isPresent()) {
                Files.writeString(picture.get(), PartitionPicture.svg(partitioned.problem(), partition));
            }
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
                    choices(partitioned),
                    batch.isPresent()
                            ? Optional.of(BatchShares.of(
                                    engine, devices.together(engine), model.file(), batch.get(), partition))
                            : Optional.empty(),
                    explain);
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

    private static List<Choice> choices(Partitioned partitioned) {
        Map<String, List<PartitionProblem.Candidate>> candidates = new HashMap<>();
        partitioned.problem().nodes().forEach(node -> candidates.put(node.name(), node.candidates()));
        return Explanation.of(partitioned.problem(), partitioned.partition()).stream()
                .map(each -> new Choice(
                        each.node(),
                        each.chosen().device(),
                        each.chosen().kernel(),
                        each.chosen().seconds() * 1e3,
                        candidates.get(each.node()).stream()
                                .filter(other -> !other.equals(each.chosen()))
                                .map(other -> new Alternative(other.device(), other.kernel(), other.seconds() * 1e3))
                                .toList(),
                        each.words()))
                .toList();
    }
}
