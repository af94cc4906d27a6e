// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.compiler.Approximated;
import dev.inlay.compiler.Approximation;
import dev.inlay.compiler.LayerReport;
import dev.inlay.compiler.calibrate.Runner;
import dev.inlay.compiler.recipe.Recipe;
import dev.inlay.compiler.recipe.RecipeReader;
import dev.inlay.tools.measure.CalibrationDraw;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code inlay approximate}. */
@Command(name = "approximate", description = "Approximate a model by a recipe and write it as plain ONNX.")
final class ApproximateVerb extends Verb {
    @Mixin
    private ModelOptions model;

    @Option(names = "--recipe", required = true, paramLabel = "R.yaml", description = "What becomes of which layers.")
    private Path recipe;

    @Option(
            names = "--calibrate",
            paramLabel = "NAME[:N]",
            description = "Images that activations are calibrated on: N, usually 256, drawn of the training images of"
                    + " fashion-mnist, or of the test images of fashion-mnist-1000; the former where it is installed."
                    + " With \"random\", seeded noise in the model's own shapes: enough for what it costs.")
    private Optional<String> calibration = Optional.empty();

    @Option(names = "--seed", defaultValue = "1", description = "Seed of the draw; default ${DEFAULT-VALUE}.")
    private long seed;

    @Mixin
    private OutputOptions output;

    /** Bytes are those of all constants; {@code compression} counts codes and scales. */
    record Approximate(
            String model,
            String recipe,
            CalibrationDraw calibration,
            String file,
            List<LayerReport> layers,
            long bytesBefore,
            long bytesAfter,
            double compression)
            implements Report {
        @Override
        public void print(PrintStream out) {
            for (LayerReport layer : layers) {
                out.printf(
                        "%-20s %-40s %s -> %s, weights %s, output %s%n",
                        layer.node(),
                        layer.method(),
                        Table.bytes(layer.bytesBefore()),
                        Table.bytes(layer.bytesAfter()),
                        decibels(layer.error().sqnrDb().stream().boxed().findFirst()),
                        decibels(layer.error().outputSqnrDb().stream().boxed().findFirst()));
            }
            out.printf(
                    "%s: %s, %s -> %s, %.2f times smaller%n",
                    file, recipe, Table.bytes(bytesBefore), Table.bytes(bytesAfter), compression);
            out.println("calibrated on " + calibration.text());
        }

        private static String decibels(Optional<Double> sqnr) {
            return sqnr.map(value -> "%.1f dB".formatted(value)).orElse("exact");
        }
    }

    @Override
    protected Report report() throws IOException {
        Recipe read = RecipeReader.read(recipe);
        CalibrationDraw draw = CalibrationDraw.of(model.file(), calibration, seed, Home.current());
        Approximation approximation;
        try (Progress progress = progress("calibration", draw.data().batches())) {
            approximation =
                    Approximation.of(draw.graph(), read, draw.data(), Runner::reference, () -> progress.step(1));
        }
        Approximated result = approximation.apply(model.file().read(Map.of()));
        output.write(result.graph());
        return new Approximate(
                model.file().path().toString(),
                read.name(),
                draw,
                output.file().toString(),
                result.layers(),
                result.bytesBefore(),
                result.bytesAfter(),
                result.compression());
    }
}
