// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.bitstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.BitstreamWriter;
import dev.inlay.CompileOptions;
import dev.inlay.CompiledModel;
import dev.inlay.Engine;
import dev.inlay.backend.opencl.BinaryCache;
import dev.inlay.backend.opencl.FastForms;
import dev.inlay.backend.opencl.binding.RecordingApi;
import dev.inlay.bitstream.Bitstreams;
import dev.inlay.plan.Decision;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.profile.ProfileCatalog;
import dev.inlay.runtimetests.platform.Engines;
import dev.inlay.runtimetests.platform.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A device stands in for a board: its own compiler makes the programs, and then it has these and no compiler. */
@Tag("opencl")
final class BitstreamTest {
    private final Network network = Network.twoLayers();
    private final RecordingApi recorded = new RecordingApi(Engines.api());
    private String device = "";

    @TempDir
    Path folder = Path.of("");

    @BeforeEach
    void compile() throws IOException {
        device = Engines.devices().getFirst().id();
        try (Engine engine = engine(Optional.empty())) {
            CompiledModel model = engine.compile(network.graph(), CompileOptions.on(device));
            assertFalse(BitstreamWriter.write(engine, model, device, folder).isEmpty());
        }
    }

    private Engine engine(Optional<Bitstreams> bitstreams) {
        return Engine.over(
                recorded,
                new BinaryCache(folder.resolve("programs"), 1L << 30),
                ProfileCatalog.shipped(),
                FastForms.none(),
                bitstreams.map(Engine.Options.DEFAULT::withBitstreams).orElse(Engine.Options.DEFAULT));
    }

    private List<Path> manifests() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }

    private void replace(Path manifest, String what, String by) throws IOException {
        String before = Files.readString(manifest);
        String after = before.replaceAll(what, by);
        assertFalse(before.equals(after), () -> what + " is not in " + before);
        Files.writeString(manifest, after);
    }

    private long calls(String name) {
        return recorded.lines().stream()
                .filter(line -> line.contains(name + "("))
                .count();
    }

    @Test
    void aBoardAnswersAsItsCompilerDoes() {
        Map<String, ?> expected;
        try (Engine engine = engine(Optional.empty())) {
            expected = network.answer(engine, CompileOptions.on(device), 3);
        }
        long compiled = calls("programFromSource");
        try (Engine engine = engine(Optional.of(Bitstreams.open(folder)))) {
            CompiledModel model = engine.compile(network.graph(), CompileOptions.on(device));
            assertTrue(
                    model.placements().stream().allMatch(each -> each.device().equals(device)),
                    () -> model.placements().toString());
            assertEquals(expected, network.answer(engine, CompileOptions.on(device), 3));
        }
        assertEquals(compiled, calls("programFromSource"), "a board has no compiler");
    }

    /** What each manifest says wrongly, and the words of the refusal; nothing was enqueued by then. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "\"board\" : \"[^\"]*\" ; \"board\" : \"stratix10-gx2800\" ; board: got stratix10-gx2800, expected",
                "\"platform\" : \"[^\"]*\" ; \"platform\" : \"Another\" ; sdk.platform: got Another, expected",
                "\"version\" : \"[^\"]*\" ; \"version\" : \"0.1\" ; sdk.version: got 0.1, expected",
                "\"sha256\" : \"[0-9a-f]{6} ; \"sha256\" : \"012345 ; sha256: got ",
                "\"schemaVersion\" : 1 ; \"schemaVersion\" : 9 ; schemaVersion: got 9, expected 1",
                "\"queue\" : 0 ; \"queue\" : -1 ; queue: got -1, expected 0 to 63"
            })
    void aManifestThatDoesNotFitIsRefused(String what, String by, String words) throws IOException {
        for (Path manifest : manifests()) {
            replace(manifest, what, by);
        }
        int before = recorded.lines().size();
        RuntimeException refusal = assertThrows(
                RuntimeException.class,
                () -> engine(Optional.of(Bitstreams.open(folder))).close());
        assertTrue(refusal.getMessage().contains(words), refusal::getMessage);
        assertEquals(
                List.of(),
                recorded.lines().subList(before, recorded.lines().size()),
                "the device was touched all the same");
    }

    @Test
    void aDamagedBitstreamIsRefused() throws IOException {
        Path program =
                folder.resolve(manifests().getFirst().getFileName().toString().replace(".json", ".bin"));
        byte[] bytes = Files.readAllBytes(program);
        bytes[bytes.length / 2] ^= 1;
        Files.write(program, bytes);
        RuntimeException refusal = assertThrows(RuntimeException.class, () -> Bitstreams.open(folder));
        assertTrue(refusal.getMessage().startsWith(program + ": sha256: got "), refusal::getMessage);
        Files.delete(program);
        refusal = assertThrows(RuntimeException.class, () -> Bitstreams.open(folder));
        assertTrue(refusal.getMessage().contains("which is not there"), refusal::getMessage);
    }

    /** What the bitstreams lack of a layer, and the words of the plan, which gives the layer to the host. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "RESIDUAL=0 ; RESIDUAL=1 ; RESIDUAL: got 1, the layer needs 0",
                "(contract.dense.[a-z]+)\\{ ; $1{W_FORMAT=s4, ; W_FORMAT: got s4, the layer needs f32",
                "\"maxBufferBytes\" : [0-9]+ ; \"maxBufferBytes\" : 100 ; bytes, expected at most 100"
            })
    void aLayerThatDoesNotFitGoesToTheHost(String what, String by, String words) throws IOException {
        for (Path manifest : manifests()) {
            if (Pattern.compile(what).matcher(Files.readString(manifest)).find()) {
                replace(manifest, what, by);
            }
        }
        try (Engine engine = engine(Optional.of(Bitstreams.open(folder)))) {
            int before = recorded.launches().size();
            CompiledModel model = engine.compile(network.graph(), CompileOptions.on(device));
            List<Decision> dense = model.placements().stream()
                    .filter(each -> each.node().startsWith("conv"))
                    .toList();
            assertFalse(dense.isEmpty());
            for (Decision each : dense) {
                assertEquals(DeviceDescription.REFERENCE, each.device(), each.why());
                assertTrue(each.why().contains(words), each.why());
            }
            assertEquals(before, recorded.launches().size());
            assertThrows(
                    dev.inlay.graph.GraphException.class,
                    () -> engine.compile(
                            network.graph(), CompileOptions.on(device).withStrict(true)));
        }
    }
}
