// SPDX-License-Identifier: Apache-2.0
package dev.inlay.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The file NOTICE names exactly the libraries that are shipped. */
final class NoticeTest {
    private static final Path SHIPPED = Path.of("../host/tools/target/lib");
    private static final Pattern VERSION_AND_AFTER = Pattern.compile("-\\d+\\..*\\.jar$");
    private static final Pattern NOTICE_ENTRY = Pattern.compile("^  ([a-zA-Z0-9_.-]+)  +\\S.*$");

    @Test
    void namesWhatIsShipped() throws IOException {
        assumeTrue(Files.isDirectory(SHIPPED), "host/tools is not packaged");
        assertEquals(shipped(), noticed(), "artifacts in host/tools/target/lib, and those in NOTICE");
    }

    private static Set<String> shipped() throws IOException {
        var names = new TreeSet<String>();
        try (Stream<Path> jars = Files.list(SHIPPED)) {
            jars.map(jar -> jar.getFileName().toString())
                    .filter(name -> !name.startsWith("inlay-"))
                    .forEach(name -> names.add(VERSION_AND_AFTER.matcher(name).replaceFirst("")));
        }
        return names;
    }

    private static Set<String> noticed() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("../NOTICE"));
        var names = new TreeSet<String>();
        for (String line : lines) {
            var entry = NOTICE_ENTRY.matcher(line);
            if (entry.matches()) {
                names.add(entry.group(1));
            }
        }
        return names;
    }
}
