// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.plan.partition.Partition;
import dev.inlay.plan.partition.PartitionProblem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A partition as an SVG picture: a column for each device, a row for each node in the order in which a request runs
 * them, thin lines for values that stay on their device and thick labelled arrows for hand-overs. The colours are told
 * apart by all who see two or three of the primary ones (Okabe and Ito, Color universal design, 2008); it is light or
 * dark as its reader prefers.
 */
public final class PartitionPicture {
    private static final List<String> COLOURS =
            List.of("#56B4E9", "#E69F00", "#009E73", "#F0E442", "#CC79A7", "#0072B2", "#D55E00");
    private static final int COLUMN = 280;
    private static final int ROW = 44;
    private static final int TOP = 84;
    private static final int BOX_WIDTH = 150;
    private static final int BOX_HEIGHT = 26;
    private static final int MARGIN = 30;

    /** Characters of a name that fit into a box. */
    private static final int LONGEST = 20;

    private static final String STYLE = """
            <style>
              svg { background: #ffffff; color: #1a1a1a; font: 12px system-ui, sans-serif; }
              text { fill: currentColor; }
              .head { font-weight: 600; font-size: 14px; }
              .inside { fill: #000000; }
              .onDark { fill: #ffffff; }
              .stays { stroke: #8a8a8a; stroke-width: 1; fill: none; }
              .crosses { stroke: currentColor; stroke-width: 2; fill: none; marker-end: url(#arrow); }
              .label { paint-order: stroke; stroke: #ffffff; stroke-width: 4px; }
              @media (prefers-color-scheme: dark) {
                svg { background: #16181c; color: #f0f0f0; }
                .label { stroke: #16181c; }
              }
            </style>
            """;

    private final PartitionProblem problem;
    private final Partition partition;
    private final Map<String, Integer> columns = new LinkedHashMap<>();
    private final Map<String, Integer> rows = new HashMap<>();
    private final StringBuilder text = new StringBuilder();

    private PartitionPicture(PartitionProblem problem, Partition partition) {
        this.problem = problem;
        this.partition = partition;
        Set<String> used = new LinkedHashSet<>(List.of(problem.host()));
        for (Partition.Stage stage : partition.stages()) {
            used.add(stage.device());
            for (String node : stage.nodes()) {
                rows.put(node, rows.size() + 1);
            }
        }
        used.forEach(device -> columns.put(device, columns.size()));
    }

    /** The picture as the text of an SVG file. */
    public static String svg(PartitionProblem problem, Partition partition) {
        return new PartitionPicture(problem, partition).draw();
    }

    private String draw() {
        int width = columns.size() * COLUMN + 2 * MARGIN;
        int height = TOP + (rows.size() + 2) * ROW + MARGIN;
        text.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\" "
                        + "aria-labelledby=\"title description\">%n",
                width,
                height,
                width,
                height));
        text.append(String.format(Locale.ROOT, "<title id=\"title\">%s</title>%n", escaped(title())));
        text.append(String.format(Locale.ROOT, "<desc id=\"description\">%s</desc>%n", escaped(description())));
        text.append(STYLE);
        text.append("""
                <defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="5" markerHeight="5" \
                orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="context-stroke"/></marker></defs>
                """);
        text.append(String.format(
                Locale.ROOT, "<text class=\"head\" x=\"%d\" y=\"24\">%s</text>%n", MARGIN, escaped(title())));
        columns.forEach(this::drawHead);
        problem.values().forEach(this::drawStaying);
        partition.handOvers().forEach(this::drawCrossing);
        partition.choices().forEach((node, choice) -> drawNode(node, choice.kernel()));
        drawEnd(0, "inputs");
        drawEnd(rows.size() + 1, "outputs");
        return text.append("</svg>\n").toString();
    }

    private String title() {
        return String.format(
                Locale.ROOT,
                "%d nodes in %d stages on %d devices for %s",
                rows.size(),
                partition.stages().size(),
                partition.predicted().busySeconds().values().stream()
                        .filter(seconds -> seconds > 0)
                        .count(),
                partition.objective().name().toLowerCase(Locale.ROOT));
    }

    private String description() {
        List<String> stages = new ArrayList<>();
        for (Partition.Stage stage : partition.stages()) {
            stages.add(stage.device() + " runs " + String.join(", ", stage.nodes()));
        }
        return String.join("; then ", stages) + ". " + partition.handOvers().size() + " hand-overs.";
    }

    private int middle(String device) {
        return MARGIN + columns.get(device) * COLUMN + COLUMN / 2;
    }

    private int y(int row) {
        return TOP + row * ROW + ROW / 2;
    }

    private String colour(String device) {
        return COLOURS.get(columns.get(device) % COLOURS.size());
    }

    private void drawHead(String device, int column) {
        double busy = partition.predicted().busySeconds().getOrDefault(device, 0.0);
        text.append(String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"40\" width=\"%d\" height=\"6\" fill=\"%s\"/>%n",
                middle(device) - BOX_WIDTH / 2,
                BOX_WIDTH,
                colour(device)));
        text.append(String.format(
                Locale.ROOT,
                "<text class=\"head\" text-anchor=\"middle\" x=\"%d\" y=\"64\">%s</text>%n",
                middle(device),
                escaped(device)));
        text.append(String.format(
                Locale.ROOT,
                "<text text-anchor=\"middle\" x=\"%d\" y=\"80\">%.3g ms busy (modelled)</text>%n",
                middle(device),
                1e3 * busy));
    }

    private void drawEnd(int row, String words) {
        text.append(String.format(
                Locale.ROOT,
                "<text text-anchor=\"middle\" x=\"%d\" y=\"%d\">%s</text>%n",
                middle(problem.host()),
                y(row) + 4,
                words));
    }

    private void drawNode(String node, String kernel) {
        String device = partition.device(node);
        int x = middle(device) - BOX_WIDTH / 2;
        int y = y(rows.get(node));
        boolean dark = colour(device).equals("#0072B2");
        text.append(String.format(
                Locale.ROOT,
                "<g class=\"node\"><title>%s: %s on %s</title>",
                escaped(node),
                escaped(kernel),
                escaped(device)));
        text.append(String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"4\" fill=\"%s\"/>",
                x,
                y - BOX_HEIGHT / 2,
                BOX_WIDTH,
                BOX_HEIGHT,
                colour(device)));
        text.append(String.format(
                Locale.ROOT,
                "<text class=\"%s\" text-anchor=\"middle\" x=\"%d\" y=\"%d\">%s</text></g>%n",
                dark ? "onDark" : "inside",
                middle(device),
                y + 4,
                escaped(shortened(node))));
    }

    private static String shortened(String name) {
        return name.length() <= LONGEST
                ? name
                : name.substring(0, LONGEST / 2) + "…" + name.substring(name.length() - LONGEST / 2 + 1);
    }

    /** Lines from a value's producer to its readers on the same device, beside the boxes between them. */
    private void drawStaying(PartitionProblem.Value value) {
        value.producer().ifPresent(producer -> {
            for (String reader : value.readers()) {
                String device = partition.device(producer);
                if (device.equals(partition.device(reader))) {
                    int span = rows.get(reader) - rows.get(producer);
                    int x = middle(device) - (span == 1 ? 0 : BOX_WIDTH / 2);
                    int bend = span == 1 ? 0 : Math.min(40, 8 + 4 * span);
                    int from = y(rows.get(producer)) + (span == 1 ? BOX_HEIGHT / 2 : 0);
                    int to = y(rows.get(reader)) - (span == 1 ? BOX_HEIGHT / 2 : 0);
                    text.append(String.format(
                            Locale.ROOT,
                            "<path class=\"stays\" d=\"M%d %d C%d %d %d %d %d %d\"/>%n",
                            x,
                            from,
                            x - bend,
                            from,
                            x - bend,
                            to,
                            x,
                            to));
                }
            }
        });
    }

    /** An arrow from where a value is made to its first reader on the other device, with its bytes. */
    private void drawCrossing(Partition.HandOver handOver) {
        PartitionProblem.Value value = problem.values().stream()
                .filter(each -> each.name().equals(handOver.value()))
                .findFirst()
                .orElseThrow();
        int from = value.producer().map(rows::get).orElse(0);
        int to = value.readers().stream()
                .filter(reader -> partition.device(reader).equals(handOver.to()))
                .mapToInt(rows::get)
                .min()
                .orElse(rows.size() + 1);
        boolean right = columns.get(handOver.to()) > columns.get(handOver.from());
        int side = right ? BOX_WIDTH / 2 : -BOX_WIDTH / 2;
        int x = middle(handOver.from()) + side;
        int end = middle(handOver.to()) - side;
        text.append(String.format(
                Locale.ROOT,
                "<g class=\"handOver\"><title>%s from %s to %s: %s in %.3g ms</title>",
                escaped(handOver.value()),
                escaped(handOver.from()),
                escaped(handOver.to()),
                bytes(handOver.bytes()),
                1e3 * handOver.seconds()));
        text.append(String.format(
                Locale.ROOT,
                "<path class=\"crosses\" d=\"M%d %d C%d %d %d %d %d %d\"/>",
                x,
                y(from),
                x + side / 2,
                y(from),
                end - side / 2,
                y(to),
                end,
                y(to)));
        text.append(String.format(
                Locale.ROOT,
                "<text class=\"label\" text-anchor=\"middle\" x=\"%d\" y=\"%d\">%s</text></g>%n",
                end - side / 2,
                y(to) - 5,
                bytes(handOver.bytes())));
    }

    private static String bytes(long bytes) {
        return bytes < 1000
                ? bytes + " B"
                : bytes < 1_000_000
                        ? String.format(Locale.ROOT, "%.3g kB", bytes / 1e3)
                        : String.format(Locale.ROOT, "%.3g MB", bytes / 1e6);
    }

    /** Text that XML takes as text, control characters replaced. */
    private static String escaped(String words) {
        StringBuilder safe = new StringBuilder();
        words.codePoints().forEach(each -> {
            boolean allowed =
                    each == '\t' || (each >= ' ' && each < 0xD800) || (each > 0xDFFF && each < 0xFFFE) || each > 0xFFFF;
            switch (each) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                default -> safe.appendCodePoint(allowed ? each : 0xFFFD);
            }
        });
        return safe.toString();
    }
}
