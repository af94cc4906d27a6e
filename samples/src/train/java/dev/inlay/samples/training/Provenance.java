// SPDX-License-Identifier: Apache-2.0
package dev.inlay.samples.training;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a result comes from. */
record Provenance(String commit, String machine) {
    /** Of this process; {@code repository} is the checked-out tree. */
    static Provenance here(Path repository) throws IOException, InterruptedException {
        return new Provenance(commit(repository), processor());
    }

    private static String commit(Path repository) throws IOException, InterruptedException {
        Process git = new ProcessBuilder("git", "rev-parse", "--short=12", "HEAD")
                .directory(repository.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (git.waitFor() != 0) {
            throw new IOException("git rev-parse HEAD: got '%s', expected a commit".formatted(said));
        }
        return said;
    }

    private static String processor() throws IOException {
        Path info = Path.of("/proc/cpuinfo");
        String name = System.getProperty("os.arch");
        if (Files.isReadable(info)) {
            name = Files.readAllLines(info).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(name);
        }
        return "%s, %d cores".formatted(name, Runtime.getRuntime().availableProcessors());
    }
}
