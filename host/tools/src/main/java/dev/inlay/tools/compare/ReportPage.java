// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.compare;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * One HTML file that shows a comparison and needs no network: style, script, Apache ECharts and the figures are inside
 * it. All that the page shows is read from those figures.
 */
public final class ReportPage {
    private static final String ECHARTS = "/META-INF/resources/webjars/echarts/5.5.0/echarts.min.js";
    private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z]+)}}");

    private ReportPage() {}

    /**
     * The whole page.
     *
     * @param json a document whose field {@code report} is a {@link Comparison}
     */
    public static String of(String json) throws IOException {
        Map<String, String> parts = Map.of(
                "style", resource("report.css"),
                "echarts", resource(ECHARTS),
                "script", resource("report.js"),
                // Within a script element only "<" could end it; in JSON a "<" is in strings only.
                "data", json.replace("<", "\\u003c"));
        String template = resource("report.html");
        StringBuilder page = new StringBuilder();
        int from = 0;
        for (MatchResult place : (Iterable<MatchResult>) PLACE.matcher(template).results()::iterator) {
            page.append(template, from, place.start()).append(parts.get(place.group(1)));
            from = place.end();
        }
        return page.append(template, from, template.length()).toString();
    }

    private static String resource(String name) throws IOException {
        try (InputStream stream = ReportPage.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IOException(name + ": got no such resource, expected it beside Inlay's classes");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
