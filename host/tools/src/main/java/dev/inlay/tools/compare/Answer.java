// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.compare;

import dev.inlay.tools.Table;
import dev.inlay.tools.measure.ComparisonRow;
import dev.inlay.tools.measure.Variant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * Which device, which method, and how sure that is: of the rows that were measured, the fastest of each model whose top1
 * is at most {@link #TOLERATED} below that of the model as it was.
 *
 * @param rows of the comparison
 * @param residuals of the models of devices
 */
record Answer(List<ComparisonRow> rows, List<Residual> residuals) {
    /** Part of the images that an approximation may lose. */
    static final double TOLERATED = 0.01;

    /** Standard deviations of a two-sided interval of 95 %. */
    private static final double WIDTH = 1.96;

    String sentence() {
        List<String> parts = choices().stream()
                .filter(choice -> choice.goal() == Choice.Goal.FASTEST)
                .map(choice -> "for " + choice.model() + " take " + words(rows.get(choice.row())))
                .toList();
        if (parts.isEmpty()) {
            return "No device ran a model, so nothing can be advised.";
        }
        String text = String.join("; ", parts) + "; " + sure();
        return Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".";
    }

    /** The rows to take of every model. */
    List<Choice> choices() {
        List<Choice> choices = new ArrayList<>();
        for (String model : rows.stream().map(ComparisonRow::model).distinct().toList()) {
            good(model)
                    .filter(row -> row.timesAreMeasured())
                    .max(Comparator.comparingDouble(
                            row -> row.samplesPerSecond().orElse(0)))
                    .ifPresent(row -> choices.add(new Choice(model, Choice.Goal.FASTEST, rows.indexOf(row))));
            good(model)
                    .min(Comparator.comparingLong(ComparisonRow::weightBytes))
                    .ifPresent(row -> choices.add(new Choice(model, Choice.Goal.SMALLEST, rows.indexOf(row))));
            good(model)
                    .filter(row -> row.joulesPerSample().isPresent())
                    .min(Comparator.comparingDouble(row -> row.joulesPerSample().orElseThrow()))
                    .ifPresent(row -> choices.add(new Choice(model, Choice.Goal.FRUGAL, rows.indexOf(row))));
        }
        return choices;
    }

    /** The rows of a model whose top1 is over most images and good enough. */
    private Stream<ComparisonRow> good(String model) {
        List<ComparisonRow> ofModel =
                rows.stream().filter(row -> row.model().equals(model)).toList();
        int most = ofModel.stream().mapToInt(ComparisonRow::n).max().orElse(0);
        double exact = ofModel.stream()
                .filter(row -> row.method().equals(Variant.EXACT) && row.n() == most)
                .mapToDouble(row -> row.top1().orElse(0))
                .findFirst()
                .orElse(0);
        return ofModel.stream().filter(row -> row.n() == most && row.top1().orElse(0) >= exact - TOLERATED);
    }

    private String words(ComparisonRow row) {
        double speed = row.samplesPerSecond().orElseThrow();
        double top1 = row.top1().orElseThrow();
        String over = rows.stream()
                .filter(each ->
                        each.model().equals(row.model()) && each.device().equals(row.device()))
                .filter(each ->
                        each.method().equals(Variant.EXACT) && !row.method().equals(Variant.EXACT))
                .findFirst()
                .map(each -> Table.figure(speed / each.samplesPerSecond().orElseThrow()) + " times its float form, ")
                .orElse("");
        return (row.method().equals(Variant.EXACT) ? "it as it is" : row.method()) + " on " + row.device() + " ("
                + Table.figure(speed) + " images/s, " + over + "top-1 " + Table.percent(top1) + " ± "
                + Table.percent(WIDTH * Math.sqrt(top1 * (1 - top1) / row.n())) + " of " + Table.figure(row.n())
                + " images, MEASURED)";
    }

    private String sure() {
        boolean modelled = rows.stream().anyMatch(row -> !row.timesAreMeasured());
        OptionalDouble error = Residual.medianError(residuals);
        if (!modelled) {
            return "every time was measured here";
        }
        return "times of devices here were measured, those of boards that are not here are MODELLED"
                + (error.isPresent()
                        ? ", and of " + residuals.size() + " batches that were both, the model is "
                                + Table.percent(error.getAsDouble()) + " off in the median"
                        : "");
    }
}
