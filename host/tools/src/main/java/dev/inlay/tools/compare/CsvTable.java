// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.compare;

import dev.inlay.plan.Evidence;
import dev.inlay.tools.measure.ComparisonRow;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** The rows of a comparison as RFC 4180 has them, each figure with a column of its evidence. */
public final class CsvTable {
    private static final List<String> FIGURES =
            List.of("top1", "latencyMs", "samplesPerSecond", "joulesPerSample", "rooflineFraction");

    private CsvTable() {}

    /** The whole file, a head first. */
    public static String of(List<ComparisonRow> rows) {
        List<String> head = new ArrayList<>(List.of("model", "method", "device", "class", "n"));
        for (String figure : FIGURES) {
            head.add(figure);
            head.add(figure + "Evidence");
        }
        head.addAll(List.of("weightBytes", "compression"));
        StringBuilder text = new StringBuilder(line(head));
        for (ComparisonRow row : rows) {
            List<String> cells = new ArrayList<>(
                    List.of(row.model(), row.method(), row.device(), row.deviceClass(), Integer.toString(row.n())));
            for (String figure : FIGURES) {
                OptionalDouble value = figure(row, figure);
                Evidence evidence = row.evidence().get(figure);
                cells.add(value.isPresent() ? Double.toString(value.getAsDouble()) : "");
                cells.add(value.isPresent() && evidence != null ? evidence.name() : "");
            }
            cells.add(Long.toString(row.weightBytes()));
            cells.add(Double.toString(row.compression()));
            text.append(line(cells));
        }
        return text.toString();
    }

    private static OptionalDouble figure(ComparisonRow row, String name) {
        return switch (name) {
            case "top1" -> row.top1();
            case "latencyMs" -> row.latencyMs();
            case "samplesPerSecond" -> row.samplesPerSecond();
            case "joulesPerSample" -> row.joulesPerSample();
            case "rooflineFraction" -> row.rooflineFraction();
            default -> throw new IllegalArgumentException("figure: got " + name + ", expected one of " + FIGURES);
        };
    }

    private static String line(List<String> cells) {
        return cells.stream().map(CsvTable::quoted).collect(Collectors.joining(",", "", "\r\n"));
    }

    private static String quoted(String cell) {
        return cell.chars().anyMatch(c -> ",\"\r\n".indexOf(c) >= 0) ? '"' + cell.replace("\"", "\"\"") + '"' : cell;
    }
}
