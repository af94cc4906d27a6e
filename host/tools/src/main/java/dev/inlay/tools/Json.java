// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Writes a report as one JSON document; an absent figure is an absent field. */
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_ABSENT, JsonInclude.Include.NON_ABSENT))
            .enable(SerializationFeature.INDENT_OUTPUT)
            .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
            .build();

    private Json() {}

    static void write(Report report, PrintStream out) throws IOException {
        MAPPER.writeValue(out, report);
        out.println();
    }

    /**
     * A report with what it takes to repeat it.
     *
     * @param schemaVersion 1
     * @param commit the sources it was made with, {@code unknown} outside a checkout
     * @param machine processor and cores
     * @param date day, UTC
     * @param command what to type
     * @param report the verb's own document
     */
    private record Result(
            int schemaVersion, String commit, String machine, String date, String command, Report report) {}

    static void record(Report report, String verb, List<String> arguments, Path file) throws IOException {
        List<String> repeated = new ArrayList<>(arguments);
        repeated.removeIf(argument -> argument.equals("--json"));
        String command = "./inlay " + verb
                + repeated.stream()
                        .filter(argument -> !argument.equals(verb))
                        .map(argument -> " " + argument)
                        .collect(Collectors.joining());
        MAPPER.writeValue(
                file.toFile(),
                new Result(1, commit(), machine(), LocalDate.now(ZoneOffset.UTC).toString(), command, report));
    }

    private static String commit() {
        try {
            Process git = new ProcessBuilder("git", "rev-parse", "--short=12", "HEAD")
                    .directory(Path.of(System.getProperty("inlay.home", ".")).toFile())
                    .start();
            String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return said.isEmpty() ? "unknown" : said;
        } catch (IOException e) {
            return "unknown";
        }
    }

    private static String machine() throws IOException {
        Path cpuInfo = Path.of("/proc/cpuinfo");
        String model = System.getProperty("os.arch");
        if (Files.isReadable(cpuInfo)) {
            model = Files.readAllLines(cpuInfo).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(model);
        }
        return model + ", " + Runtime.getRuntime().availableProcessors() + " cores";
    }
}
