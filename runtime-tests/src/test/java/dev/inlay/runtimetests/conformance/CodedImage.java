// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import dev.inlay.encoding.RunCode;
import dev.inlay.tensor.NumberFormat;
import dev.inlay.tensor.NumberFormat.Kind;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** Channels-last images of any format in a buffer of their own, each group's channels padded to whole runs. */
final class CodedImage {
    private final NumberFormat format;
    private final Shape shape;
    private final int groups;
    private final int[] halo;
    private final long group;
    private final ImageMemory memory;

    /**
     * @param multiple numbers that each group's channels are padded to, at least; 1: those of addressable formats lie
     *     close together
     * @param shape {@code [N, C, H, W]}
     * @param halo pixels above, before, below and after
     * @param gap elements between the channels of a pixel and the next pixel
     */
    CodedImage(NumberFormat format, int multiple, Shape shape, int groups, int[] halo, int gap) {
        this.format = format;
        this.shape = shape;
        this.groups = groups;
        this.halo = halo.clone();
        int run = multiple > 1 ? multiple : format.isAddressable() ? 1 : format.run();
        long channels = shape.extent(1) / groups;
        this.group = format.elements(Math.ceilDiv(channels, (long) run) * run);
        this.memory = new ImageMemory(
                64,
                shape.extent(0),
                shape.extent(2) + halo[0] + halo[2],
                shape.extent(3) + halo[1] + halo[3],
                halo[0],
                halo[1],
                groups * group + gap);
    }

    long start() {
        return memory.start();
    }

    /** Elements from a group's first channel to the next group's. */
    long group() {
        return group;
    }

    long pixel() {
        return memory.pixel();
    }

    long line() {
        return memory.line();
    }

    long image() {
        return memory.image();
    }

    long at(long image, long row, long column) {
        return memory.at(image, row, column);
    }

    MemorySegment poisoned(long seed) {
        return memory.poisoned(format.elementBytes(), seed);
    }

    /** Sets every 32-bit word. */
    void clear(MemorySegment bytes, int word) {
        for (long i = 0; i < bytes.byteSize() / 4; i++) {
            bytes.setAtIndex(ValueLayout.JAVA_INT, i, word);
        }
    }

    /** Floats that are -0 become 0: some compilers take {@code a * b + 0} for {@code a * b}. */
    MemorySegment withoutNegativeZero(MemorySegment bytes) {
        for (long i = 0; format.kind() == Kind.FLOAT && i < bytes.byteSize() / 4; i++) {
            if (bytes.getAtIndex(ValueLayout.JAVA_INT, i) == Integer.MIN_VALUE) {
                bytes.setAtIndex(ValueLayout.JAVA_INT, i, 0);
            }
        }
        return bytes;
    }

    private interface Level {
        /** The level of a channel, and the word of its block's power. */
        long of(long channel);
    }

    /** Writes numbers, and of the formats without an address whole runs with clear padding. */
    void write(MemorySegment bytes, Tensor levels, Optional<Tensor> powers) {
        long plane = shape.elements(2, 4);
        for (long n = 0; n < shape.extent(0); n++) {
            for (long row = 0; row < shape.extent(2); row++) {
                for (long column = 0; column < shape.extent(3); column++) {
                    long from = n * shape.extent(1) * plane + row * shape.extent(3) + column;
                    pixel(
                            bytes,
                            at(n, row, column),
                            c -> format.kind() == Kind.FLOAT
                                    ? Float.floatToRawIntBits(levels.getFloat(from + c * plane))
                                    : levels.getLong(from + c * plane),
                            c -> Float.floatToRawIntBits(powers.map(each -> each.getFloat(from + c * plane))
                                    .orElse(1f)));
                }
            }
        }
    }

    /** Sets every number outside the images to one level, of a bf block with this power of two. */
    void fillHalo(MemorySegment bytes, long level, float power) {
        for (long n = 0; n < shape.extent(0); n++) {
            for (long row = -halo[0]; row < shape.extent(2) + halo[2]; row++) {
                for (long column = -halo[1]; column < shape.extent(3) + halo[3]; column++) {
                    boolean inside = row >= 0 && row < shape.extent(2) && column >= 0 && column < shape.extent(3);
                    if (!inside) {
                        pixel(bytes, at(n, row, column), c -> level, c -> Float.floatToRawIntBits(power));
                    }
                }
            }
        }
    }

    private void pixel(MemorySegment bytes, long at, Level level, Level power) {
        int run = format.run();
        int[] words = new int[format.words()];
        long[] levels = new long[run];
        long channels = shape.extent(1) / groups;
        for (int g = 0; g < groups; g++) {
            for (int first = 0; first < channels; first += run) {
                long byteAt = (start() + at + g * group + format.elements(first)) * format.elementBytes();
                for (int e = 0; e < run; e++) {
                    boolean real = first + e < channels;
                    levels[e] = real ? level.of(g * channels + first + e) : format.kind() == Kind.BINARY ? 1 : 0;
                }
                if (format.kind() == Kind.FLOAT) {
                    bytes.set(ValueLayout.JAVA_INT, byteAt, (int) levels[0]);
                } else if (format.isAddressable()) {
                    RunCode.encode(format, levels, words);
                    for (int e = 0; e < run && first + e < channels; e++) {
                        int code = words[e * format.bits() / 32] >>> ((e * format.bits()) % 32);
                        for (int b = 0; b < format.elementBytes(); b++) {
                            long to = byteAt + (long) e * format.elementBytes() + b;
                            bytes.set(ValueLayout.JAVA_BYTE, to, (byte) (code >> (8 * b)));
                        }
                    }
                } else {
                    RunCode.encode(format, levels, words);
                    if (format.kind() == Kind.BLOCK_FLOAT) {
                        words[words.length - 1] = (int) power.of(g * channels + first);
                    }
                    for (int i = 0; i < words.length; i++) {
                        bytes.set(ValueLayout.JAVA_INT_UNALIGNED, byteAt + 4L * i, words[i]);
                    }
                }
            }
        }
    }

    /** The element that holds a byte, for a message. */
    Number numberAt(MemorySegment bytes, long at) {
        long element = at / format.elementBytes();
        return switch (format.elementBytes()) {
            case 1 -> (Number) Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, element));
            case 2 -> (Number) bytes.getAtIndex(ValueLayout.JAVA_SHORT, element);
            default ->
                format.kind() == Kind.FLOAT
                        ? (Number) bytes.getAtIndex(ValueLayout.JAVA_FLOAT, element)
                        : (Number) bytes.getAtIndex(ValueLayout.JAVA_INT, element);
        };
    }

    /** Where a byte lies, for a message. */
    String where(long at) {
        long element = at / format.elementBytes() - start();
        return "image " + Math.floorDiv(element, image()) + ", row "
                + (Math.floorMod(element, image()) / line() - halo[0]) + ", column "
                + (Math.floorMod(element, line()) / pixel() - halo[1]) + ", element " + Math.floorMod(element, pixel());
    }
}
