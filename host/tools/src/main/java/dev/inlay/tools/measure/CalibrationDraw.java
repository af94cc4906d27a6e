// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.measure;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.inlay.UsageException;
import dev.inlay.compiler.calibrate.CalibrationData;
import dev.inlay.graph.Graph;
import dev.inlay.tools.Home;
import dev.inlay.tools.data.DataReference;
import dev.inlay.tools.data.DataSets;
import dev.inlay.tools.data.LabelledImages;
import dev.inlay.tools.model.ModelFile;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What the activations of a model are calibrated on.
 *
 * @param dataset the data set's name, or {@value DataReference#RANDOM}
 * @param split which of its images they were drawn from; none of random inputs
 * @param n how many were drawn
 * @param seed of the draw
 * @param graph the model with the batch that {@code data} has
 * @param data what was drawn
 */
public record CalibrationDraw(
        String dataset,
        Optional<LabelledImages.Split> split,
        int n,
        long seed,
        @JsonIgnore Graph graph,
        @JsonIgnore CalibrationData data) {
    private static final int BATCH = 64;
    private static final int RANDOM_INPUTS = 4;

    /**
     * Draws for a model.
     *
     * @param reference the data set, as a user names it; without one the best that is installed
     * @throws UsageException for an unknown name or a count below 1
     * @throws IOException if a file is missing or damaged
     */
    public static CalibrationDraw of(ModelFile model, Optional<String> reference, long seed, Home home)
            throws IOException {
        DataReference asked = DataReference.parse(reference.orElseGet(DataSets::calibration));
        return asked.name().equals(DataReference.RANDOM)
                ? random(model.read(Map.of()), asked.count().orElse(RANDOM_INPUTS), seed)
                : images(model, reference.orElseGet(DataSets::calibration), seed, home);
    }

    private static CalibrationDraw random(Graph graph, int count, long seed) {
        CalibrationData data =
                new CalibrationData(count, index -> RandomInputs.complete(graph, Map.of(), seed + index));
        return new CalibrationDraw(DataReference.RANDOM, Optional.empty(), count, seed, graph, data);
    }

    private static CalibrationDraw images(ModelFile model, String reference, long seed, Home home) throws IOException {
        LabelledImages images = DataSets.calibration(reference, seed, home);
        Graph graph = model.batched(Math.min(BATCH, images.size()));
        Classifier classifier = Classifier.of(graph, images);
        int batch = classifier.batch();
        int batches = images.size() / batch;
        CalibrationData data = new CalibrationData(batches, index -> classifier.inputs(images, index * batch));
        return new CalibrationDraw(images.name(), Optional.of(images.split()), batches * batch, seed, graph, data);
    }

    /** In words. */
    public String text() {
        String drawn = split.map(of -> of.name().toLowerCase(Locale.ROOT) + " images of " + dataset)
                .orElse("random inputs");
        return n + " " + drawn + ", drawn with seed " + seed;
    }
}
