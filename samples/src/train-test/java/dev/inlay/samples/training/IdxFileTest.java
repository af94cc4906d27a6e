// SPDX-License-Identifier: Apache-2.0
package dev.inlay.samples.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxFileTest {
    private static final byte[] TWO_BY_TWO = {0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, (byte) 200, 4};

    @TempDir
    Path folder;

    @Test
    void readsShapeAndElements() throws IOException {
        IdxFile file = IdxFile.read(zipped(TWO_BY_TWO));
        assertEquals(List.of(2, 2), file.shape());
        assertArrayEquals(new byte[] {1, 2, (byte) 200, 4}, file.elements());
    }

    @Test
    void writesWhatItReads() throws IOException {
        Path copy = folder.resolve("made/copy.gz");
        IdxFile.read(zipped(TWO_BY_TWO)).first(1).write(copy);
        IdxFile file = IdxFile.read(copy);
        assertEquals(List.of(1, 2), file.shape());
        assertArrayEquals(new byte[] {1, 2}, file.elements());
    }

    @Test
    void refusesOtherElementTypes() throws IOException {
        Path floats = zipped(new byte[] {0, 0, 0x0D, 1, 0, 0, 0, 1, 0, 0, 0, 0});
        assertSaid("got magic number 0x00000d01", floats);
    }

    @Test
    void refusesTooFewElements() throws IOException {
        assertSaid("got 1 elements, expected 3", zipped(new byte[] {0, 0, 8, 1, 0, 0, 0, 3, 7}));
    }

    @Test
    void refusesTooManyElements() throws IOException {
        assertSaid("got more elements, expected 1", zipped(new byte[] {0, 0, 8, 1, 0, 0, 0, 1, 7, 7}));
    }

    @Test
    void refusesASizeThatNoMemoryHolds() throws IOException {
        byte[] huge = {0, 0, 8, 2, 0x7F, 0, 0, 0, 0x7F, 0, 0, 0};
        assertSaid("expected 1 or more and at most", zipped(huge));
    }

    private static void assertSaid(String expected, Path file) {
        String said = assertThrows(IOException.class, () -> IdxFile.read(file)).getMessage();
        assertEquals(true, said.contains(expected), said);
    }

    private Path zipped(byte[] content) throws IOException {
        Path file = folder.resolve("file.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(content);
        }
        return file;
    }
}
