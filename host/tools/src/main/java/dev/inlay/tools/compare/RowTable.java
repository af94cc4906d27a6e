// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.compare;

import dev.inlay.plan.Evidence;
import dev.inlay.tools.Table;
import dev.inlay.tools.measure.ComparisonRow;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.DoubleFunction;

/** Rows for a reader: each figure with where it comes from. */
public final class RowTable {
    private RowTable() {}

    /** Writes the rows under a head, and what the words in it mean. */
    public static void print(List<ComparisonRow> rows, PrintStream out) {
        Table table = new Table(
                "model", "method", "device", "class", "top1", "of", "latency ms", "images/s", "weights", "J/image");
        for (ComparisonRow row : rows) {
            table.row(
                    row.model(),
                    row.method(),
                    row.device(),
                    row.deviceClass(),
                    figure(row, "top1", row.top1(), Table::percent),
                    Integer.toString(row.n()),
                    figure(row, "latencyMs", row.latencyMs(), Table::figure),
                    figure(row, "samplesPerSecond", row.samplesPerSecond(), Table::figure),
                    Table.bytes(row.weightBytes()),
                    row.joulesPerSample().isEmpty()
                            ? "not measured"
                            : figure(row, "joulesPerSample", row.joulesPerSample(), "%.2g"::formatted));
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
