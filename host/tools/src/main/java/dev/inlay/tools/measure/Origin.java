// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.measure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * Where and from what a result was made.
 *
 * @param commit of the sources, {@code unknown} outside a checkout
 * @param machine processor and cores
 * @param date day, UTC
 */
public record Origin(String commit, String machine, String date) {
    /** This machine, today, the sources of {@code inlay.home} or of the working directory. */
    public static Origin here() throws IOException {
        return new Origin(
                readCommit(), readMachine(), LocalDate.now(ZoneOffset.UTC).toString());
    }

    private static String readCommit() {
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

    private static String readMachine() throws IOException {
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
