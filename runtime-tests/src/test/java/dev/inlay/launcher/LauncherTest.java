// SPDX-License-Identifier: Apache-2.0
package dev.inlay.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code launcher-test.sh}, whose last line counts what held. */
@EnabledOnOs(OS.LINUX)
final class LauncherTest {
    private static final Path SCRIPT = Path.of("src/test/sh/launcher-test.sh");

    @TempDir
    Path folder;

    @Test
    void everyCheckOfTheScriptHolds() throws IOException, InterruptedException {
        File output = folder.resolve("output").toFile();
        Process process = new ProcessBuilder("bash", SCRIPT.toString())
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
        boolean ended = process.waitFor(120, TimeUnit.SECONDS);
        process.destroyForcibly();
        String said = Files.readString(output.toPath(), StandardCharsets.UTF_8);
        assertTrue(ended, () -> "the script ran longer than 120 s: " + said);
        assertEquals(0, process.exitValue(), said);
        assertTrue(said.contains(" held, 0 failed"), said);
    }
}
