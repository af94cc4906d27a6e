// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.npy;

import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A tensor in numpy's {@code .npy} format, versions 1 to 3: a magic number, a length, a header written as a Python
 * dictionary, the elements. Elements are little-endian and row-major here; a file of another order is refused. Source:
 * the format note of {@code numpy.lib.format}.
 */
public final class NpyFile {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int ALIGNMENT = 64;
    private static final int MOST_HEADER_BYTES = 1 << 16;
    private static final long MOST_BYTES = Integer.MAX_VALUE;
    private static final long CHUNK_BYTES = 1L << 26;

    private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9,\\sL]*)\\)");

    private NpyFile() {}

    /**
     * Reads a tensor.
     *
     * @throws IOException naming the file, what was got and what was expected
     */
    public static Tensor read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            String header = header(file, channel);
            ElementType type = type(file, find(file, header, DESCR, "'descr'"));
            if (find(file, header, ORDER, "'fortran_order'").equals("True")) {
                throw new IOException(file + ": got Fortran order, expected C order (numpy.ascontiguousarray)");
            }
            Shape shape = shape(file, find(file, header, SHAPE, "'shape'"));
            if (shape.elements() > MOST_BYTES / type.bytes()) {
                throw new IOException(
                        file + ": got the shape " + shape + ", expected at most " + MOST_BYTES + " bytes");
            }
            long expected = shape.elements() * type.bytes();
            long got = channel.size() - channel.position();
            if (got != expected) {
                throw new IOException(file + ": got " + got + " bytes of elements, expected " + expected + " for "
                        + type + " " + shape);
            }
            Tensor tensor = Tensor.allocate(type, shape);
            transfer(channel::read, tensor.data());
            return tensor;
        }
    }

    /** Writes a tensor, in place of a file that may be there. */
    public static void write(Path file, Tensor tensor) throws IOException {
        long[] extents = tensor.shape().toArray();
        String shape = Arrays.stream(extents).mapToObj(Long::toString).collect(Collectors.joining(", "))
                + (extents.length == 1 ? "," : "");
        StringBuilder header = new StringBuilder(
                "{'descr': '" + descr(tensor.type()) + "', 'fortran_order': False, 'shape': (" + shape + "), }");
        int before = MAGIC.length + 2 + Short.BYTES;
        while ((before + header.length() + 1) % ALIGNMENT != 0) {
            header.append(' ');
        }
        header.append('\n');
        byte[] text = header.toString().getBytes(StandardCharsets.US_ASCII);
        ByteBuffer head = ByteBuffer.allocate(before + text.length);
        head.put(MAGIC).put((byte) 1).put((byte) 0);
        head.put((byte) text.length).put((byte) (text.length >>> 8)).put(text).flip();
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            while (head.hasRemaining()) {
                channel.write(head);
            }
            transfer(channel::write, tensor.data());
        }
    }

    /**
     * A file name for a value; the value's name comes from an untrusted model, so nothing in it may lead out of a
     * folder.
     */
    public static String nameOf(String value) {
        return value.replaceAll("[^A-Za-z0-9._-]", "_").replaceFirst("^\\.+", "_") + ".npy";
    }

    private interface Transfer {
        int move(ByteBuffer bytes) throws IOException;
    }

    private static void transfer(Transfer transfer, MemorySegment data) throws IOException {
        for (long done = 0; done < data.byteSize(); ) {
            long chunk = Math.min(CHUNK_BYTES, data.byteSize() - done);
            int moved = transfer.move(data.asSlice(done, chunk).asByteBuffer());
            if (moved < 0) {
                throw new IOException("got the file's end after " + done + " bytes, expected " + data.byteSize());
            }
            done += moved;
        }
    }

    private static String header(Path file, FileChannel channel) throws IOException {
        ByteBuffer start = bytes(file, channel, MAGIC.length + 2);
        byte[] magic = new byte[MAGIC.length];
        start.get(magic);
        int version = start.get();
        if (!Arrays.equals(magic, MAGIC) || version < 1 || version > 3) {
            throw new IOException(file + ": got other bytes at its start, expected the magic number of .npy 1 to 3");
        }
        ByteBuffer size = bytes(file, channel, version == 1 ? Short.BYTES : Integer.BYTES);
        long length = 0;
        for (int i = 0; size.hasRemaining(); i++) {
            length |= (size.get() & 0xffL) << (8 * i);
        }
        if (length > MOST_HEADER_BYTES) {
            throw new IOException(
                    file + ": got a header of " + length + " bytes, expected at most " + MOST_HEADER_BYTES);
        }
        return StandardCharsets.ISO_8859_1
                .decode(bytes(file, channel, (int) length))
                .toString();
    }

    private static ByteBuffer bytes(Path file, FileChannel channel, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw new IOException(file + ": got " + channel.size() + " bytes, expected a whole .npy file");
            }
        }
        return bytes.flip();
    }

    private static String find(Path file, String header, Pattern pattern, String what) throws IOException {
        Matcher matcher = pattern.matcher(header);
        if (!matcher.find()) {
            throw new IOException(file + ": got a header without a usable " + what + ", expected 'descr', "
                    + "'fortran_order' and 'shape'");
        }
        return matcher.group(1);
    }

    private static Shape shape(Path file, String text) throws IOException {
        try {
            return Shape.of(Arrays.stream(text.replace("L", "").split(","))
                    .map(String::strip)
                    .filter(extent -> !extent.isEmpty())
                    .mapToLong(Long::parseLong)
                    .toArray());
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": got the shape (" + text + "), expected extents from 0 to 2^62 in all", e);
        }
    }

    private static ElementType type(Path file, String descr) throws IOException {
        return switch (descr) {
            case "<f4" -> ElementType.FLOAT32;
            case "<f8" -> ElementType.FLOAT64;
            case "|i1", "<i1" -> ElementType.INT8;
            case "|u1", "<u1" -> ElementType.UINT8;
            case "<i4" -> ElementType.INT32;
            case "<i8" -> ElementType.INT64;
            case "|b1", "?" -> ElementType.BOOL;
            default ->
                throw new IOException(
                        file + ": got elements of '" + descr + "', expected one of <f4 <f8 |i1 |u1 <i4 <i8 |b1");
        };
    }

    private static String descr(ElementType type) {
        return switch (type) {
            case FLOAT32 -> "<f4";
            case FLOAT64 -> "<f8";
            case INT8 -> "|i1";
            case UINT8 -> "|u1";
            case INT32 -> "<i4";
            case INT64 -> "<i8";
            case BOOL -> "|b1";
        };
    }
}
