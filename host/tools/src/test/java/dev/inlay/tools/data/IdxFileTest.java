// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.tensor.Shape;
import dev.inlay.tools.Home;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IdxFileTest {
    @TempDir
    Path folder;

    @Test
    void readsShapeAndElements() throws IOException {
        IdxFile file = IdxFile.read(write("00000802 00000002 00000003 0102030405ff"));
        assertEquals(Shape.of(2, 3), file.shape());
        assertArrayEquals(new byte[] {1, 2, 3, 4, 5, -1}, file.elements());
    }

    @Test
    void refusesDamage() throws IOException {
        refuses(write("00000d01 00000001 01"), "expected 0x00000801");
        refuses(write("00000801 00000002 01"), "damaged or cut");
        refuses(write("00000802 7fffffff 7fffffff"), "expected at most");
        refuses(write("00000801 00000001 0102"), "got more elements");
        Path whole = write("00000801 00000008 0102030405060708");
        byte[] bytes = Files.readAllBytes(whole);
        Files.write(whole, Arrays.copyOf(bytes, bytes.length - 6));
        refuses(whole, "damaged or cut");
        Path plain = folder.resolve("plain");
        Files.writeString(plain, "This is not gzip'd.");
        refuses(plain, "damaged or cut");
    }

    @Test
    void batchesEndWithZeros() throws IOException {
        LabelledImages images = DataSets.open(DataSets.SHIPPED, Home.current()).first(3);
        assertEquals(3, images.size());
        var batch = images.batch(2, 2);
        assertEquals(Shape.of(2, 1, 28, 28), batch.shape());
        for (int i = 0; i < 28 * 28; i++) {
            assertEquals(images.pixel(2, i / 28, i % 28) / 255f, batch.getFloat(i));
            assertEquals(0, batch.getFloat(28 * 28 + i));
        }
    }

    private static void refuses(Path file, String said) {
        IOException refusal = assertThrows(IOException.class, () -> IdxFile.read(file));
        assertTrue(refusal.getMessage().startsWith(file + ": "), refusal.getMessage());
        assertTrue(refusal.getMessage().contains(said), refusal.getMessage());
    }

    private Path write(String hex) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(HexFormat.of().parseHex(hex.replace(" ", "")));
        }
        Path file = folder.resolve("file.gz");
        Files.write(file, bytes.toByteArray());
        return file;
    }
}
