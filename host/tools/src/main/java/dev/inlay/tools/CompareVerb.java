// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.Engine;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.Evidence;
import dev.inlay.tools.data.DataSets;
import dev.inlay.tools.data.LabelledImages;
import dev.inlay.tools.measure.ComparisonRow;
import dev.inlay.tools.measure.ModelledDevice;
import dev.inlay.tools.measure.Trial;
import dev.inlay.tools.model.ModelFile;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.DoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code inlay compare}. */
@Command(
        name = "compare",
        description = "Set models beside each other on the devices of this machine and on boards known by a profile.")
final class CompareVerb extends Verb {
    @Parameters(arity = "0..*", paramLabel = "MODEL", description = "ONNX models; without any, the sample LeNet-5.")
    private List<Path> models = new ArrayList<>();

    @Mixin
    private DeviceOptions devices;

    @Option(
            names = "--profiles",
            split = ",",
            paramLabel = "NAME",
            defaultValue = ModelledDevice.DEFAULT,
            description = "Boards to model; default ${DEFAULT-VALUE}.")
    private List<String> profiles = new ArrayList<>();

    @Option(
            names = "--dataset",
            paramLabel = "NAME[:N]",
            defaultValue = DataSets.SHIPPED,
            description = "Images that top1 is over; default ${DEFAULT-VALUE}.")
    private String dataset;

    @Option(names = "--batch", defaultValue = "50", description = "Images a run; default ${DEFAULT-VALUE}.")
    private int batch;

    record Comparison(List<ComparisonRow> rows) implements Report {
        @Override
        public void print(PrintStream out) {
            printRows(rows, out);
        }
    }

    @Override
    protected Report report() throws IOException {
        positive("--batch", batch);
        List<ModelledDevice> boards =
                profiles.stream().map(ModelledDevice::named).toList();
        LabelledImages images = DataSets.open(dataset, Home.current());
        noteLoad();
        List<ComparisonRow> rows = new ArrayList<>();
        try (Engine engine = engine(devices.engine())) {
            List<DeviceDescription> chosen = devices.each(engine);
            for (ModelFile model : files()) {
                List<ComparisonRow> measured = new ArrayList<>();
                for (DeviceDescription device : chosen) {
                    try (Progress progress = progress(model.name() + " on " + device.id(), images.size())) {
                        Trial trial = Trial.run(engine, model, device, images, batch, progress::step);
                        measured.add(ComparisonRow.measured(model, device, trial));
                    }
                }
                rows.addAll(measured);
                for (ModelledDevice board : boards) {
                    rows.add(board.row(model, batch, measured));
                }
            }
        }
        return new Comparison(rows);
    }

    private List<ModelFile> files() {
        return models.isEmpty()
                ? List.of(new ModelFile(Home.current().models().resolve("lenet5.onnx")))
                : models.stream().map(ModelFile::new).toList();
    }

    /** The rows for a reader: each figure with where it comes from. */
    static void printRows(List<ComparisonRow> rows, PrintStream out) {
        Table table = new Table("model", "device", "class", "top1", "of", "latency ms", "images/s");
        for (ComparisonRow row : rows) {
            table.row(
                    row.model(),
                    row.device(),
                    row.deviceClass(),
                    figure(row, "top1", row.top1(), Table::percent),
                    Integer.toString(row.n()),
                    figure(row, "latencyMs", row.latencyMs(), Table::figure),
                    figure(row, "samplesPerSecond", row.samplesPerSecond(), Table::figure));
        }
        table.print(out);
        if (rows.stream().anyMatch(row -> row.evidence().containsValue(Evidence.MODELLED))) {
            out.println("modelled: by the cost model of the board's class and its profile; emulated: computed here");
        }
    }

    private static String figure(ComparisonRow row, String name, OptionalDouble value, DoubleFunction<String> text) {
        Evidence evidence = row.evidence().get(name);
        return value.isEmpty() || evidence == null
                ? "-"
                : text.apply(value.getAsDouble()) + " " + evidence.name().toLowerCase(Locale.ROOT);
    }
}
