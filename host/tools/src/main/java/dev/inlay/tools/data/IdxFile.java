// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.data;

import dev.inlay.tensor.Shape;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * A gzip'd IDX file of unsigned bytes, the format of MNIST and its followers: the number 0x000008DD, DD being the number
 * of axes, a big-endian 32-bit extent for each, then the elements.
 *
 * @param shape extents, outermost first
 * @param elements row-major, each an unsigned byte
 */
record IdxFile(Shape shape, byte[] elements) {
    private static final int MOST_AXES = 4;
    private static final long MOST_ELEMENTS = 1L << 28;

    /**
     * @throws IOException naming the file, what was got and what was expected
     */
    static IdxFile read(Path file) throws IOException {
        try (var in = new DataInputStream(new GZIPInputStream(Files.newInputStream(file), 1 << 16))) {
            int magic = in.readInt();
            int axes = magic & 0xff;
            if (magic >>> 8 != 0x08 || axes < 1 || axes > MOST_AXES) {
                throw new IOException("%s: got the number 0x%08x at its start, expected 0x00000801 to 0x0000080%d"
                        .formatted(file, magic, MOST_AXES));
            }
            long[] extents = new long[axes];
            long count = 1;
            for (int axis = 0; axis < axes; axis++) {
                extents[axis] = Integer.toUnsignedLong(in.readInt());
                if (extents[axis] > MOST_ELEMENTS / count) {
                    throw new IOException("%s: got an extent of %d on axis %d, expected at most %d elements in all"
                            .formatted(file, extents[axis], axis, MOST_ELEMENTS));
                }
                count = Math.max(1, count * extents[axis]);
            }
            Shape shape = Shape.of(extents);
            byte[] elements = in.readNBytes((int) shape.elements());
            if (elements.length != shape.elements()) {
                throw new EOFException();
            }
            // Reading to the end checks the checksum.
            if (in.read() >= 0) {
                throw new IOException(
                        file + ": got more elements than its shape " + shape + " has, expected " + shape.elements());
            }
            return new IdxFile(shape, elements);
        } catch (EOFException | ZipException e) {
            throw new IOException(file + ": got a damaged or cut file, expected a whole gzip'd IDX file", e);
        }
    }
}
