// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.readme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every table between {@code <!-- results NAME -->} and {@code <!-- end -->} in a README is what this class makes of
 * {@code results/}. Run with {@code -Dinlay.readme=write} to write them anew.
 */
final class ReadmeTablesTest {
    private static final Path ROOT = Path.of("..");
    private static final String END = "<!-- end -->";

    @Test
    void everyTableOfTheFrontPageIsMadeOfResults() throws IOException {
        check(
                "README.md",
                List.of(
                        "compare",
                        "layers",
                        "formats",
                        "accuracy",
                        "recipes",
                        "break-even",
                        "verify",
                        "bench",
                        "published",
                        "prediction",
                        "pipeline"));
    }

    @Test
    void everyTableOfTheKernelsIsMadeOfResults() throws IOException {
        check("kernels-cl/README.md", List.of("format-matrix"));
    }

    private static void check(String file, List<String> names) throws IOException {
        Path readme = ROOT.resolve(file);
        String text = Files.readString(readme);
        String written = text;
        for (String name : names) {
            String begin = "<!-- results " + name + " -->\n";
            int start = written.indexOf(begin) + begin.length();
            int end = written.indexOf(END, start);
            assertTrue(start >= begin.length() && end > 0, file + " has no place for the table " + name);
            written = written.substring(0, start) + String.join("\n", table(name)) + "\n" + written.substring(end);
        }
        if ("write".equals(System.getProperty("inlay.readme"))) {
            Files.writeString(readme, written);
            return;
        }
        assertEquals(written, text, file + " differs from results/; run this test with -Dinlay.readme=write");
    }

    private static List<String> table(String name) throws IOException {
        return switch (name) {
            case "compare" -> compare(read("compare.json"));
            case "layers" -> layers(read("layers.json"));
            case "formats" -> formats(read("layers.json"));
            case "accuracy" -> accuracy();
            case "recipes" -> recipes();
            case "break-even" -> breakEven(read("break-even.json"));
            case "verify" -> verify();
            case "bench" -> bench();
            case "published" -> published(read("published.json"));
            case "prediction" -> prediction(read("prediction.json"));
            case "pipeline" -> pipeline(read("pipeline-resnet50.json"));
            case "format-matrix" -> formatMatrix(read("format-matrix.json"));
            default -> throw new IllegalArgumentException("got the table " + name);
        };
    }

    private static JsonNode read(String file) throws IOException {
        return new JsonMapper().readTree(ROOT.resolve("results").resolve(file).toFile());
    }

    private static List<JsonNode> read(String prefix, String suffix) throws IOException {
        List<JsonNode> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(ROOT.resolve("results"))) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                if (name.startsWith(prefix) && name.endsWith(suffix)) {
                    all.add(read(name));
                }
            }
        }
        return all;
    }

    private static String origin(JsonNode result) {
        return "\n`" + result.get("command").asText().replaceAll("( --pin \\S+)+", " --pin …") + "`, "
                + result.get("machine").asText() + ", " + result.get("date").asText() + ".";
    }

    private static String figure(JsonNode row, String name, double factor, String format) {
        JsonNode value = row.get(name);
        return value == null || value.isNull()
                ? "–"
                : String.format(Locale.ROOT, format, factor * value.asDouble()) + " "
                        + row.get("evidence").get(name).asText().toLowerCase(Locale.ROOT);
    }

    /** Every row of models as they are; where they were approximated too, the rows that no other beats. */
    private static List<String> compare(JsonNode result) {
        JsonNode report = result.get("report");
        Set<Integer> unbeaten = new TreeSet<>();
        report.path("fronts").forEach(front -> front.get("rows").forEach(row -> unbeaten.add(row.asInt())));
        List<String> lines = new ArrayList<>(List.of(
                "| model | device | top-1, 1,000 images | latency, one image | images/s |", "|---|---|---|---|---|"));
        for (int i = 0; i < report.get("rows").size(); i++) {
            JsonNode row = report.get("rows").get(i);
            String method = row.get("method").asText();
            if (!method.equals("none") && !unbeaten.contains(i)) {
                continue;
            }
            lines.add("| " + row.get("model").asText() + (method.equals("none") ? "" : " as `" + method + "`") + " | `"
                    + row.get("device").asText() + "` | "
                    + figure(row, "top1", 100, "%.1f %%") + " | " + figure(row, "latencyMs", 1, "%.3f ms") + " | "
                    + figure(row, "samplesPerSecond", 1, "%,.0f") + " |");
        }
        lines.add(origin(result));
        return lines;
    }

    private static List<String> layers(JsonNode result) {
        List<String> lines = new ArrayList<>(
                List.of("| layer | f32, of the f32 ceiling | u8·s8, of the f32 ceiling |", "|---|---|---|"));
        String layer = "";
        for (JsonNode row : result.get("report").get("rows")) {
            if (!List.of("f32*f32", "u8*s8").contains(row.get("format").asText())) {
                continue;
            }
            String cell = String.format(
                    Locale.ROOT,
                    " %.0f %% (%.0f Gop/s) |",
                    100 * row.get("fraction").asDouble(),
                    row.get("gops").asDouble());
            if (row.get("layer").asText().equals(layer)) {
                lines.set(lines.size() - 1, lines.getLast().replace(" – |", "") + cell);
            } else {
                layer = row.get("layer").asText();
                lines.add("| " + layer + " |" + cell + " – |");
            }
        }
        lines.add(origin(result) + " Measured.");
        return lines;
    }

    /** The first of the layers that are measured in every format. */
    private static List<String> formats(JsonNode result) {
        List<String> lines = new ArrayList<>(List.of(
                "| activations · weights | Gop/s | times f32 | of its carrier's ceiling |", "|---|---|---|---|"));
        JsonNode rows = result.get("report").get("rows");
        String layer = rows.get(0).get("layer").asText();
        for (JsonNode row : rows) {
            if (row.get("layer").asText().equals(layer)) {
                lines.add(String.format(
                        Locale.ROOT,
                        "| %s | %.0f | %.2f | %.0f %% of `%s` |",
                        row.get("format").asText().replace("*", " · "),
                        row.get("gops").asDouble(),
                        row.get("overF32").asDouble(),
                        100 * row.get("ofCarrier").asDouble(),
                        row.get("carrier").asText()));
            }
        }
        lines.add(origin(result) + " Measured on " + layer + ".");
        return lines;
    }

    private static List<String> accuracy() throws IOException {
        List<String> lines = new ArrayList<>(List.of("| model | device | top-1, 10,000 images |", "|---|---|---|"));
        for (JsonNode result : read("accuracy-", ".json")) {
            JsonNode report = result.get("report");
            String model = result.get("command").asText().replaceAll(".*[/ ]([a-z0-9-]+)\\.onnx.*", "$1");
            lines.add(String.format(
                    Locale.ROOT,
                    "| %s | `%s` | %.2f %% |",
                    model,
                    report.get("device").asText(),
                    100 * report.get("top1").asDouble()));
        }
        return lines;
    }

    /** Every recipe on LeNet-5, and on the residual network where it was tried there. */
    private static List<String> recipes() throws IOException {
        List<String> lines = new ArrayList<>(List.of(
                "| recipe | lenet5, top-1 | times smaller | nodes without a kernel of their own | small-resnet, top-1 |",
                "|---|---|---|---|---|"));
        String prefix = "recipe-lenet5-";
        try (Stream<Path> files = Files.list(ROOT.resolve("results"))) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                if (name.startsWith(prefix)) {
                    String recipe = name.substring(prefix.length()).replace(".json", "");
                    JsonNode lenet = read(name).get("report");
                    JsonNode written =
                            read("approximate-lenet5-" + recipe + ".json").get("report");
                    String resnet = read("recipe-small-resnet-" + recipe + ".json", ".json").stream()
                            .map(result -> top1(result.get("report")))
                            .findFirst()
                            .orElse("–");
                    lines.add(String.format(
                            Locale.ROOT,
                            "| `%s` | %s | %.1f | %d | %s |",
                            recipe,
                            top1(lenet),
                            written.get("compression").asDouble(),
                            lenet.get("fallbacks").size(),
                            resnet));
                }
            }
        }
        return lines;
    }

    private static String top1(JsonNode report) {
        return String.format(Locale.ROOT, "%.2f %%", 100 * report.get("top1").asDouble());
    }

    /** The densities of one layer and pattern side by side, then where it breaks even. */
    private static List<String> breakEven(JsonNode result) {
        JsonNode report = result.get("report");
        List<String> densities = new ArrayList<>();
        report.get("rows").forEach(row -> {
            if (!densities.contains(percent(row))) {
                densities.add(percent(row));
            }
        });
        densities.sort(Comparator.comparing(text -> Integer.valueOf(text.replace(" %", ""))));
        List<String> lines = new ArrayList<>(List.of(
                "| layer, what stays | " + String.join(" | ", densities) + " | breaks even at |",
                "|---|" + "---|".repeat(densities.size() + 1)));
        for (JsonNode crossover : report.get("crossovers")) {
            StringBuilder line = new StringBuilder("| " + crossover.get("layer").asText() + ", "
                    + crossover.get("pattern").asText() + " |");
            Map<String, String> figures = new HashMap<>();
            for (JsonNode row : report.get("rows")) {
                if (row.get("layer").equals(crossover.get("layer"))
                        && row.get("pattern").equals(crossover.get("pattern"))) {
                    figures.put(
                            percent(row),
                            String.format(
                                    Locale.ROOT,
                                    " %.1f x |",
                                    row.get("overDense").asDouble()));
                }
            }
            densities.forEach(column -> line.append(figures.getOrDefault(column, " – |")));
            JsonNode density = crossover.path("density");
            lines.add(line
                    + (density.isNumber()
                            ? String.format(Locale.ROOT, " %.0f %% |", 100 * density.asDouble())
                            : " – |"));
        }
        lines.add(origin(result) + " Measured.");
        return lines;
    }

    private static String percent(JsonNode row) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * row.get("density").asDouble());
    }

    private static List<String> verify() throws IOException {
        List<String> lines =
                new ArrayList<>(List.of("| model | `pocl/pthread-0`, nmse | `pocl/basic-0`, nmse |", "|---|---|---|"));
        for (JsonNode result : read("verify-", ".json")) {
            StringBuilder line = new StringBuilder("| "
                    + result.get("command").asText().replaceAll(".*[/ ]([a-z0-9-]+)\\.onnx.*", "$1")
                    + (result.get("command").asText().contains("samples/") ? " (sample)" : "") + " |");
            for (JsonNode row : result.get("report").get("results")) {
                line.append(
                        String.format(Locale.ROOT, " %.1e |", row.get("nmse").asDouble()));
            }
            lines.add(line.toString());
        }
        return lines;
    }

    private static List<String> bench() throws IOException {
        List<String> lines = new ArrayList<>(List.of(
                "| model | scenario | device | images/s | ONNX Runtime, images/s | ratio |",
                "|---|---|---|---|---|---|"));
        for (JsonNode result : read("bench-", ".json")) {
            JsonNode report = result.get("report");
            lines.add(String.format(
                    Locale.ROOT,
                    "| %s | %s, batch %d | `%s` | %,.1f | %,.1f | %.2f |",
                    report.get("model").asText(),
                    report.get("scenario").asText(),
                    report.get("batch").asInt(),
                    report.get("device").asText(),
                    report.get("samplesPerSecond").asDouble(),
                    report.get("versus").get("samplesPerSecond").asDouble(),
                    report.get("versus").get("ratio").asDouble()));
        }
        return lines;
    }

    private static List<String> prediction(JsonNode result) {
        List<String> lines =
                new ArrayList<>(List.of("| model | a request, measured | modelled | error |", "|---|---|---|---|"));
        JsonNode report = result.get("report");
        for (JsonNode row : report.get("rows")) {
            lines.add(String.format(
                    Locale.ROOT,
                    "| %s | %.2f ms | %.2f ms | %+.0f %% |",
                    row.get("model").asText(),
                    row.get("measuredMs").asDouble(),
                    row.get("predictedMs").asDouble(),
                    100 * row.get("error").asDouble()));
        }
        lines.add(String.format(
                Locale.ROOT,
                "| median of the errors | | | %.0f %% |",
                100 * report.get("medianError").asDouble()));
        lines.add(origin(result));
        return lines;
    }

    private static List<String> published(JsonNode result) {
        JsonNode report = result.get("report");
        List<String> lines = new ArrayList<>(
                List.of("| published | figure | modelled | result | error | use |", "|---|---|---|---|---|---|"));
        for (JsonNode row : report.get("rows")) {
            boolean counted = row.hasNonNull("predicted");
            lines.add(String.format(
                    Locale.ROOT,
                    "| %s | %s | %s | %s | %s | %s |",
                    row.get("name").asText(),
                    row.get("figure").asText().toLowerCase(Locale.ROOT).replace('_', ' '),
                    counted ? number(row.get("predicted").asDouble()) : "–",
                    number(row.get("published").asDouble()),
                    counted
                            ? String.format(
                                    Locale.ROOT,
                                    "%+.0f %%",
                                    100 * row.get("error").asDouble())
                            : "–",
                    row.get("use").asText().toLowerCase(Locale.ROOT)));
        }
        for (JsonNode ratio : report.get("ratios")) {
            lines.add(String.format(
                    Locale.ROOT,
                    "| %s | FPGA over GPU | %.1f | %.1f | | side of 1 |",
                    ratio.get("name").asText(),
                    ratio.get("predicted").asDouble(),
                    ratio.get("published").asDouble()));
        }
        lines.add(String.format(
                Locale.ROOT,
                "| median error of the tests | | | | %.0f %% | |",
                100 * report.get("medianError").asDouble()));
        lines.add(origin(result));
        return lines;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 1000 ? "%.3g" : "%,.0f", value);
    }

    private static List<String> pipeline(JsonNode result) {
        JsonNode report = result.get("report");
        JsonNode alone = report.get("versus");
        return List.of(
                "| resnet50 on | images/s |",
                "|---|---|",
                String.format(
                        Locale.ROOT,
                        "| `%s`, a stage each | %.2f |",
                        report.get("device").asText().replace(",", "` and `"),
                        report.get("samplesPerSecond").asDouble()),
                String.format(
                        Locale.ROOT,
                        "| `%s` alone | %.2f |",
                        alone.get("name").asText().replace(" alone", ""),
                        alone.get("samplesPerSecond").asDouble()),
                String.format(
                        Locale.ROOT, "| ratio | %.2f |", alone.get("ratio").asDouble()),
                origin(result));
    }

    private static List<String> formatMatrix(JsonNode result) {
        List<String> devices = List.of("pocl/pthread-0", "pocl/basic-0", "oclgrind/sim-0", "rusticl/llvmpipe-0");
        List<String> operators = List.of("conv", "depthwise", "gemm", "fc");
        List<String> lines = new ArrayList<>(List.of(
                "Cases that passed, bit for bit, on `" + String.join("`, `", devices) + "`:",
                "",
                "| operands (carrier) | " + String.join(" | ", operators) + " |",
                "|---|---|---|---|---|"));
        result.get("report").get("passed").properties().forEach(row -> {
            StringBuilder line = new StringBuilder("| " + row.getKey() + " |");
            for (String operator : operators) {
                List<String> cells = new ArrayList<>();
                for (String device : devices) {
                    JsonNode count = row.getValue().path(operator).path(device);
                    cells.add(count.isMissingNode() ? "–" : count.asText());
                }
                line.append(" ").append(String.join(", ", cells)).append(" |");
            }
            lines.add(line.toString());
        });
        lines.add(origin(result));
        return lines;
    }
}
