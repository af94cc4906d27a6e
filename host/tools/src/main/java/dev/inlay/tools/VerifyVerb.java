// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.CompiledModel;
import dev.inlay.Engine;
import dev.inlay.Session;
import dev.inlay.UsageException;
import dev.inlay.graph.Graph;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.tensor.Tensor;
import dev.inlay.tools.measure.Difference;
import dev.inlay.tools.measure.RandomInputs;
import dev.inlay.tools.oracle.Oracle;
import dev.inlay.tools.verify.Bisection;
import dev.inlay.tools.verify.Bisection.Parting;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code inlay verify}. */
@Command(
        name = "verify",
        description = "Compare what each device answers with what an oracle does; exit code 1 where they part.")
final class VerifyVerb extends Verb {
    @Mixin
    private InputOptions model;

    @Mixin
    private DeviceOptions devices;

    @Option(
            names = "--oracle",
            required = true,
            paramLabel = "reference|onnxruntime",
            description = "What is right: plain Java, or ONNX Runtime with graph optimisation off.")
    private Oracle.Kind oracle;

    @Option(names = "--seed", defaultValue = "1", description = "Seed of inputs not given; default ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--tolerance",
            paramLabel = "NMSE",
            description =
                    "Largest nmse of float answers; default 1e-9, or 1e-7 where spectra of circulant blocks are held "
                            + "in 16 bits.")
    private Optional<Double> tolerance = Optional.empty();

    @Option(
            names = "--bisect",
            description = "Feed each layer the oracle's own input, name the first that parts, and write it out alone.")
    private boolean bisect;

    @Option(
            names = "--reproducer",
            paramLabel = "DIR",
            defaultValue = "inlay-reproducer",
            description = "Folder that takes the layer found by --bisect; default ${DEFAULT-VALUE}.")
    private Path folder;

    record Result(String device, String output, boolean exact, double maxAbs, double nmse, boolean within) {}

    /**
     * @param bisection for each device whose layers were run one by one and where one parted
     * @param bisected whether they were
     */
    record Verified(
            String model,
            String oracle,
            long seed,
            List<Result> results,
            List<RunVerb.Placed> fallbacks,
            boolean bisected,
            List<Parting> bisection)
            implements Report {
        @Override
        public void print(PrintStream out) {
            Table table = new Table("device", "output", "exact", "largest difference", "nmse", "within");
            results.forEach(result -> table.row(
                    result.device(),
                    result.output(),
                    result.exact() ? "yes" : "no",
                    Double.toString(result.maxAbs()),
                    Double.toString(result.nmse()),
                    result.within() ? "yes" : "NO"));
            table.print(out);
            RunVerb.printFallbacks(fallbacks, out);
            bisection.forEach(parting -> out.println("first to part: node \"" + parting.node() + "\" (" + parting.op()
                    + ") on " + parting.device() + ", kernel " + parting.kernel() + ", nmse " + parting.nmse()
                    + "; alone in " + parting.reproducer()));
            if (bisected && bisection.isEmpty()) {
                out.println("fed the oracle's own input, every layer is within");
            }
        }

        @Override
        public Exit exit() {
            boolean within = results.stream().allMatch(Result::within) && bisection.isEmpty();
            return within ? Exit.DONE : Exit.NOT_HELD;
        }
    }

    @Override
    protected Report report() throws IOException {
        if (tolerance.isPresent() && !(tolerance.get() >= 0)) {
            throw new UsageException("--tolerance: got " + tolerance.get() + ", expected at least 0");
        }
        Map<String, Tensor> given = model.tensors();
        Graph graph = model.read(given);
        Map<String, Tensor> inputs = RandomInputs.complete(graph, given, seed);
        List<Result> results = new ArrayList<>();
        List<RunVerb.Placed> fallbacks = new ArrayList<>();
        List<Parting> partings = new ArrayList<>();
        try (Engine engine = engine(devices.engine());
                Oracle right = oracle.open(model.file().path(), graph)) {
            List<DeviceDescription> chosen = devices.each(engine);
            Map<String, Tensor> expected = right.run(inputs);
            for (DeviceDescription device : chosen) {
                CompiledModel compiled = devices.compile(engine, graph, List.of(device));
                fallbacks.addAll(RunVerb.Placed.fallbacks(compiled));
                double most = tolerance.orElseGet(() -> Difference.tolerance(compiled.plan()));
                Map<String, Tensor> got;
                try (Session session = compiled.open()) {
                    got = session.run(inputs);
                }
                for (var output : got.entrySet()) {
                    Difference difference = Difference.between(
                            "output \"" + output.getKey() + "\"",
                            output.getValue(),
                            Optional.ofNullable(expected.get(output.getKey())).orElseThrow(),
                            most);
                    results.add(new Result(
                            device.id(),
                            output.getKey(),
                            difference.exact(),
                            difference.maxAbs(),
                            difference.nmse(),
                            difference.within()));
                }
                if (bisect) {
                    try (Progress progress = progress(
                            "layers on " + device.id(), compiled.graph().nodes().size())) {
                        new Bisection(engine, right, most)
                                .first(
                                        compiled.graph(),
                                        device,
                                        inputs,
                                        folder.resolve(device.id().replace('/', '-')),
                                        progress::step)
                                .ifPresent(partings::add);
                    }
                }
            }
        }
        return new Verified(
                model.file().path().toString(), oracle.toString(), seed, results, fallbacks, bisect, partings);
    }
}
