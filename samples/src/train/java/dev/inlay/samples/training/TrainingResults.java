// SPDX-License-Identifier: Apache-2.0
package dev.inlay.samples.training;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The file of training results: one row per model, sorted by name. */
@JsonPropertyOrder({"schemaVersion", "rows"})
record TrainingResults(int schemaVersion, List<Row> rows) {
    private static final int SCHEMA = 1;

    /**
     * What one training run gave.
     *
     * @param model the model's name
     * @param weights the number of trained values
     * @param top1 the part of the {@code n} test images that ONNX Runtime classified rightly from the written file
     * @param n the number of test images
     * @param seed the seed of weights, order and augmentation
     * @param epochs passes over the 60,000 training images
     * @param seconds the time of training on {@code machine}
     * @param sha256 the hash of the written file
     * @param commit the commit that the code was at
     * @param machine processor and number of cores
     * @param command what makes this row again
     * @param evidence what kind of figure {@code top1} is
     */
    record Row(
            String model,
            long weights,
            double top1,
            int n,
            long seed,
            int epochs,
            long seconds,
            String sha256,
            String commit,
            String machine,
            String command,
            String evidence) {}

    TrainingResults {
        rows = List.copyOf(rows);
    }

    /** Puts {@code row} into the file in place of the model's earlier row; the file need not exist. */
    static void record(Path file, Row row) throws IOException {
        var mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        var rows = new ArrayList<Row>();
        if (Files.exists(file)) {
            rows.addAll(mapper.readValue(file.toFile(), TrainingResults.class).rows());
        }
        rows.removeIf(earlier -> earlier.model().equals(row.model()));
        rows.add(row);
        rows.sort(Comparator.comparing(Row::model));
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, mapper.writeValueAsString(new TrainingResults(SCHEMA, rows)) + "\n");
    }
}
