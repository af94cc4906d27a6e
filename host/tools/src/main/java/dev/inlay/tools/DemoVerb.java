// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.inlay.Engine;
import dev.inlay.compiler.recipe.Recipe;
import dev.inlay.compiler.recipe.RecipeReader;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.tools.compare.Comparer;
import dev.inlay.tools.compare.Comparison;
import dev.inlay.tools.compare.DeviceRuns;
import dev.inlay.tools.compare.MeasuredRuns;
import dev.inlay.tools.compare.ModelledRuns;
import dev.inlay.tools.compare.RowTable;
import dev.inlay.tools.compare.Setting;
import dev.inlay.tools.data.DataSets;
import dev.inlay.tools.data.LabelledImages;
import dev.inlay.tools.measure.CalibrationDraw;
import dev.inlay.tools.measure.MachineLoad;
import dev.inlay.tools.measure.ModelledDevice;
import dev.inlay.tools.measure.Trial;
import dev.inlay.tools.measure.Variant;
import dev.inlay.tools.model.ModelFile;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/** {@code inlay demo}. */
@Command(
        name = "demo",
        description = "Classify real images with the sample models, as they are and in 8 bits, on every device found,"
                + " and say which to take.")
final class DemoVerb extends Verb {
    private static final int BATCH = 50;
    private static final Optional<String> CALIBRATION = Optional.of(DataSets.SHIPPED + ":64");
    private static final long SEED = 1;
    private static final int SHOWN_RIGHT = 3;

    /** Devices whose answers differ on a larger part than this of the images do not compute the same network. */
    private static final double MOST_DISAGREEMENT = 0.01;

    private static final List<String> MODELS = List.of("lenet5", "small-resnet");
    private static final String RECIPE = "int8.yaml";

    /**
     * @param comparison the sample models on every device
     * @param agreement the smallest part of the images on which a device answers as the reference does
     * @param summary of that, in words
     * @param pictures what is drawn; not part of the document
     */
    record Demo(
            Comparison comparison,
            OptionalDouble agreement,
            String summary,
            @JsonIgnore Optional<Picture> pictures) implements Report {
        @Override
        public void print(PrintStream out) {
            out.println(comparison.answer());
            out.println();
            pictures.ifPresent(shown -> shown.print(out));
            out.println();
            out.println(summary);
            out.println();
            RowTable.print(comparison.rows(), out);
            comparison.faults().forEach(fault -> out.println(fault.words()));
            out.println();
            out.println("More methods and boards, with a page of plots: ./inlay compare --report compare.html");
        }

        @Override
        public Exit exit() {
            boolean agrees = agreement.isEmpty() || agreement.getAsDouble() >= 1 - MOST_DISAGREEMENT;
            return comparison.exit() == Exit.DONE && !agrees ? Exit.NOT_HELD : comparison.exit();
        }
    }

    @Override
    protected Report report() throws IOException {
        OptionalDouble load = MachineLoad.average();
        noteLoad();
        Home home = Home.current();
        LabelledImages images = DataSets.open(DataSets.SHIPPED, home);
        List<ModelFile> models = models(home);
        List<Recipe> recipes = List.of(RecipeReader.read(home.recipes().resolve(RECIPE)));
        try (Engine engine = engine()) {
            List<DeviceDescription> devices = engine.devices().stream()
                    .filter(device -> !device.debugger())
                    .sorted(Comparator.comparing(device -> !device.isReference()))
                    .toList();
            int steps = Comparer.steps(models.size(), recipes.size(), devices.size());
            try (DeviceRuns runs = DeviceRuns.of(engine, devices);
                    Progress progress = progress("demo", steps)) {
                Watch watch = new Watch(progress, images);
                Comparer comparer = new Comparer(
                        images,
                        BATCH,
                        runs.each(),
                        List.of(new ModelledRuns(ModelledDevice.named(ModelledDevice.DEFAULT))),
                        watch);
                CalibrationDraw draw = CalibrationDraw.of(models.getFirst(), CALIBRATION, SEED, home);
                for (ModelFile model : models) {
                    comparer.run(model, recipes, CalibrationDraw.of(model, CALIBRATION, SEED, home));
                }
                Setting setting = new Setting(images.name(), images.size(), BATCH, draw, load);
                return new Demo(
                        comparer.comparison(setting, List.of(), List.of()),
                        watch.agreement,
                        summary(watch.agreement),
                        watch.picture);
            }
        }
    }

    /** Compares the answers of devices with those of plain Java, which runs first, and keeps the first images. */
    private static final class Watch implements Comparer.Watcher {
        private final Progress progress;
        private final LabelledImages images;
        private final Map<String, Trial> references = new HashMap<>();
        private OptionalDouble agreement = OptionalDouble.empty();
        private Optional<Picture> picture = Optional.empty();

        Watch(Progress progress, LabelledImages images) {
            this.progress = progress;
            this.images = images;
        }

        @Override
        public void begins(String what) {
            progress.step(1);
            progress.say(what);
        }

        @Override
        public void ran(Variant variant, MeasuredRuns.Run run) {
            Trial trial = run.trial();
            Trial reference = references.putIfAbsent(variant.model() + " as " + variant.method(), trial);
            if (reference != null) {
                agreement = OptionalDouble.of(Math.min(reference.agreement(trial), agreement.orElse(1)));
            }
            picture = picture.isPresent() ? picture : Optional.of(picture(images, trial));
        }
    }

    private static List<ModelFile> models(Home home) throws IOException {
        List<ModelFile> models = MODELS.stream()
                .map(name -> new ModelFile(home.models().resolve(name + ".onnx")))
                .filter(model -> Files.exists(model.path()))
                .toList();
        if (models.isEmpty()) {
            Path expected = home.models().resolve(MODELS.getFirst() + ".onnx");
            throw new IOException(expected + ": got no such file, expected the sample model of Inlay's checkout");
        }
        return models;
    }

    /** A few images that the device got right, and the first it got wrong. */
    private static Picture picture(LabelledImages images, Trial trial) {
        Picture picture = new Picture(images);
        int[] classes = trial.classes();
        List<Integer> indices = Stream.iterate(0, i -> i < classes.length, i -> i + 1)
                .filter(i -> classes[i] == images.label(i))
                .limit(SHOWN_RIGHT)
                .toList();
        indices.forEach(i -> picture.add(i, images.classes().get(classes[i])));
        Stream.iterate(0, i -> i < classes.length, i -> i + 1)
                .filter(i -> classes[i] != images.label(i))
                .findFirst()
                .ifPresent(i -> picture.add(i, images.classes().get(classes[i])));
        return picture;
    }

    private static String summary(OptionalDouble agreement) {
        if (agreement.isEmpty()) {
            return "No OpenCL device was there to compare with plain Java.";
        }
        return agreement.getAsDouble() == 1
                ? "Every device gives the answers of plain Java."
                : "Every device gives the answer of plain Java on at least " + Table.percent(agreement.getAsDouble())
                        + " of the images.";
    }
}
