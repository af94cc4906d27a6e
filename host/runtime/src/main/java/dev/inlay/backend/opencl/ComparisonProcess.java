// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl;

import dev.inlay.backend.opencl.FastForms.Place;
import dev.inlay.backend.opencl.binding.ClBinding;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Runs {@link FastFormCheck} in another Java process, so that a crash is a verdict and neither it nor a hang the end. */
public final class ComparisonProcess implements FastForms.Comparison {
    /** Exit codes from here on are those of processes that a signal ended. */
    private static final int FIRST_SIGNAL = 128;

    private static final long SECONDS = 30;

    @Override
    public Optional<String> wrong(Place place, FastFeature feature) throws IOException {
        if (!ClBinding.names().contains(place.binding())) {
            throw new IOException("no other process can open the binding " + place.binding());
        }
        Path said = Files.createTempFile("inlay-forms", ".txt");
        try {
            Process process = new ProcessBuilder(command(place, feature))
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .redirectOutput(said.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                    throw new IOException("the process that compares them did not end within " + SECONDS + " s");
                }
            } finally {
                process.destroyForcibly();
            }
            return verdict(process.exitValue(), Files.readAllLines(said));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            Files.deleteIfExists(said);
        }
    }

    private static Optional<String> verdict(int exit, List<String> lines) throws IOException {
        if (exit >= FIRST_SIGNAL) {
            return Optional.of("the process that compared them ended with " + exit);
        }
        if (exit != 0) {
            throw new IOException("the process that compares them ended with " + exit);
        }
        return lines.stream()
                .filter(line -> line.startsWith(FastFormCheck.COMPARED))
                .findFirst()
                .map(line -> line.substring(FastFormCheck.COMPARED.length()))
                .or(() -> Optional.of("the process that compared them said nothing"))
                .filter(wrong -> !wrong.isEmpty());
    }

    /** This Java with this class path, properties and permissions; without agents, and without a core file. */
    private static List<String> command(Place place, FastFeature feature) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("-D") || argument.startsWith("--"))
                .forEach(command::add);
        command.addAll(List.of(
                "-XX:+SuppressFatalErrorMessage",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:-UsePerfData",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), FastFormCheck.class.getName()));
        command.addAll(List.of(place.binding(), place.platform(), place.name(), place.driver(), feature.name()));
        return command;
    }
}
