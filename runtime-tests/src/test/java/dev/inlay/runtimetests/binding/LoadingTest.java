// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.binding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.backend.opencl.ArithmeticTrap;
import dev.inlay.backend.opencl.binding.ClBinding;
import dev.inlay.runtimetests.platform.TestPlatform;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How bindings load, and what loading them does to the process. */
class LoadingTest {
    @TempDir
    Path temporary;

    @TempDir
    Path noDrivers;

    /** Loads a binding, lists its platforms and prints what came of it. */
    static final class Probe {
        private Probe() {}

        static void main(String[] args) {
            switch (ClBinding.load(args[0])) {
                case ClBinding.Available available ->
                    available
                            .api()
                            .platforms()
                            .forEach(platform -> available.api().devices(platform));
                case ClBinding.Unavailable unavailable -> IO.println(unavailable.cause());
            }
            IO.println(ArithmeticTrap.warning().orElse("division throws"));
        }
    }

    private String probe(String binding, Map<String, String> environment, String... options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(List.of(options));
        command.addAll(List.of(Probe.class.getName(), binding));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output;
    }

    @Test
    void theDefaultComesFirst() {
        assertEquals(List.of("lwjgl", "jocl"), ClBinding.names());
    }

    @Test
    void anUnknownNameIsAnsweredWithTheKnownOnes() {
        assertEquals(
                new ClBinding.Unavailable("cuda", "no binding is called 'cuda'", "name one of lwjgl, jocl"),
                ClBinding.load("cuda"));
    }

    @Test
    void aMissingLibraryIsAValue() throws Exception {
        String output = probe("lwjgl", Map.of(), "-Dorg.lwjgl.opencl.libname=libNoOpenCLHere.so");
        assertTrue(output.contains("the OpenCL library could not be loaded: "), output);
        assertTrue(output.contains("libNoOpenCLHere.so"), output);
        assertFalse(output.contains("[LWJGL]"), output);
    }

    @ParameterizedTest
    @ValueSource(strings = {"lwjgl", "jocl"})
    void nothingIsLeftInTheTemporaryFolder(String binding) throws Exception {
        String output = probe(binding, Map.of("OCL_ICD_VENDORS", noDrivers.toString()));
        try (Stream<Path> left = Files.list(temporary)) {
            assertEquals(List.of(), left.toList(), output);
        }
    }

    @Test
    void divisionByZeroThrowsHere() {
        assertEquals(Optional.empty(), ArithmeticTrap.warning());
    }

    @Test
    @Tag("opencl")
    void aDriverThatTakesTheTrapIsNoticed() throws Exception {
        if (TestPlatform.current() != TestPlatform.POCL) {
            Assumptions.abort("only PoCL takes SIGFPE");
        }
        TestPlatform.current().targets("lwjgl").findFirst().orElseThrow().orSkip();
        String taken = probe("lwjgl", Map.of("POCL_SIGFPE_HANDLER", "1"));
        assertTrue(taken.contains("POCL_SIGFPE_HANDLER=0"), taken);
        assertTrue(probe("lwjgl", Map.of("POCL_SIGFPE_HANDLER", "0")).contains("division throws"));
        assertInstanceOf(ClBinding.Available.class, ClBinding.load("lwjgl"));
    }
}
