// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A host tensor: row-major elements in off-heap memory, little-endian, 64-byte aligned. Its memory lives as long as the
 * {@link Arena} it came from; {@link #allocate(ElementType, Shape)} leaves that to the garbage collector.
 *
 * @param type logical element type
 * @param shape extents, outermost first
 * @param data exactly {@code shape.elements() * type.bytes()} bytes
 */
public record Tensor(ElementType type, Shape shape, MemorySegment data) {
    /** Alignment that direct memory access by a device asks for, in bytes. */
    public static final long ALIGNMENT = 64;

    public Tensor {
        long expected = shape.elements() * type.bytes();
        if (data.byteSize() != expected) {
            throw new IllegalArgumentException(
                    "tensor " + type + " " + shape + ": got " + data.byteSize() + " bytes, expected " + expected);
        }
    }

    public static Tensor allocate(ElementType type, Shape shape) {
        return allocate(Arena.ofAuto(), type, shape);
    }

    public static Tensor allocate(Arena arena, ElementType type, Shape shape) {
        return new Tensor(type, shape, arena.allocate(shape.elements() * type.bytes(), ALIGNMENT));
    }

    public static Tensor of(Shape shape, float... values) {
        Tensor tensor = allocate(ElementType.FLOAT32, shape);
        requireCount(shape, values.length);
        MemorySegment.copy(values, 0, tensor.data, ValueLayout.JAVA_FLOAT, 0, values.length);
        return tensor;
    }

    public static Tensor of(Shape shape, long... values) {
        Tensor tensor = allocate(ElementType.INT64, shape);
        requireCount(shape, values.length);
        MemorySegment.copy(values, 0, tensor.data, ValueLayout.JAVA_LONG, 0, values.length);
        return tensor;
    }

    private static void requireCount(Shape shape, int count) {
        if (shape.elements() != count) {
            throw new IllegalArgumentException(
                    "tensor " + shape + ": got " + count + " values, expected " + shape.elements());
        }
    }

    public long elements() {
        return shape.elements();
    }

    /** The element at a row-major index as a float; integers are converted, booleans are 0 or 1. */
    public float getFloat(long index) {
        return switch (type) {
            case FLOAT32 -> data.getAtIndex(ValueLayout.JAVA_FLOAT, index);
            case FLOAT64 -> (float) data.getAtIndex(ValueLayout.JAVA_DOUBLE, index);
            case INT8, UINT8, INT32, INT64, BOOL -> (float) getLong(index);
        };
    }

    /** The element at a row-major index as a double: exact, but for an INT64 beyond 2^53. */
    public double getDouble(long index) {
        return switch (type) {
            case FLOAT32 -> data.getAtIndex(ValueLayout.JAVA_FLOAT, index);
            case FLOAT64 -> data.getAtIndex(ValueLayout.JAVA_DOUBLE, index);
            case INT8, UINT8, INT32, INT64, BOOL -> (double) getLong(index);
        };
    }

    /** The element at a row-major index as a long; floats are truncated. */
    public long getLong(long index) {
        return switch (type) {
            case FLOAT32 -> (long) data.getAtIndex(ValueLayout.JAVA_FLOAT, index);
            case FLOAT64 -> (long) data.getAtIndex(ValueLayout.JAVA_DOUBLE, index);
            case INT8 -> data.get(ValueLayout.JAVA_BYTE, index);
            case UINT8, BOOL -> data.get(ValueLayout.JAVA_BYTE, index) & 0xff;
            case INT32 -> data.getAtIndex(ValueLayout.JAVA_INT, index);
            case INT64 -> data.getAtIndex(ValueLayout.JAVA_LONG, index);
        };
    }

    /** Stores a number, converted as by a Java cast to the element's type. */
    public void set(long index, double value) {
        switch (type) {
            case FLOAT32 -> data.setAtIndex(ValueLayout.JAVA_FLOAT, index, (float) value);
            case FLOAT64 -> data.setAtIndex(ValueLayout.JAVA_DOUBLE, index, value);
            case INT8, UINT8, BOOL -> data.set(ValueLayout.JAVA_BYTE, index, (byte) (long) value);
            case INT32 -> data.setAtIndex(ValueLayout.JAVA_INT, index, (int) value);
            case INT64 -> data.setAtIndex(ValueLayout.JAVA_LONG, index, (long) value);
        }
    }

    /** Stores an integer exactly, cut to the element's bits; as {@link #set} for floats. */
    public void setLong(long index, long value) {
        switch (type) {
            case FLOAT32 -> data.setAtIndex(ValueLayout.JAVA_FLOAT, index, (float) value);
            case FLOAT64 -> data.setAtIndex(ValueLayout.JAVA_DOUBLE, index, (double) value);
            case INT8, UINT8, BOOL -> data.set(ValueLayout.JAVA_BYTE, index, (byte) value);
            case INT32 -> data.setAtIndex(ValueLayout.JAVA_INT, index, (int) value);
            case INT64 -> data.setAtIndex(ValueLayout.JAVA_LONG, index, value);
        }
    }

    /** Every element as a float, row-major; at most 2^31 - 1 of them. */
    public float[] toFloats() {
        if (type == ElementType.FLOAT32) {
            return data.toArray(ValueLayout.JAVA_FLOAT);
        }
        float[] values = new float[Math.toIntExact(elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = getFloat(i);
        }
        return values;
    }

    /** Every element as a long, row-major. */
    public long[] toLongs() {
        long[] values = new long[Math.toIntExact(elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = getLong(i);
        }
        return values;
    }

    /** The same memory seen through another shape of equally many elements. */
    public Tensor reshaped(Shape other) {
        return new Tensor(type, other, data);
    }
}
