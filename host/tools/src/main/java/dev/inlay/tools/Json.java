// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import dev.inlay.tools.measure.Origin;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
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
     * @param commit as {@link Origin}
     * @param machine as {@link Origin}
     * @param date as {@link Origin}
     * @param command what to type
     * @param report the verb's own document
     */
    private record Result(
            int schemaVersion, String commit, String machine, String date, String command, Report report) {}

    static void record(Report report, String verb, List<String> arguments, Path file) throws IOException {
        MAPPER.writeValue(file.toFile(), result(report, verb, arguments));
    }

    /** What {@link #record} writes, in one line. */
    static String recorded(Report report, String verb, List<String> arguments) throws IOException {
        return MAPPER.writer()
                .without(SerializationFeature.INDENT_OUTPUT)
                .writeValueAsString(result(report, verb, arguments));
    }

    private static Result result(Report report, String verb, List<String> arguments) throws IOException {
        List<String> repeated = new ArrayList<>(arguments);
        repeated.removeIf(argument -> argument.equals("--json"));
        String command = "./inlay " + verb
                + repeated.stream()
                        .filter(argument -> !argument.equals(verb))
                        .map(argument -> " " + argument)
                        .collect(Collectors.joining());
        Origin origin = Origin.here();
        return new Result(1, origin.commit(), origin.machine(), origin.date(), command, report);
    }
}
