// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.published;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import dev.inlay.plan.Evidence;
import dev.inlay.plan.model.Estimate;
import dev.inlay.profile.ProfileCatalog;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Everything published that models are held against.
 *
 * @param schemaVersion 1
 * @param results figures of one board
 * @param ratios of two boards
 */
public record Published(int schemaVersion, List<Result> results, List<Ratio> ratios) {
    /** What a row is for. */
    public enum Use {
        /** A model's constants were chosen to meet it. */
        FIT,
        /** No constant was. */
        TEST,
        /** A design of another family, or one of which too little is published: shown, not counted. */
        CONTEXT
    }

    /** What a figure is. */
    public enum Figure {
        MILLISECONDS,
        SAMPLES_PER_SECOND,
        GIGA_OPERATIONS_PER_SECOND
    }

    /**
     * @param name of design, board and network
     * @param source where it was published
     * @param use what for
     * @param why it is context; absent for other rows
     * @param given what of the publication the model was given, for a reader
     * @param run what ran; absent where the model has no means to say it
     * @param figure what was published
     * @param published its value
     */
    public record Result(
            String name,
            String source,
            Use use,
            Optional<String> why,
            Optional<String> given,
            Optional<Run> run,
            Figure figure,
            double published) {}

    /**
     * @param name of the networks or products compared
     * @param source where it was published
     * @param given what of the publication the models were given, for a reader
     * @param over what the ratio is of
     * @param under what it is to
     * @param published throughput of the one over that of the other
     */
    public record Ratio(String name, String source, String given, Run over, Run under, double published) {}

    /**
     * A published figure beside the model's.
     *
     * @param error of the prediction: (predicted - published) / published; absent where nothing is predicted
     */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record Row(
            String name,
            String board,
            String deviceClass,
            Figure figure,
            Optional<Double> predicted,
            double published,
            Optional<Double> error,
            Use use,
            Optional<String> given,
            Optional<String> why,
            String source,
            Evidence evidence) {}

    /**
     * A published ratio beside the models'.
     *
     * @param sameSide whether both are above 1, or both below
     */
    public record RatioRow(
            String name, double predicted, double published, boolean sameSide, String given, String source) {}

    /** What comes with Inlay. */
    public static Published read() {
        JsonMapper mapper = JsonMapper.builder()
                .addModule(new Jdk8Module())
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .build();
        try (InputStream json = Objects.requireNonNull(Published.class.getResourceAsStream("results.json"))) {
            return mapper.readValue(json, Published.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every result, in the order of the file. */
    public List<Row> rows() {
        return results.stream().map(Published::row).toList();
    }

    private static Row row(Result result) {
        Optional<Double> predicted = result.run().map(run -> predicted(run, result.figure()));
        return new Row(
                result.name(),
                result.run().map(Run::board).orElse(""),
                result.run()
                        .map(run -> ProfileCatalog.shipped()
                                .board(run.board())
                                .deviceClass()
                                .label())
                        .orElse(""),
                result.figure(),
                predicted,
                result.published(),
                predicted.map(figure -> figure / result.published() - 1),
                result.use(),
                result.given(),
                result.why(),
                result.source(),
                Evidence.MODELLED);
    }

    private static double predicted(Run run, Figure figure) {
        Estimate estimate = run.estimate();
        return switch (figure) {
            case MILLISECONDS -> estimate.seconds() * 1e3;
            case SAMPLES_PER_SECOND -> estimate.samplesPerSecond();
            case GIGA_OPERATIONS_PER_SECOND -> run.operations() / estimate.seconds() * 1e-9;
        };
    }

    /** Every ratio. */
    public List<RatioRow> ratioRows() {
        return ratios.stream()
                .map(ratio -> {
                    double predicted = ratio.under().estimate().seconds()
                            / ratio.over().estimate().seconds();
                    return new RatioRow(
                            ratio.name(),
                            predicted,
                            ratio.published(),
                            predicted > 1 == ratio.published() > 1,
                            ratio.given(),
                            ratio.source());
                })
                .toList();
    }

    /** The median magnitude of the errors of test rows. */
    public static double medianError(List<Row> rows) {
        List<Double> errors = rows.stream()
                .filter(row -> row.use() == Use.TEST)
                .flatMap(row -> row.error().stream())
                .map(Math::abs)
                .sorted()
                .toList();
        int middle = errors.size() / 2;
        return errors.size() % 2 == 1 ? errors.get(middle) : (errors.get(middle - 1) + errors.get(middle)) / 2;
    }

    /** The name of a figure's unit. */
    public static String unit(Figure figure) {
        return switch (figure) {
            case MILLISECONDS -> "ms";
            case SAMPLES_PER_SECOND -> "images/s";
            case GIGA_OPERATIONS_PER_SECOND -> "Gop/s";
        };
    }
}
