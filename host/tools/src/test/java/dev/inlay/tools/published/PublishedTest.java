// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.published;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.tools.published.Published.Row;
import dev.inlay.tools.published.Published.Use;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The models beside results that others published. */
final class PublishedTest {
    private static final Published PUBLISHED = Published.read();
    private static final List<Row> ROWS = PUBLISHED.rows();

    private static long count(Use use, String deviceClass) {
        return ROWS.stream()
                .filter(row -> row.use() == use && row.deviceClass().equals(deviceClass))
                .count();
    }

    @Test
    void theMedianErrorOfWhatWasHeldOutIsAtMostAFifth() {
        assertTrue(count(Use.TEST, "fpga") >= 4 && count(Use.TEST, "gpu") >= 2, "held out: " + ROWS);
        assertTrue(count(Use.TEST, "fpga") + count(Use.TEST, "gpu") >= 8, "held out: " + ROWS);
        String all = ROWS.stream()
                .map(row -> row.use() + " " + row.name() + ": " + row.predicted() + " for " + row.published() + ", "
                        + row.error())
                .collect(Collectors.joining("\n"));
        assertTrue(Published.medianError(ROWS) <= 0.2, all);
    }

    @Test
    void noResultIsBothFittedAndTested() {
        List<String> fitted = ROWS.stream()
                .filter(row -> row.use() == Use.FIT)
                .map(Row::board)
                .distinct()
                .toList();
        List<String> tested = ROWS.stream()
                .filter(row -> row.use() == Use.TEST)
                .map(Row::board)
                .distinct()
                .toList();
        assertEquals(List.of("gtx-1080"), fitted);
        assertTrue(tested.stream().noneMatch(fitted::contains), tested.toString());
    }

    @Test
    void contextSaysWhyItIsNotCounted() {
        ROWS.forEach(row -> assertEquals(row.use() == Use.CONTEXT, row.why().isPresent(), row.name()));
    }

    @Test
    void ratiosLieOnTheirSideOfOne() {
        List<Published.RatioRow> ratios = PUBLISHED.ratioRows();
        assertEquals(3, ratios.size());
        ratios.forEach(ratio -> assertTrue(ratio.sameSide(), ratio.toString()));
    }
}
