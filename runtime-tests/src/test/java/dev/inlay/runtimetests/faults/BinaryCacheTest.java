// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.faults;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.CompileOptions;
import dev.inlay.Engine;
import dev.inlay.backend.opencl.BinaryCache;
import dev.inlay.backend.opencl.binding.ClApi;
import dev.inlay.backend.opencl.binding.ClStatus;
import dev.inlay.backend.opencl.binding.DeviceInfo;
import dev.inlay.backend.opencl.binding.FaultyApi;
import dev.inlay.backend.opencl.binding.ImaginaryApi;
import dev.inlay.backend.opencl.binding.RecordingApi;
import dev.inlay.runtimetests.platform.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Program binaries on disk, of which nothing is trusted. */
final class BinaryCacheTest {
    private static final String KEY = BinaryCache.key("one");
    private static final String OTHER = BinaryCache.key("other");
    private static final byte[] CONTENT = {1, 2, 3, 4, 5};

    @TempDir
    Path temporary = Path.of("");

    private Path folder = Path.of("");
    private BinaryCache cache = new BinaryCache(folder, 0);

    @BeforeEach
    void newFolder() {
        folder = temporary.resolve("inlay").resolve("programs");
        cache = new BinaryCache(folder, 1L << 20);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    @Test
    void whatGoesInComesOut() throws IOException {
        assertTrue(cache.get(KEY).isEmpty());
        cache.put(KEY, CONTENT);
        assertArrayEquals(CONTENT, cache.get(KEY).orElseThrow());
        assertTrue(cache.get(OTHER).isEmpty());
        assertEquals(List.of(folder.resolve(KEY)), files());
    }

    @Test
    void onlyTheOwnerMayLookIn() throws IOException {
        cache.put(KEY, CONTENT);
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(KEY))));
    }

    private void assertGoneAfter(UnaryOperator<byte[]> damage) throws IOException {
        cache.put(KEY, CONTENT);
        Path file = folder.resolve(KEY);
        Files.write(file, damage.apply(Files.readAllBytes(file)));
        assertTrue(cache.get(KEY).isEmpty());
        assertFalse(Files.exists(file));
        cache.put(KEY, CONTENT);
        assertArrayEquals(CONTENT, cache.get(KEY).orElseThrow());
    }

    @Test
    void everyDamagedBitIsSeen() throws IOException {
        cache.put(KEY, CONTENT);
        int length = Files.readAllBytes(folder.resolve(KEY)).length;
        for (int at = 0; at < length; at++) {
            int damaged = at;
            assertGoneAfter(bytes -> {
                bytes[damaged] ^= 1;
                return bytes;
            });
        }
    }

    @Test
    void everyTruncationIsSeen() throws IOException {
        cache.put(KEY, CONTENT);
        int length = Files.readAllBytes(folder.resolve(KEY)).length;
        for (int kept = 0; kept < length; kept++) {
            int bytes = kept;
            assertGoneAfter(entry -> Arrays.copyOf(entry, bytes));
        }
    }

    @Test
    void anotherKeysEntryIsForeign() throws IOException {
        cache.put(OTHER, CONTENT);
        Files.copy(folder.resolve(OTHER), folder.resolve(KEY), StandardCopyOption.REPLACE_EXISTING);
        assertTrue(cache.get(KEY).isEmpty());
        assertArrayEquals(CONTENT, cache.get(OTHER).orElseThrow());
    }

    @Test
    void theLongestUnusedGoFirst() throws IOException {
        long entry = 32 + 100;
        cache = new BinaryCache(folder, 3 * entry);
        for (int i = 0; i < 3; i++) {
            cache.put(BinaryCache.key("entry", "" + i), new byte[100]);
            Files.setLastModifiedTime(
                    folder.resolve(BinaryCache.key("entry", "" + i)), FileTime.fromMillis(1_000L * (i + 1)));
        }
        assertTrue(cache.get(BinaryCache.key("entry", "0")).isPresent());
        cache.put(BinaryCache.key("entry", "3"), new byte[100]);
        assertTrue(cache.get(BinaryCache.key("entry", "1")).isEmpty());
        for (String kept : List.of("0", "2", "3")) {
            assertTrue(cache.get(BinaryCache.key("entry", kept)).isPresent(), "entry " + kept);
        }
    }

    @Test
    void aFolderThatCannotBeMadeIsAnEmptyCache() throws IOException {
        Files.writeString(temporary.resolve("file"), "in the way");
        BinaryCache blocked = new BinaryCache(temporary.resolve("file").resolve("programs"), 1 << 20);
        blocked.put(KEY, CONTENT);
        assertEquals(Optional.empty(), blocked.get(KEY));
    }

    @Test
    void anEntryThatCannotBePlacedLeavesNothingBehind() throws IOException {
        Files.createDirectories(folder.resolve(KEY).resolve("in the way"));
        cache.put(KEY, CONTENT);
        assertEquals(List.of(folder.resolve(KEY)), files());
        assertTrue(cache.get(KEY).isEmpty());
    }

    @Test
    void aKeyDependsOnEveryPartAndItsPlace() {
        assertEquals(KEY, BinaryCache.key("one"));
        assertNotEquals(BinaryCache.key("ab", "c"), BinaryCache.key("a", "bc"));
        assertNotEquals(BinaryCache.key("a", "b"), BinaryCache.key("b", "a"));
        assertNotEquals(BinaryCache.key("a"), BinaryCache.key("a", ""));
    }

    // What an engine makes of it

    private long compilations(ClApi api) {
        RecordingApi recording = new RecordingApi(api);
        try (Engine engine = Engine.over(recording, cache)) {
            CompileOptions options =
                    CompileOptions.on(engine.devices().getFirst().id());
            Network network = Network.twoLayers();
            assertEquals(1, network.answer(engine, options, 1).size());
        }
        return recording.lines().stream()
                .filter(line -> line.contains("programFromSource"))
                .count();
    }

    @Test
    void aWarmCacheSavesTheCompilation() {
        ImaginaryApi device = ImaginaryApi.cpu("imaginary");
        long cold = compilations(device);
        assertTrue(cold > 0);
        assertEquals(0, compilations(device));
    }

    @Test
    void anotherDriverOrDeviceCompilesAnew() {
        ImaginaryApi device = ImaginaryApi.cpu("imaginary");
        long cold = compilations(device);
        assertEquals(cold, compilations(device.with(DeviceInfo.DRIVER_VERSION, "2")));
        assertEquals(cold, compilations(device.with(DeviceInfo.NAME, "another")));
        assertEquals(0, compilations(device));
    }

    @Test
    void damagedEntriesAreCompiledAnewAndMended() throws IOException {
        ImaginaryApi device = ImaginaryApi.cpu("imaginary");
        long cold = compilations(device);
        for (Path file : files()) {
            byte[] entry = Files.readAllBytes(file);
            entry[entry.length - 1] ^= 1;
            Files.write(file, entry);
        }
        assertEquals(cold, compilations(device));
        assertEquals(0, compilations(device));
    }

    @Test
    void aBinaryThatTheDriverRefusesIsCompiledAnew() {
        ImaginaryApi device = ImaginaryApi.cpu("imaginary");
        assertTrue(compilations(device) > 0);
        assertEquals(1, compilations(FaultyApi.failing(device, "programFromBinary", 1, ClStatus.INVALID_BINARY)));
        assertEquals(1, compilations(FaultyApi.failing(device, "build", 1, ClStatus.BUILD_PROGRAM_FAILURE)));
    }
}
