// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.tools.published.Published;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/**
 * What the board models say beside results that others published.
 *
 * @param rows every result
 * @param ratios of two boards
 * @param medianError of the rows that were held out, 0 to 1
 */
record PublishedReport(List<Published.Row> rows, List<Published.RatioRow> ratios, double medianError)
        implements Report {
    static PublishedReport of(Published published) {
        List<Published.Row> rows = published.rows();
        return new PublishedReport(rows, published.ratioRows(), Published.medianError(rows));
    }

    @Override
    public void print(PrintStream out) {
        Table table = new Table("published", "unit", "modelled", "result", "error", "use");
        for (Published.Row row : rows) {
            table.row(
                    row.name(),
                    Published.unit(row.figure()),
                    row.predicted().map(Table::figure).orElse("-"),
                    Table.figure(row.published()),
                    row.error()
                            .map(error -> String.format(Locale.ROOT, "%+.0f %%", 100 * error))
                            .orElse("-"),
                    row.use().name().toLowerCase(Locale.ROOT));
        }
        table.print(out);
        ratios.forEach(ratio -> out.printf(
                Locale.ROOT,
                "%s, FPGA over GPU: modelled %.1f, published %.1f%n",
                ratio.name(),
                ratio.predicted(),
                ratio.published()));
        out.printf(Locale.ROOT, "median error of what was held out: %.0f %%%n", 100 * medianError);
    }
}
