// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import dev.inlay.tools.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opens a page as a user does, with the network off. */
final class ReportPageTest {
    private static final JsonMapper JSON =
            JsonMapper.builder().addModule(new Jdk8Module()).build();

    @TempDir
    Path folder;

    @Test
    void everyPlotIsDrawnAndEveryFigureIsThatOfTheDocument() throws IOException, InterruptedException {
        Optional<Path> chromium = Browser.installed();
        assumeTrue(chromium.isPresent(), "Chromium is not installed: Debian's package chromium");
        String json = JSON.writeValueAsString(Map.of(
                "commit",
                "0",
                "machine",
                "a machine",
                "date",
                "today",
                "command",
                "./inlay compare",
                "report",
                RandomComparison.of(7)));
        JsonNode report = JSON.readTree(json).get("report");
        Path page = folder.resolve("report.html");
        Files.writeString(page, ReportPage.of(json));
        try (Browser browser = Browser.open(chromium.get(), folder.resolve("profile"))) {
            String light = "";
            for (int width : List.of(1280, 390)) {
                for (boolean dark : List.of(false, true)) {
                    browser.visit(page, width, dark);
                    assertEquals(List.of(), browser.errors());
                    drawn(browser);
                    same(browser, report);
                    assertTrue(
                            browser.evaluate("document.documentElement.scrollWidth")
                                            .asInt()
                                    <= width,
                            "no sideways scroll at " + width);
                    String paper = browser.evaluate("getComputedStyle(document.body).backgroundColor")
                            .asText();
                    assertEquals(dark, !light.isEmpty() && !paper.equals(light), "dark has its own paper");
                    light = dark ? light : paper;
                }
            }
            steps(browser);
            choosesAnother(browser);
            namesAreText(browser);
            assertEquals(List.of(), browser.errors());
            assertTrue(
                    browser.requests().stream().allMatch(url -> url.startsWith("file:")), browser.requests()::toString);
        }
    }

    /** Eight plots with marks in them, each named for who cannot see it. */
    private static void drawn(Browser browser) {
        JsonNode plots = browser.evaluate("""
                [...document.querySelectorAll('.plot')].map(plot => [plot.id, plot.querySelectorAll('svg path').length,
                    plot.querySelectorAll('svg text').length, plot.getAttribute('aria-label').length])""");
        assertEquals(8, plots.size(), plots::toString);
        for (JsonNode plot : plots) {
            assertTrue(plot.get(1).asInt() > 8 && plot.get(2).asInt() > 4, plot::toString);
            assertTrue(plot.get(3).asInt() > 20, plot::toString);
        }
    }

    /** Every figure on the page is the document's, and reads as the command line prints it. */
    private static void same(Browser browser, JsonNode report) {
        JsonNode figures = browser.evaluate("""
                [...document.querySelectorAll('data')].map(at => [at.dataset.path, at.value, at.dataset.kind, at.textContent])""");
        assertTrue(figures.size() > 500, "got " + figures.size() + " figures");
        for (JsonNode figure : figures) {
            JsonNode expected = report.at("/" + figure.get(0).asText().replace('.', '/'));
            assertTrue(expected.isNumber(), figure::toString);
            assertEquals(
                    expected.doubleValue(), Double.parseDouble(figure.get(1).asText()), figure::toString);
            String text = figure.get(3).asText();
            switch (figure.get(2).asText()) {
                case "percent" -> assertEquals(Table.percent(expected.doubleValue()), text);
                case "bytes" -> assertEquals(Table.bytes(expected.longValue()), text);
                case "figure" -> {
                    if (expected.doubleValue() >= 1) {
                        assertEquals(Table.figure(expected.doubleValue()), text);
                    }
                }
                default -> assertFalse(text.isBlank());
            }
        }
    }

    private static void steps(Browser browser) {
        browser.evaluate("document.querySelector('#throughput-plot').focus()");
        browser.press("ArrowRight");
        String first =
                browser.evaluate("document.getElementById('said').textContent").asText();
        browser.press("ArrowRight");
        String second =
                browser.evaluate("document.getElementById('said').textContent").asText();
        assertTrue(first.contains("images/s"), first);
        assertNotEquals(first, second);
    }

    private static void choosesAnother(Browser browser) {
        String points = "document.querySelector('#throughput-plot svg').innerHTML";
        String before = browser.evaluate(points).asText();
        browser.evaluate("""
                (() => {
                    const select = document.querySelector('#throughput select');
                    select.selectedIndex = 1;
                    select.dispatchEvent(new Event('change'));
                })()""");
        assertNotEquals(before, browser.evaluate(points).asText());
    }

    private static void namesAreText(Browser browser) {
        assertFalse(browser.evaluate("window.taken !== undefined || document.images.length > 0")
                .asBoolean());
        assertEquals(
                RandomComparison.HOSTILE,
                browser.evaluate("document.querySelector('#faults td').textContent")
                        .asText());
    }
}
