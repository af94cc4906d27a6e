// SPDX-License-Identifier: Apache-2.0
package dev.inlay.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each program says what it is there to say, with the devices that are found here; the reference alone is enough. */
final class SamplesTest {
    private static final Path SOURCES = Path.of("samples/src/main/java/dev/inlay/samples");

    private static List<String> said(Class<?> sample) throws ReflectiveOperationException {
        PrintStream before = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            System.setOut(out);
            Method main = sample.getMethod("main", String[].class);
            main.invoke(null, (Object) new String[0]);
        } finally {
            System.setOut(before);
        }
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static void assertAtLeast(int expected, String line, String pattern) {
        assertTrue(line.matches(pattern), line);
        int got = Integer.parseInt(line.replaceFirst(pattern, "$1"));
        assertTrue(got >= expected, () -> "got " + line + ", expected at least " + expected);
    }

    @Test
    void theReferenceIsListedLast() throws ReflectiveOperationException {
        String last = said(S01ListDevices.class).getLast();
        assertTrue(last.startsWith("reference  REFERENCE  plain Java"), last);
    }

    @Test
    void mostImagesAreRecognised() throws ReflectiveOperationException {
        List<String> lines = said(S02RunAModel.class);
        assertEquals(7, lines.size(), lines::toString);
        assertEquals("image 0: Ankle boot, in truth Ankle boot", lines.get(1));
        assertAtLeast(80, lines.getLast(), "(\\d+) of 100 are right");
    }

    @Test
    void twoDevicesAgreeWithOne() throws ReflectiveOperationException {
        List<String> lines = said(S03TwoDevices.class);
        assertTrue(lines.size() > 5, lines::toString);
        assertEquals("the answers agree", lines.getLast());
        long devices = lines.stream()
                .filter(line -> line.contains(" on "))
                .map(line -> line.replaceFirst(".* on ", ""))
                .distinct()
                .count();
        boolean reference = said(S01ListDevices.class).size() == 1;
        assertEquals(reference ? 1 : 2, devices, lines::toString);
    }

    @Test
    void threadsShareASession() throws ReflectiveOperationException {
        assertAtLeast(80, said(S04EmbedTheRuntime.class).getLast(), "100 threads asked, (\\d+) answers are right");
    }

    @Test
    void modelsAreChainedWhereTheyRun() throws ReflectiveOperationException {
        List<String> lines = said(S05ChainedModels.class);
        String device = said(S01ListDevices.class).getFirst().replaceFirst(" .*", "");
        assertEquals("between the models: resident tensor FLOAT32 1x10 on " + device, lines.getFirst());
        assertEquals("Ankle boot, in truth Ankle boot; the parts sum to 1.000", lines.getLast());
    }

    static List<Path> numbered() throws IOException {
        try (Stream<Path> files = Files.list(SOURCES)) {
            return files.filter(file -> file.getFileName().toString().matches("S\\d\\d.*"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("numbered")
    void eachIsShortListedAndSaysHowItIsRun(Path source) throws IOException {
        String text = Files.readString(source);
        String name = source.getFileName().toString();
        assertTrue(text.contains(" *     " + SOURCES + "/" + name + "\n"), name + " lacks its command");
        assertTrue(text.lines().count() < 60, name + " is long");
        assertTrue(Files.readString(Path.of("samples/README.md")).contains(name), name + " is not in the README");
    }
}
