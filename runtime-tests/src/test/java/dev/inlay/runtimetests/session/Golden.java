// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Text that is kept beside the tests; {@code -Dinlay.goldens=write} replaces it by what is true now. */
final class Golden {
    private static final Path FOLDER = Path.of("src", "test", "resources", "goldens");

    private Golden() {}

    static void assertGolden(String name, List<String> lines) throws IOException {
        Path file = FOLDER.resolve(name);
        if ("write".equals(System.getProperty("inlay.goldens"))) {
            Files.createDirectories(FOLDER);
            Files.write(file, lines);
        }
        assertEquals(
                String.join("\n", Files.readAllLines(file)),
                String.join("\n", lines),
                file + " differs; if that is meant, run again with -Dinlay.goldens=write");
    }
}
