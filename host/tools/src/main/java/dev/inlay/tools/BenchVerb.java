// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.CompileOptions;
import dev.inlay.CompiledModel;
import dev.inlay.Engine;
import dev.inlay.Session;
import dev.inlay.UsageException;
import dev.inlay.backend.opencl.OpenClDevice;
import dev.inlay.graph.Graph;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.Evidence;
import dev.inlay.plan.LayerWork;
import dev.inlay.plan.Plan;
import dev.inlay.plan.Roofline;
import dev.inlay.plan.Step;
import dev.inlay.plan.Work;
import dev.inlay.profile.Carrier;
import dev.inlay.profile.ProfileCatalog;
import dev.inlay.tensor.Tensor;
import dev.inlay.tools.measure.Ceilings;
import dev.inlay.tools.measure.Duel;
import dev.inlay.tools.measure.Latencies;
import dev.inlay.tools.measure.MachineLoad;
import dev.inlay.tools.measure.RandomInputs;
import dev.inlay.tools.measure.Stream;
import dev.inlay.tools.oracle.OnnxRuntimeModel;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code inlay bench}. */
@Command(name = "bench", description = "Measure latency and throughput, beside a rival if one is named.")
final class BenchVerb extends Verb {
    private static final int OFFLINE_BATCH = 32;

    /** Repetitions of a launch that is timed. */
    private static final int LAUNCHES = 20;

    /** Length of a turn beside another device, in which several requests fit. */
    private static final double TURN_SECONDS = 5;

    /** Requests of a trace, for each slot. */
    private static final int TRACED = 4;

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
    private PlacementOptions devices;

    @Mixin
    private TraceOptions trace;

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

    @Option(
            names = "--slots",
            defaultValue = "1",
            description =
                    "Requests under way at once, for devices that each do a part; Offline; default ${DEFAULT-VALUE}.")
    private int slots;

    @Option(
            names = "--beside",
            paramLabel = "ID",
            description = "Measure the whole model on this device alone too, in turns.")
    private Optional<String> beside = Optional.empty();

    @Option(names = "--seconds", defaultValue = "3", description = "Least time measured; default ${DEFAULT-VALUE} s.")
    private double seconds;

    @Option(names = "--count", defaultValue = "64", description = "Least runs measured; default ${DEFAULT-VALUE}.")
    private int count;

    @Option(names = "--seed", defaultValue = "1", description = "Seed of the inputs; default ${DEFAULT-VALUE}.")
    private long seed;

    /**
     * @param ops operations of the contractions of one run
     * @param bytes bytes that they read and write once
     * @param bound what takes most of the time by the ceilings; absent without them
     * @param fraction time by the roofline over the time taken; absent without ceilings
     * @param evidence where the ceilings are from: measured in this run, or the device's profile
     */
    record Ceiling(
            long ops, long bytes, Optional<String> bound, OptionalDouble fraction, Optional<Evidence> evidence) {}

    /**
     * One launch.
     *
     * @param ops operations
     * @param bytes bytes that it reads and writes once
     * @param ms milliseconds, repeated by itself
     * @param fraction time by the ceilings of this run over the time taken
     * @param bound what takes most of the time by the ceilings
     */
    record LaunchTime(
            String node,
            String kernel,
            String carrier,
            long ops,
            long bytes,
            double ms,
            double fraction,
            String bound) {}

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
            List<LaunchTime> layers,
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
            if (!layers.isEmpty()) {
                Table table = new Table("node", "kernel", "carrier", "Mop", "KiB", "ms", "of its roofline", "bound");
                layers.forEach(each -> table.row(
                        each.node(),
                        each.kernel(),
                        each.carrier(),
                        Table.figure(each.ops() / 1e6),
                        Table.figure(each.bytes() / 1024.0),
                        Table.figure(each.ms()),
                        Table.percent(each.fraction()),
                        each.bound()));
                table.print(out);
            }
            versus.ifPresent(rival -> out.println("  " + rival.name() + ": p50 " + Table.figure(rival.p50Ms()) + " ms, "
                    + Table.figure(rival.samplesPerSecond()) + " samples/s; ratio " + Table.figure(rival.ratio())
                    + " (above 1: " + device + " is faster)"));
        }
    }

    @Override
    protected Report report() throws IOException {
        if (!(seconds > 0)) {
            throw new UsageException("--seconds: got " + seconds + ", expected more than 0");
        }
        positive("--count", count);
        positive("--slots", slots);
        if (slots > 1 && (scenario != Scenario.OFFLINE || versus.isPresent())) {
            throw new UsageException("--slots: got " + slots + ", expected 1 but in Offline without --versus");
        }
        if (beside.isPresent() && (scenario != Scenario.OFFLINE || versus.isPresent())) {
            throw new UsageException(
                    "--beside: got " + beside.get() + ", expected it in Offline without --versus only");
        }
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
        try (Engine engine = engine(devices.engine())) {
            List<DeviceDescription> chosen = devices.together(engine);
            CompiledModel compiled = devices.compile(engine, graph, chosen, slots);
            Latencies ours = new Latencies(samples);
            try (Session session = compiled.open();
                    Progress progress = progress("bench", count)) {
                Optional<Versus> rival = Optional.empty();
                if (versus.isPresent()) {
                    rival = Optional.of(duel(session, inputs, ours, progress));
                } else if (beside.isPresent()) {
                    rival = Optional.of(beside(engine, graph, session, inputs, ours, progress));
                } else if (slots > 1) {
                    Stream.inTurns(seconds, count, seconds, progress::step, new Stream(session, inputs, slots, ours));
                } else {
                    new Duel(seconds, count).run(progress::step, new Duel.Side(() -> session.run(inputs), ours));
                }
                record(session, inputs);
                note(session.notices());
                List<LaunchTime> layers =
                        chosen.size() == 1 && !chosen.getFirst().id().equals(DeviceDescription.REFERENCE)
                                ? layers(engine.openCl(chosen.getFirst().id()), compiled.plan(), session)
                                : List.of();
                return answer(compiled.graph(), chosen, samples, ours, layers, rival, load);
            }
        }
    }

    /** Beside ONNX Runtime. */
    private Versus duel(Session session, Map<String, Tensor> inputs, Latencies ours, Progress progress)
            throws IOException {
        Latencies theirs = new Latencies(ours.samplesPerQuery());
        try (OnnxRuntimeModel opened = OnnxRuntimeModel.optimised(model.file().path());
                OnnxRuntimeModel.Prepared prepared = opened.prepare(inputs)) {
            new Duel(seconds, count)
                    .run(
                            progress::step,
                            new Duel.Side(() -> session.run(inputs), ours),
                            new Duel.Side(prepared::run, theirs));
        }
        return versus("onnxruntime " + OnnxRuntimeModel.version(), ours, theirs);
    }

    /** Beside the whole model on one device, with as many requests under way there. */
    private Versus beside(
            Engine engine,
            Graph graph,
            Session session,
            Map<String, Tensor> inputs,
            Latencies ours,
            Progress progress) {
        DeviceDescription alone = engine.device(beside.orElseThrow());
        Latencies theirs = new Latencies(ours.samplesPerQuery());
        CompileOptions options = CompileOptions.on(alone.id()).withSlots(slots);
        try (Session whole = engine.compile(graph, options).open()) {
            Stream.inTurns(
                    seconds,
                    count,
                    Math.min(seconds, TURN_SECONDS),
                    progress::step,
                    new Stream(session, inputs, slots, ours),
                    new Stream(whole, inputs, slots, theirs));
        }
        return versus(alone.id() + " alone", ours, theirs);
    }

    private static Versus versus(String name, Latencies ours, Latencies theirs) {
        return new Versus(
                name,
                theirs.percentileMs(0.5),
                theirs.samplesPerSecond(),
                ours.samplesPerSecond() / theirs.samplesPerSecond());
    }

    /** Some more requests, which are traced: recording costs time, and so comes after what is measured. */
    private void record(Session session, Map<String, Tensor> inputs) throws IOException {
        if (trace.wanted()) {
            trace.around(() -> IntStream.range(0, TRACED * slots)
                    .mapToObj(i -> session.runAsync(inputs))
                    .toList()
                    .forEach(CompletableFuture::join));
        }
    }

    /** Every launch beside the ceilings of the device, which are measured now. */
    private static List<LaunchTime> layers(OpenClDevice device, Plan plan, Session session) {
        try (Ceilings ceilings = new Ceilings(device)) {
            List<LaunchTime> layers = new ArrayList<>();
            session.launchSeconds(LAUNCHES).forEach((step, seconds) -> {
                Step.Launch launch = (Step.Launch) plan.steps().get(step);
                Work work = launch.work();
                double compute = work.operations() / ceilings.operationsPerSecond(launch.kernel());
                double memory = work.bytes() / ceilings.bytesPerSecond(work.bytes());
                layers.add(new LaunchTime(
                        launch.node(),
                        launch.kernel().spec(),
                        work.carrier(),
                        work.operations(),
                        work.bytes(),
                        seconds * 1e3,
                        Math.max(compute, memory) / seconds,
                        compute > memory ? "compute" : "memory"));
            });
            return layers;
        }
    }

    private Bench answer(
            Graph graph,
            List<DeviceDescription> chosen,
            int samples,
            Latencies ours,
            List<LaunchTime> layers,
            Optional<Versus> rival,
            OptionalDouble load) {
        List<Work> works =
                LayerWork.contractions(graph).stream().map(LayerWork::work).toList();
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
                layers.isEmpty() ? ceiling(works, ceilings, p50) : ceiling(works, layers, p50),
                layers,
                rival,
                load,
                evidence);
    }

    /** By the device's profile. */
    private static Ceiling ceiling(List<Work> works, Optional<Roofline> ceilings, double p50) {
        return new Ceiling(
                works.stream().mapToLong(Work::operations).sum(),
                works.stream().mapToLong(Work::bytes).sum(),
                ceilings.map(roofline -> roofline.bound(works).name().toLowerCase(Locale.ROOT)),
                ceilings.map(roofline -> OptionalDouble.of(roofline.seconds(works) * 1e3 / p50))
                        .orElse(OptionalDouble.empty()),
                ceilings.map(roofline -> Evidence.MODELLED));
    }

    /** By the ceilings of this run. */
    private static Ceiling ceiling(List<Work> works, List<LaunchTime> layers, double p50) {
        double all =
                layers.stream().mapToDouble(each -> each.fraction() * each.ms()).sum();
        double compute = layers.stream()
                .filter(each -> each.bound().equals("compute"))
                .mapToDouble(each -> each.fraction() * each.ms())
                .sum();
        return new Ceiling(
                works.stream().mapToLong(Work::operations).sum(),
                works.stream().mapToLong(Work::bytes).sum(),
                Optional.of(2 * compute > all ? "compute" : "memory"),
                OptionalDouble.of(all / p50),
                Optional.of(Evidence.MEASURED));
    }

    private static int samples(Graph graph) {
        return graph.inputs().isEmpty() || graph.inputs().getFirst().shape().rank() == 0
                ? 1
                : graph.inputs().getFirst().shape().size(0);
    }
}
