// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.compare;

import dev.inlay.plan.Evidence;
import dev.inlay.tools.measure.ComparisonRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The rows of a model that no other row of it beats in top1 without being worse in a figure, the best figure first. Rows
 * whose top1 is over fewer images than that of others do not take part.
 *
 * @param figure {@code samplesPerSecond}, more being better, or {@code weightBytes}, less being better
 * @param evidence of the figure in all these rows; absent for bytes, which are counted
 * @param rows positions among the rows of the comparison
 */
public record ParetoFront(String model, String figure, Optional<Evidence> evidence, List<Integer> rows) {
    public ParetoFront {
        rows = List.copyOf(rows);
    }

    /** The fronts of every model: of throughputs measured, of throughputs modelled, and of bytes. */
    static List<ParetoFront> of(List<ComparisonRow> rows) {
        List<ParetoFront> fronts = new ArrayList<>();
        for (String model : rows.stream().map(ComparisonRow::model).distinct().toList()) {
            for (Evidence evidence : List.of(Evidence.MEASURED, Evidence.MODELLED)) {
                List<Integer> candidates = positions(rows, model)
                        .filter(i -> rows.get(i).evidence().get("samplesPerSecond") == evidence)
                        .boxed()
                        .toList();
                add(
                        fronts,
                        new ParetoFront(
                                model,
                                "samplesPerSecond",
                                Optional.of(evidence),
                                front(
                                        rows,
                                        candidates,
                                        row -> -row.samplesPerSecond().orElseThrow())));
            }
            List<Integer> counted = positions(rows, model).boxed().toList();
            add(
                    fronts,
                    new ParetoFront(
                            model, "weightBytes", Optional.empty(), front(rows, counted, ComparisonRow::weightBytes)));
        }
        return fronts;
    }

    private static void add(List<ParetoFront> fronts, ParetoFront front) {
        if (!front.rows().isEmpty()) {
            fronts.add(front);
        }
    }

    private static IntStream positions(List<ComparisonRow> rows, String model) {
        int most = rows.stream()
                .filter(row -> row.model().equals(model))
                .mapToInt(ComparisonRow::n)
                .max()
                .orElseThrow();
        return IntStream.range(0, rows.size())
                .filter(i -> rows.get(i).model().equals(model))
                .filter(i -> rows.get(i).n() == most && rows.get(i).top1().isPresent());
    }

    /** From the least cost to the best top1. */
    private static List<Integer> front(
            List<ComparisonRow> rows, List<Integer> candidates, ToDoubleFunction<ComparisonRow> cost) {
        List<Integer> sorted = new ArrayList<>(candidates);
        sorted.sort(Comparator.<Integer>comparingDouble(i -> cost.applyAsDouble(rows.get(i)))
                .thenComparingDouble(i -> -rows.get(i).top1().orElseThrow()));
        List<Integer> front = new ArrayList<>();
        double best = Double.NEGATIVE_INFINITY;
        for (int i : sorted) {
            if (rows.get(i).top1().orElseThrow() > best) {
                best = rows.get(i).top1().orElseThrow();
                front.add(i);
            }
        }
        return front;
    }
}
