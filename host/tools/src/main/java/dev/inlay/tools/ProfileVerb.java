// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.CompiledModel;
import dev.inlay.Engine;
import dev.inlay.Session;
import dev.inlay.Tuner;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.Evidence;
import dev.inlay.plan.Step;
import dev.inlay.plan.cost.Calibration;
import dev.inlay.plan.cost.CostModel;
import dev.inlay.tensor.Tensor;
import dev.inlay.tools.measure.RandomInputs;
import dev.inlay.tools.model.ModelFile;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code inlay profile}. */
@Command(
        name = "profile",
        description = "Measure every step of models in place, and set it beside what was expected of it.")
final class ProfileVerb extends Verb {
    private static final int SHOWN = 5;

    @Parameters(arity = "1..*", paramLabel = "MODEL", description = "ONNX model files.")
    private List<Path> models;

    @Mixin
    private DeviceOptions devices;

    @Option(names = "--refit", description = "Let plans go by what was measured here too, from now on.")
    private boolean refit;

    /**
     * All steps of one kernel in a model.
     *
     * @param measuredMs in one request
     * @param predictedMs likewise, by what was known before
     * @param error predicted over measured, less 1
     */
    record Kernel(String kernel, int steps, double measuredMs, double predictedMs, double error) {}

    /**
     * @param measuredMs of a request, the median
     * @param predictedMs likewise, by what was known before
     * @param error predicted over measured, less 1
     * @param kernels those whose prediction is furthest off in time first
     */
    record Row(
            String model,
            String device,
            double measuredMs,
            double predictedMs,
            double error,
            List<Kernel> kernels,
            Map<String, Evidence> evidence) {}

    /**
     * @param medianError of the rows' errors' magnitudes
     * @param worstError the largest
     */
    record Residuals(List<Row> rows, double medianError, double worstError) implements Report {
        @Override
        public void print(PrintStream out) {
            for (Row row : rows) {
                out.printf(
                        "%s on %s: %s ms measured, %s ms modelled, %+.1f %%%n",
                        row.model(),
                        row.device(),
                        Table.figure(row.measuredMs()),
                        Table.figure(row.predictedMs()),
                        100 * row.error());
                for (Kernel each :
                        row.kernels().subList(0, Math.min(SHOWN, row.kernels().size()))) {
                    out.printf(
                            "  %+7.1f %%  %8s ms of %8s ms in %d  %s%n",
                            100 * each.error(),
                            Table.figure(each.predictedMs()),
                            Table.figure(each.measuredMs()),
                            each.steps(),
                            each.kernel());
                }
            }
            out.printf(
                    "median error of %d models %.1f %%, the worst %.1f %%%n",
                    rows.size(), 100 * medianError, 100 * worstError);
        }
    }

    @Override
    protected Report report() throws IOException {
        for (Path path : models) {
            // What is wrong with a model is said before a device is measured, which takes its time.
            new ModelFile(path).read(Map.of());
        }
        noteLoad();
        try (Engine engine = engine(devices.engine());
                Progress progress = progress("profile", models.size())) {
            DeviceDescription device = devices.together(engine).getFirst();
            CostModel costs = engine.costs(List.of(device));
            List<Row> rows = new ArrayList<>();
            Tuner tuner = new Tuner(engine, device);
            for (Path path : models) {
                rows.add(row(engine, device, new ModelFile(path), costs, tuner));
                progress.step(1);
            }
            if (refit) {
                Calibration known = engine.calibration(device).orElseThrow();
                engine.keep(known.with(tuner.calibration().samples()));
            }
            double[] errors = rows.stream()
                    .mapToDouble(row -> Math.abs(row.error()))
                    .sorted()
                    .toArray();
            return new Residuals(rows, errors[errors.length / 2], errors[errors.length - 1]);
        }
    }

    private Row row(Engine engine, DeviceDescription device, ModelFile file, CostModel costs, Tuner tuner)
            throws IOException {
        CompiledModel model = engine.compile(file.read(Map.of()), devices.options(List.of(device)));
        try (Session session = model.open()) {
            Map<String, Tensor> inputs = RandomInputs.complete(model.graph(), Map.of(), 1);
            Tuner.Measured requests = tuner.measured(session, inputs);
            tuner.add(model, requests);
            double measured = requests.seconds() * 1e3;
            double predicted = costs.latencySeconds(model.graph(), model.plan()) * 1e3;
            return new Row(
                    file.name(),
                    device.id(),
                    measured,
                    predicted,
                    predicted / measured - 1,
                    kernels(model, requests, costs),
                    new TreeMap<>(Map.of("measuredMs", Evidence.MEASURED, "predictedMs", Evidence.MODELLED)));
        }
    }

    private static List<Kernel> kernels(CompiledModel model, Tuner.Measured requests, CostModel costs) {
        List<Double> predicted = costs.seconds(model.graph(), model.plan());
        Map<String, double[]> sums = new TreeMap<>();
        for (int step = 0; step < predicted.size(); step++) {
            double[] sum = sums.computeIfAbsent(name(model.plan().steps().get(step)), key -> new double[3]);
            sum[0]++;
            sum[1] += requests.seconds(step) * 1e3;
            sum[2] += predicted.get(step) * 1e3;
        }
        List<Kernel> kernels = new ArrayList<>();
        sums.forEach((name, sum) -> kernels.add(new Kernel(name, (int) sum[0], sum[1], sum[2], sum[2] / sum[1] - 1)));
        kernels.sort(Comparator.comparingDouble(each -> -Math.abs(each.predictedMs() - each.measuredMs())));
        return kernels;
    }

    private static String name(Step step) {
        return switch (step) {
            case Step.Launch launch -> launch.kernel().toString();
            case Step.Transfer transfer -> "transfer";
            case Step.Evaluate evaluate -> "java";
        };
    }
}
