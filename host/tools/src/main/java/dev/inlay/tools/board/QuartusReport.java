// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.board;

import dev.inlay.bitstream.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * The report that Quartus leaves of an OpenCL design, {@code acl_quartus_report.txt}: a line for each figure, a name, a
 * colon and a number, which of a resource is followed by how many there are.
 */
public final class QuartusReport {
    /** What its lines call a resource, and what profiles do. */
    private static final Map<String, String> RESOURCES = Map.of(
            "Logic utilization", "ALM",
            "DSP blocks", "DSP",
            "RAM blocks", "M20K",
            "ALUTs", "ALUT",
            "Registers", "FF");

    private QuartusReport() {}

    /**
     * Reads a report.
     *
     * @throws IOException if it is missing, or has no clock
     */
    public static Manifest.Built read(Path file) throws IOException {
        Map<String, String> lines = new HashMap<>();
        for (String line : Files.readAllLines(file)) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                lines.put(
                        line.substring(0, colon).strip(),
                        line.substring(colon + 1).strip());
            }
        }
        double clock = number(lines.get("Actual clock freq"))
                .orElseThrow(() -> new IOException(
                        file + ": got no line \"Actual clock freq: N\", expected the kernels'" + " clock in MHz"));
        Map<String, Long> used = new TreeMap<>();
        RESOURCES.forEach(
                (line, resource) -> number(lines.get(line)).ifPresent(count -> used.put(resource, (long) count)));
        return new Manifest.Built(clock, used);
    }

    private static OptionalDouble number(String text) {
        if (text == null || !text.matches("[0-9][0-9,]*(\\.[0-9]+)?( .*)?")) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(Double.parseDouble(text.split(" ", 2)[0].replace(",", "")));
    }
}
