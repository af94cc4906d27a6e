// SPDX-License-Identifier: Apache-2.0
package dev.inlay.samples.training;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * A gzip'd IDX file of unsigned bytes: a magic number 0x000008DD (DD the number of axes), one big-endian 32-bit size per
 * axis, then the elements in row-major order. Source: the format note of the MNIST database.
 */
final class IdxFile {
    private static final int UNSIGNED_BYTES = 0x08;
    private static final int MOST_AXES = 4;
    private static final long MOST_ELEMENTS = 1L << 28;

    private final List<Integer> shape;
    private final byte[] elements;

    private IdxFile(List<Integer> shape, byte[] elements) {
        this.shape = shape;
        this.elements = elements;
    }

    /** Reads {@code path}; an {@link IOException} names the file, what was got and what was expected. */
    static IdxFile read(Path path) throws IOException {
        try (var in = new DataInputStream(new GZIPInputStream(Files.newInputStream(path), 1 << 16))) {
            int magic = in.readInt();
            int axes = magic & 0xFF;
            if (magic >>> 8 != UNSIGNED_BYTES || axes < 1 || axes > MOST_AXES) {
                throw new IOException("%s: got magic number 0x%08x, expected 0x00000801 to 0x0000080%d"
                        .formatted(path, magic, MOST_AXES));
            }
            var shape = new Integer[axes];
            long count = 1;
            for (int axis = 0; axis < axes; axis++) {
                shape[axis] = in.readInt();
                count *= shape[axis];
                if (shape[axis] < 1 || count > MOST_ELEMENTS) {
                    throw new IOException(
                            "%s: got size %d on axis %d, expected 1 or more and at most %d elements in all"
                                    .formatted(path, shape[axis], axis, MOST_ELEMENTS));
                }
            }
            byte[] elements = in.readNBytes((int) count);
            if (elements.length != count || in.read() != -1) {
                throw new IOException("%s: got %s elements, expected %d as its shape %s says"
                        .formatted(
                                path,
                                elements.length == count ? "more" : elements.length,
                                count,
                                Arrays.toString(shape)));
            }
            return new IdxFile(List.of(shape), elements);
        }
    }

    /** Writes the file, gzip'd, creating its folder; equal content gives equal bytes. */
    void write(Path path) throws IOException {
        Files.createDirectories(path.toAbsolutePath().getParent());
        try (var out = new DataOutputStream(
                new BufferedOutputStream(new GZIPOutputStream(Files.newOutputStream(path)), 1 << 16))) {
            out.writeInt(UNSIGNED_BYTES << 8 | shape.size());
            for (int size : shape) {
                out.writeInt(size);
            }
            out.write(elements);
        }
    }

    /** The sizes of the axes, slowest first. */
    List<Integer> shape() {
        return shape;
    }

    /** A copy of the elements in row-major order, each an unsigned byte. */
    byte[] elements() {
        return elements.clone();
    }

    /** The first {@code count} entries along the slowest axis. */
    IdxFile first(int count) {
        if (count < 1 || count > shape.get(0)) {
            throw new IllegalArgumentException("got count %d, expected 1 to %d".formatted(count, shape.get(0)));
        }
        var fewer = shape.toArray(Integer[]::new);
        fewer[0] = count;
        return new IdxFile(List.of(fewer), Arrays.copyOf(elements, elements.length / shape.get(0) * count));
    }
}
