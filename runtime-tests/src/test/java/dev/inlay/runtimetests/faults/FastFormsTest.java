// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.backend.opencl.BinaryCache;
import dev.inlay.backend.opencl.FastFeature;
import dev.inlay.backend.opencl.FastForms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Verdicts on fast forms are kept, and none but a whole one of the same driver and processor is believed. */
final class FastFormsTest {
    private static final FastForms.Place PLACE = new FastForms.Place("imaginary", "platform", "device", "1");

    @TempDir
    Path folder = Path.of("");

    private int compared;

    private Optional<String> ask(String processor, FastForms.Place place, FastForms.Comparison comparison) {
        BinaryCache verdicts = new BinaryCache(folder.resolve("programs"), 1L << 20);
        return new FastForms(Set.of(FastFeature.AVX2), processor, verdicts, (where, feature) -> {
                    compared++;
                    return comparison.wrong(where, feature);
                })
                .refusal(place, FastFeature.AVX2);
    }

    private Optional<String> ask(FastForms.Comparison comparison) {
        return ask("processor", PLACE, comparison);
    }

    private static FastForms.Comparison answer(Optional<String> wrong) {
        return (place, feature) -> wrong;
    }

    @Test
    void aVerdictIsKept() {
        assertEquals(Optional.empty(), ask(answer(Optional.empty())));
        assertEquals(Optional.empty(), ask(answer(Optional.of("not asked again"))));
        assertEquals(1, compared);
    }

    @Test
    void aRefusalIsKeptWithItsReason() {
        assertEquals(Optional.of("dot_pairs: wrong"), ask(answer(Optional.of("dot_pairs: wrong"))));
        assertEquals(Optional.of("dot_pairs: wrong"), ask(answer(Optional.empty())));
        assertEquals(1, compared);
    }

    @Test
    void anotherDriverOrProcessorIsComparedAgain() {
        assertEquals(Optional.empty(), ask(answer(Optional.empty())));
        FastForms.Place newer = new FastForms.Place("imaginary", "platform", "device", "2");
        assertEquals(Optional.of("new"), ask("processor", newer, answer(Optional.of("new"))));
        assertEquals(Optional.of("other"), ask("another", PLACE, answer(Optional.of("other"))));
    }

    @Test
    void aDamagedVerdictIsRebuilt() throws IOException {
        assertEquals(Optional.empty(), ask(answer(Optional.empty())));
        try (Stream<Path> files = Files.list(folder.resolve("programs"))) {
            Path only = files.findFirst().orElseThrow();
            byte[] bytes = Files.readAllBytes(only);
            bytes[bytes.length - 1] ^= 1;
            Files.write(only, bytes);
        }
        assertEquals(Optional.of("seen again"), ask(answer(Optional.of("seen again"))));
        assertEquals(Optional.of("seen again"), ask(answer(Optional.empty())));
        assertEquals(2, compared);
    }

    @Test
    void whatWasNotComparedIsRefusedAndNotKept() {
        Optional<String> refusal = ask((place, feature) -> {
            throw new IOException("no process");
        });
        assertTrue(refusal.orElse("").contains("no process"), refusal::toString);
        assertEquals(Optional.empty(), ask(answer(Optional.empty())));
    }
}
