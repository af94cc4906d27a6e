// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.inlay.tools.measure.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** How many cases passed, by operand pair, operator and device. */
final class FormatTally {
    static final Path FILE = Path.of("..", "results", "format-matrix.json");
    private static final String COMMAND = "mvn test -pl runtime-tests -am -Dtest=FormatConformanceTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dinlay.matrix=full -Dinlay.readme=write";

    private final Map<String, Integer> passed = new TreeMap<>();
    private final Set<String> devices = new TreeSet<>();
    private final long start = System.nanoTime();

    /** A row of the table. */
    static String row(FormatVariant variant) {
        return variant.pair() + " (" + variant.carrier() + ")";
    }

    void add(FormatVariant variant, FormatShape shape, String device) {
        devices.add(device);
        passed.merge(row(variant) + "/" + shape.operator() + "/" + device, 1, Integer::sum);
    }

    /** Puts the counts of this process's devices in place of those that are written, and leaves those of others. */
    void record() throws IOException {
        JsonMapper mapper = new JsonMapper();
        ObjectNode report = mapper.createObjectNode();
        if (Files.exists(FILE)) {
            report = (ObjectNode) mapper.readTree(FILE.toFile()).get("report");
        }
        ObjectNode counts = report.withObject("/passed");
        counts.forEach(row -> row.forEach(operator -> ((ObjectNode) operator).remove(devices)));
        passed.forEach((key, count) -> {
            // A device's name holds a slash itself.
            String[] parts = key.split("/", 3);
            counts.withObjectProperty(parts[0]).withObjectProperty(parts[1]).put(parts[2], count);
        });
        ObjectNode seconds = report.withObject("/seconds");
        seconds.put(String.join(", ", devices), (System.nanoTime() - start) / 1_000_000_000);
        Origin origin = Origin.here();
        JsonNode result = mapper.createObjectNode()
                .put("schemaVersion", 1)
                .put("commit", origin.commit())
                .put("machine", origin.machine())
                .put("date", origin.date())
                .put("command", COMMAND)
                .put("seed", "of each case its name")
                .set("report", report);
        mapper.writerWithDefaultPrettyPrinter().writeValue(FILE.toFile(), result);
    }
}
