// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.Engine;
import dev.inlay.compiler.recipe.Recipe;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.LayerWork;
import dev.inlay.plan.model.BoardModel;
import dev.inlay.profile.ProfileCatalog;
import dev.inlay.tools.compare.Comparer;
import dev.inlay.tools.compare.Comparison;
import dev.inlay.tools.compare.CsvTable;
import dev.inlay.tools.compare.DeviceRuns;
import dev.inlay.tools.compare.MeasuredRuns;
import dev.inlay.tools.compare.ModelledRuns;
import dev.inlay.tools.compare.NetworkPower;
import dev.inlay.tools.compare.PowerOrder;
import dev.inlay.tools.compare.PrecisionSweep;
import dev.inlay.tools.compare.ReportPage;
import dev.inlay.tools.compare.Setting;
import dev.inlay.tools.compare.SweepPoint;
import dev.inlay.tools.data.DataSets;
import dev.inlay.tools.data.LabelledImages;
import dev.inlay.tools.measure.CalibrationDraw;
import dev.inlay.tools.measure.MachineLoad;
import dev.inlay.tools.measure.ModelledDevice;
import dev.inlay.tools.measure.Variant;
import dev.inlay.tools.model.ModelFile;
import dev.inlay.tools.published.Published;
import dev.inlay.tools.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code inlay compare}. */
@Command(
        name = "compare",
        description =
                "Set models, as they are and approximated, beside each other on the devices of this machine and on"
                        + " boards known by a profile.")
final class CompareVerb extends Verb {
    private static final long SEED = 1;
    private static final int CALIBRATION_IMAGES = 64;

    /** Networks whose cost is modelled on boards; their weights are random and their answers mean nothing. */
    private static final List<Zoo> LARGE = List.of(Zoo.ALEXNET, Zoo.RESNET18, Zoo.RESNET50, Zoo.MOBILENETV1);

    @Parameters(arity = "0..*", paramLabel = "MODEL", description = "ONNX models; without any, the two samples.")
    private List<Path> models = new ArrayList<>();

    @Mixin
    private DeviceOptions devices;

    @Mixin
    private RecipeOptions recipes;

    @Option(
            names = "--profiles",
            split = ",",
            paramLabel = "NAME",
            defaultValue = "stratix10-gx2800,arria10-gx1150,alveo-u50,titan-x-pascal",
            description = "Boards to model, none for no board; default ${DEFAULT-VALUE}.")
    private List<String> profiles = new ArrayList<>();

    @Option(
            names = "--dataset",
            paramLabel = "NAME[:N]",
            defaultValue = DataSets.SHIPPED,
            description = "Images that top1 is over; default ${DEFAULT-VALUE}.")
    private String dataset;

    @Option(
            names = "--calibrate",
            paramLabel = "NAME[:N]",
            description =
                    "Images that recipes are calibrated on, as of inlay approximate; default 64 of what that draws.")
    private Optional<String> calibration = Optional.empty();

    @Option(names = "--batch", defaultValue = "50", description = "Images a run; default ${DEFAULT-VALUE}.")
    private int batch;

    @Option(
            names = "--no-large",
            description = "Leave out large networks on boards: the precision sweep and the order by power.")
    private boolean samplesOnly;

    @Option(
            names = "--report",
            paramLabel = "OUT.html",
            description = "Write a page with plots, which needs no network.")
    private Optional<Path> page = Optional.empty();

    @Option(names = "--csv", paramLabel = "OUT.csv", description = "Write the rows as CSV.")
    private Optional<Path> csv = Optional.empty();

    @Option(
            names = "--published",
            description = "Set what the board models say beside results that others published, and nothing else.")
    private boolean published;

    @Override
    protected Report report() throws IOException {
        positive("--batch", batch);
        if (published) {
            return PublishedReport.of(Published.read());
        }
        List<ModelledDevice> boards = profiles.stream()
                .filter(name -> !name.equals(Variant.EXACT))
                .map(ModelledDevice::named)
                .toList();
        List<Recipe> read = recipes.recipes();
        LabelledImages images = DataSets.open(dataset, Home.current());
        for (Path file : List.of(page, csv).stream().flatMap(Optional::stream).toList()) {
            writable(file);
        }
        OptionalDouble load = MachineLoad.average();
        noteLoad();
        Comparison comparison = compare(images, boards, read, load);
        if (page.isPresent()) {
            Files.writeString(page.get(), ReportPage.of(recorded(comparison)));
        }
        if (csv.isPresent()) {
            Files.writeString(csv.get(), CsvTable.of(comparison.rows()));
        }
        return comparison;
    }

    private Comparison compare(
            LabelledImages images, List<ModelledDevice> boards, List<Recipe> read, OptionalDouble load)
            throws IOException {
        List<ModelFile> files = files();
        String drawn = calibration.orElseGet(() -> DataSets.calibration() + ":" + CALIBRATION_IMAGES);
        List<CalibrationDraw> draws = new ArrayList<>();
        for (ModelFile model : files) {
            draws.add(CalibrationDraw.of(model, Optional.of(drawn), SEED, Home.current()));
        }
        try (Engine engine = engine(devices.engine())) {
            List<DeviceDescription> chosen = devices.each(engine);
            int steps = Comparer.steps(files.size(), read.size(), chosen.size()) + (samplesOnly ? 0 : LARGE.size());
            try (Progress progress = progress("compare", steps)) {
                try (DeviceRuns runs = DeviceRuns.of(engine, chosen)) {
                    Comparer comparer = new Comparer(
                            images,
                            batch,
                            runs.each(),
                            boards.stream().map(ModelledRuns::new).toList(),
                            new Shown(progress));
                    for (int i = 0; i < files.size(); i++) {
                        comparer.run(files.get(i), read, draws.get(i));
                    }
                    List<SweepPoint> sweep = new ArrayList<>();
                    List<NetworkPower> power = samplesOnly ? List.of() : large(sweep, boards, progress);
                    return comparer.comparison(
                            new Setting(images.name(), images.size(), batch, draws.getFirst(), load), sweep, power);
                }
            }
        }
    }

    /** A bar that goes on with each thing that begins. */
    private record Shown(Progress progress) implements Comparer.Watcher {
        @Override
        public void begins(String what) {
            progress.step(1);
            progress.say(what);
        }

        @Override
        public void ran(Variant variant, MeasuredRuns.Run run) {}
    }

    /** Large networks, one in memory at a time. */
    private List<NetworkPower> large(List<SweepPoint> sweep, List<ModelledDevice> boards, Progress progress) {
        List<ModelledDevice> pair = PrecisionSweep.BOARDS.stream()
                .filter(id ->
                        boards.stream().anyMatch(board -> board.profile().id().equals(id)))
                .map(ModelledDevice::named)
                .toList();
        List<ModelledDevice> known = ProfileCatalog.shipped().profiles().stream()
                .filter(profile -> profile.power().isPresent())
                .flatMap(profile -> BoardModel.of(profile).stream())
                .map(ModelledDevice::new)
                .toList();
        PowerOrder order = new PowerOrder();
        for (Zoo network : LARGE) {
            progress.step(1);
            progress.say(network.title() + " on boards");
            List<LayerWork> works = LayerWork.of(ModelledDevice.rewritten(network.graph(SEED)));
            if (network == Zoo.ALEXNET && pair.size() == 2) {
                sweep.addAll(PrecisionSweep.of(network.title(), works, 1, pair));
            }
            order.add(network.title(), Variant.EXACT, works, 1, known);
        }
        return order.rows();
    }

    private List<ModelFile> files() {
        Path samples = Home.current().models();
        return models.isEmpty()
                ? List.of(
                        new ModelFile(samples.resolve("lenet5.onnx")),
                        new ModelFile(samples.resolve("small-resnet.onnx")))
                : models.stream().map(ModelFile::new).toList();
    }

    /** Fails before the work where the file could not be written after it. */
    private static void writable(Path file) throws IOException {
        Files.createDirectories(
                Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file));
        if (Files.isDirectory(file)) {
            throw new IOException(file + ": got a folder, expected a file to write");
        }
    }
}
