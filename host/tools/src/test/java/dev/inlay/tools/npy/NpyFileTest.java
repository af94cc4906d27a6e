// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.npy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class NpyFileTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void comesBackAsItWas(ElementType type) throws IOException {
        for (Shape shape : new Shape[] {Shape.SCALAR, Shape.of(5), Shape.of(2, 0, 3), Shape.of(2, 3, 4)}) {
            Tensor tensor = Tensor.allocate(type, shape);
            for (long i = 0; i < tensor.elements(); i++) {
                tensor.setLong(i, type == ElementType.BOOL ? i % 2 : i - 2);
            }
            Path file = folder.resolve("t.npy");
            NpyFile.write(file, tensor);
            Tensor back = NpyFile.read(file);
            assertEquals(type, back.type());
            assertEquals(shape, back.shape());
            assertEquals(-1, back.data().mismatch(tensor.data()));
        }
    }

    /** Bytes that numpy 1.24 wrote for {@code numpy.save(f, numpy.array([[1, 2], [3, 255]], numpy.uint8))}. */
    @Test
    void readsWhatNumpyWrites() throws IOException {
        String header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2), }";
        String padded = header + " ".repeat(117 - header.length()) + "\n";
        Path file = folder.resolve("numpy.npy");
        Files.write(
                file,
                HexFormat.of()
                        .parseHex("934e554d5059" + "0100" + "7600"
                                + HexFormat.of().formatHex(padded.getBytes(StandardCharsets.US_ASCII)) + "010203ff"));
        Tensor tensor = NpyFile.read(file);
        assertEquals(ElementType.UINT8, tensor.type());
        assertEquals(Shape.of(2, 2), tensor.shape());
        assertEquals(255, tensor.getLong(3));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'descr': '>f4', 'fortran_order': False, 'shape': (1,)| got elements of '>f4', expected one of",
                "'descr': '<f2', 'fortran_order': False, 'shape': (2,)| got elements of '<f2', expected one of",
                "'descr': '<f4', 'fortran_order': True, 'shape': (1,)| got Fortran order, expected C order",
                "'descr': '<f4', 'fortran_order': False, 'shape': (2,)| got 4 bytes of elements, expected 8",
                "'descr': '<f4', 'fortran_order': False, 'shape': (-1,)| got a header without a usable 'shape'",
                "'descr': '<f4', 'fortran_order': False, 'shape': (99999999999,)| expected at most",
                "'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)| got the shape",
                "'descr': '<f4', 'shape': (1,)| got a header without a usable 'fortran_order'",
                "nonsense| got a header without a usable 'descr'",
            })
    void refuses(String header, String said) throws IOException {
        String text = "{" + header + "}";
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        Path file = folder.resolve("bad.npy");
        Files.write(
                file,
                HexFormat.of()
                        .parseHex("934e554d5059" + "0100"
                                + HexFormat.of().toHexDigits((byte) bytes.length) + "00"
                                + HexFormat.of().formatHex(bytes) + "00000000"));
        IOException refusal = assertThrows(IOException.class, () -> NpyFile.read(file));
        assertTrue(refusal.getMessage().startsWith(file + ": "), refusal.getMessage());
        assertTrue(refusal.getMessage().contains(said), refusal.getMessage());
    }

    @Test
    void namesStayInTheirFolder() {
        assertEquals("_.._etc_passwd.npy", NpyFile.nameOf("/../etc/passwd"));
        assertEquals("__x.npy", NpyFile.nameOf("../x"));
        assertEquals("logits.npy", NpyFile.nameOf("logits"));
    }
}
