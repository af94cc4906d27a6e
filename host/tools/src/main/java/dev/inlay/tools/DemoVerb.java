// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.inlay.DeviceException;
import dev.inlay.Engine;
import dev.inlay.graph.OperationCount;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/** {@code inlay demo}. */
@Command(
        name = "demo",
        description = "Classify real images with the sample models on every device found, and say what each gives.")
final class DemoVerb extends Verb {
    private static final int BATCH = 50;
    private static final int SHOWN_RIGHT = 3;

    /** Plain Java is there to judge, not to be fast: it takes the images that this many operations reach for. */
    private static final long REFERENCE_OPERATIONS = 400_000_000;

    private static final int LEAST_REFERENCE_IMAGES = 20;
    private static final int MOST_REFERENCE_IMAGES = 200;

    /** Devices whose answers differ on a larger part than this of the images do not compute the same network. */
    private static final double MOST_DISAGREEMENT = 0.01;

    private static final List<String> MODELS = List.of("lenet5", "small-resnet");

    /** A device that failed, and how. */
    record Failed(String model, String device, String why) {}

    /**
     * @param agreement the smallest part of the images on which a device answers as the reference does
     * @param pictures what is drawn; not part of the document
     */
    record Demo(
            String dataset,
            int images,
            List<ComparisonRow> rows,
            OptionalDouble agreement,
            List<Failed> failed,
            String summary,
            @JsonIgnore Optional<Picture> pictures)
            implements Report {
        @Override
        public void print(PrintStream out) {
            pictures.ifPresent(shown -> shown.print(out));
            out.println();
            CompareVerb.printRows(rows, out);
            failed.forEach(at -> out.println(at.model() + " failed on " + at.device() + ": " + at.why()));
            out.println();
            out.println(summary);
        }

        @Override
        public Exit exit() {
            boolean agrees = agreement.isEmpty() || agreement.getAsDouble() >= 1 - MOST_DISAGREEMENT;
            return !failed.isEmpty() ? Exit.DEVICE_FAILED : agrees ? Exit.DONE : Exit.NOT_HELD;
        }
    }

    @Override
    protected Report report() throws IOException {
        noteLoad();
        Home home = Home.current();
        LabelledImages images = DataSets.open(DataSets.SHIPPED, home);
        List<ModelFile> models = models(home);
        List<ComparisonRow> rows = new ArrayList<>();
        List<Failed> failed = new ArrayList<>();
        Optional<Picture> picture = Optional.empty();
        OptionalDouble agreement = OptionalDouble.empty();
        try (Engine engine = engine()) {
            List<DeviceDescription> devices = engine.devices().stream()
                    .filter(device -> !device.debugger())
                    .sorted(Comparator.comparing(device -> !device.isReference()))
                    .toList();
            for (ModelFile model : models) {
                Optional<Trial> reference = Optional.empty();
                List<ComparisonRow> ofModel = new ArrayList<>();
                for (DeviceDescription device : devices) {
                    LabelledImages seen = device.isReference() ? images.first(referenceImages(model)) : images;
                    try (Progress progress = progress(model.name() + " on " + device.id(), seen.size())) {
                        Trial trial = Trial.run(engine, model, device, seen, BATCH, progress::step);
                        ofModel.add(ComparisonRow.measured(model, device, trial));
                        if (reference.isPresent()) {
                            double part = reference.get().agreement(trial);
                            agreement = OptionalDouble.of(Math.min(part, agreement.orElse(1)));
                        } else {
                            reference = Optional.of(trial);
                        }
                        picture = picture.isPresent() ? picture : Optional.of(picture(images, trial));
                    } catch (DeviceException e) {
                        failed.add(new Failed(model.name(), device.id(), Failures.what(e)));
                    }
                }
                ComparisonRow board =
                        ModelledDevice.named(ModelledDevice.DEFAULT).row(model, BATCH, ofModel);
                ofModel.sort(Comparator.comparingDouble(
                        row -> -row.samplesPerSecond().orElse(0)));
                // Last whatever its figures: a bound from a model does not compete with what was measured.
                ofModel.add(board);
                rows.addAll(ofModel);
            }
        }
        return new Demo(
                images.name(), images.size(), rows, agreement, failed, summary(images, rows, agreement), picture);
    }

    private static int referenceImages(ModelFile model) throws IOException {
        long each = Math.max(1, OperationCount.of(model.read(Map.of())));
        return Math.clamp(REFERENCE_OPERATIONS / each, LEAST_REFERENCE_IMAGES, MOST_REFERENCE_IMAGES);
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

    private static String summary(LabelledImages images, List<ComparisonRow> rows, OptionalDouble agreement) {
        Optional<ComparisonRow> fastest = rows.stream()
                .filter(row -> row.evidence().get("samplesPerSecond") == Evidence.MEASURED)
                .max(Comparator.comparingDouble(row -> row.samplesPerSecond().orElse(0)));
        if (fastest.isEmpty()) {
            return "No device ran a model.";
        }
        ComparisonRow row = fastest.get();
        String same;
        if (agreement.isEmpty()) {
            same = "No OpenCL device was there to compare with plain Java";
        } else if (agreement.getAsDouble() == 1) {
            same = "Every device gives the answers of plain Java";
        } else {
            same = "Every device gives the answer of plain Java on at least " + Table.percent(agreement.getAsDouble())
                    + " of the images";
        }
        return same + "; the fastest measured is " + row.model() + " on " + row.device() + ": "
                + Table.figure(row.samplesPerSecond().orElseThrow()) + " images/s at "
                + Table.percent(row.top1().orElseThrow()) + " of " + row.n() + " images of " + images.name()
                + " right.";
    }
}
