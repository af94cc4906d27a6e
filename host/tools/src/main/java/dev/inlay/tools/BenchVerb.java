// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.CompiledModel;
import dev.inlay.Engine;
import dev.inlay.Session;
import dev.inlay.UsageException;
import dev.inlay.graph.Graph;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.Evidence;
import dev.inlay.plan.Roofline;
import dev.inlay.plan.Work;
import dev.inlay.profile.Carrier;
import dev.inlay.profile.ProfileCatalog;
import dev.inlay.tensor.Tensor;
import dev.inlay.tools.measure.Duel;
import dev.inlay.tools.measure.Latencies;
import dev.inlay.tools.measure.MachineLoad;
import dev.inlay.tools.measure.RandomInputs;
import dev.inlay.tools.oracle.OnnxRuntimeModel;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code inlay bench}. */
@Command(name = "bench", description = "Measure latency and throughput, beside a rival if one is named.")
final class BenchVerb extends Verb {
    private static final int OFFLINE_BATCH = 32;

    /** How queries come. */
    enum Scenario {
        /** One sample at a time, the next when the last is done. */
        SINGLESTREAM("SingleStream"),
        /** All samples at once, in batches. */
        OFFLINE("Offline");

        private final String title;

        Scenario(String title) {
            this.title = title;
        }

        @Override
        public String toString() {
            return title;
        }
    }

    /** Whom to measure beside. */
    enum Rival {
        ONNXRUNTIME;

        @Override
        public String toString() {
            return "onnxruntime";
        }
    }

    @Mixin
    private InputOptions model;

    @Mixin
    private DeviceOptions devices;

    @Option(
            names = "--scenario",
            required = true,
            paramLabel = "SingleStream|Offline",
            description = "SingleStream: one sample at a time. Offline: batches one after another.")
    private Scenario scenario;

    @Option(names = "--versus", paramLabel = "onnxruntime", description = "Rival to measure in the same run, in turns.")
    private Optional<Rival> versus = Optional.empty();

    @Option(
            names = "--batch",
            description = "Samples a run; default 1 in SingleStream and " + OFFLINE_BATCH + " in Offline.")
    private Optional<Integer> batch = Optional.empty();

    @Option(names = "--seconds", defaultValue = "3", description = "Least time measured; default ${DEFAULT-VALUE} s.")
    private double seconds;

    @Option(names = "--count", defaultValue = "64", description = "Least runs measured; default ${DEFAULT-VALUE}.")
    private int count;

    @Option(names = "--seed", defaultValue = "1", description = "Seed of the inputs; default ${DEFAULT-VALUE}.")
    private long seed;

    /**
     * @param ops operations of the contractions of one run
     * @param bytes bytes that they read and write once
     * @param bound what takes most of the time by the device's profile; absent without a profile
     * @param fraction time by the roofline over the time taken; absent without a profile
     */
    record Ceiling(long ops, long bytes, Optional<String> bound, OptionalDouble fraction) {}

    record Versus(String name, double p50Ms, double samplesPerSecond, double ratio) {}

    /**
     * @param samples samples measured, over all runs
     * @param p50Ms milliseconds that half of the runs do not exceed; the others likewise
     * @param load runnable threads of the machine over the minute before; absent where the system does not count them
     */
    record Bench(
            String model,
            String scenario,
            int batch,
            String device,
            long samples,
            double p50Ms,
            double p90Ms,
            double p99Ms,
            double samplesPerSecond,
            Ceiling roofline,
            Optional<Versus> versus,
            OptionalDouble load,
            Map<String, Evidence> evidence)
            implements Report {
        @Override
        public void print(PrintStream out) {
            out.println(model + " on " + device + ", " + scenario + ", batch " + batch + ", " + samples + " samples");
            out.println("  p50 " + Table.figure(p50Ms) + " ms, p90 " + Table.figure(p90Ms) + " ms, p99 "
                    + Table.figure(p99Ms) + " ms, " + Table.figure(samplesPerSecond) + " samples/s");
            roofline.fraction()
                    .ifPresent(part -> out.println("  " + Table.percent(part) + " of the roofline, bound by "
                            + roofline.bound().orElse("")));
            versus.ifPresent(rival -> out.println("  " + rival.name() + ": p50 " + Table.figure(rival.p50Ms()) + " ms, "
                    + Table.figure(rival.samplesPerSecond()) + " samples/s; ratio " + Table.figure(rival.ratio())
                    + " (above 1: Inlay is faster)"));
        }
    }

    @Override
    protected Report report() throws IOException {
        if (!(seconds > 0)) {
            throw new UsageException("--seconds: got " + seconds + ", expected more than 0");
        }
        positive("--count", count);
        Map<String, Tensor> given = model.tensors();
        int wanted = positive("--batch", batch.orElse(scenario == Scenario.OFFLINE ? OFFLINE_BATCH : 1));
        Graph graph = given.isEmpty() && model.shapes().isEmpty() ? model.file().batched(wanted) : model.read(given);
        int samples = samples(graph);
        if (batch.isPresent() && samples != wanted) {
            throw new UsageException("--batch: got " + wanted + ", expected " + samples + ", which the model fixes");
        }
        OptionalDouble load = MachineLoad.average();
        noteLoad();
        Map<String, Tensor> inputs = RandomInputs.complete(graph, given, seed);
        try (Engine engine = engine()) {
            List<DeviceDescription> chosen = devices.together(engine);
            CompiledModel compiled = devices.compile(engine, graph, chosen);
            Latencies ours = new Latencies(samples);
            try (Session session = compiled.open();
                    Progress progress = progress("bench", count)) {
                Duel duel = new Duel(seconds, count);
                Duel.Side side = new Duel.Side(() -> session.run(inputs), ours);
                Optional<Versus> rival = Optional.empty();
                if (versus.isPresent()) {
                    Latencies theirs = new Latencies(samples);
                    try (OnnxRuntimeModel opened =
                                    OnnxRuntimeModel.optimised(model.file().path());
                            OnnxRuntimeModel.Prepared prepared = opened.prepare(inputs)) {
                        duel.run(progress::step, side, new Duel.Side(prepared::run, theirs));
                    }
                    rival = Optional.of(new Versus(
                            "onnxruntime " + OnnxRuntimeModel.version(),
                            theirs.percentileMs(0.5),
                            theirs.samplesPerSecond(),
                            ours.samplesPerSecond() / theirs.samplesPerSecond()));
                } else {
                    duel.run(progress::step, side);
                }
                return answer(compiled.graph(), chosen, samples, ours, rival, load);
            }
        }
    }

    private Bench answer(
            Graph graph,
            List<DeviceDescription> chosen,
            int samples,
            Latencies ours,
            Optional<Versus> rival,
            OptionalDouble load) {
        List<Work> works = Roofline.contractions(graph);
        Optional<Roofline> ceilings = chosen.size() == 1
                ? ProfileCatalog.shipped()
                        .match(
                                chosen.getFirst().platform(),
                                chosen.getFirst().name(),
                                chosen.getFirst().driver())
                        .flatMap(profile -> Roofline.of(profile, Carrier.F32))
                : Optional.empty();
        double p50 = ours.percentileMs(0.5);
        Map<String, Evidence> evidence = new TreeMap<>();
        for (String figure : List.of("p50Ms", "p90Ms", "p99Ms", "samplesPerSecond")) {
            evidence.put(figure, chosen.getFirst().evidence());
        }
        return new Bench(
                model.file().name(),
                scenario.toString(),
                samples,
                chosen.stream().map(DeviceDescription::id).collect(Collectors.joining(",")),
                ours.samples(),
                p50,
                ours.percentileMs(0.9),
                ours.percentileMs(0.99),
                ours.samplesPerSecond(),
                new Ceiling(
                        works.stream().mapToLong(Work::operations).sum(),
                        works.stream().mapToLong(Work::bytes).sum(),
                        ceilings.map(roofline -> roofline.bound(works).name().toLowerCase(Locale.ROOT)),
                        ceilings.map(roofline -> OptionalDouble.of(roofline.seconds(works) * 1e3 / p50))
                                .orElse(OptionalDouble.empty())),
                rival,
                load,
                evidence);
    }

    private static int samples(Graph graph) {
        return graph.inputs().isEmpty() || graph.inputs().getFirst().shape().rank() == 0
                ? 1
                : graph.inputs().getFirst().shape().size(0);
    }
}
