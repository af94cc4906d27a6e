// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import dev.inlay.graph.GraphException;
import dev.inlay.tensor.Shape;

/** What a model file may ask for. Everything is checked before memory is taken. */
final class Limits {
    /** Bytes of a model file: what protocol buffers can hold. */
    static final long FILE_BYTES = Integer.MAX_VALUE;

    /** Nested messages; a graph inside an attribute inside a graph takes three levels. */
    static final int DEPTH = 32;

    static final int NODES = 100_000;
    static final int RANK = 16;

    /** Elements of one value and every extent, so that a device can index with 32 bits. */
    static final long ELEMENTS = Integer.MAX_VALUE;

    /** Elements of a constant that the import computes with: shapes, axes, indices. */
    static final int VECTOR = 1 << 16;

    /** Bytes of all constants a file holds or points to. */
    static final long CONSTANT_BYTES = 4L << 30;

    /** Bytes of all constants computed during the import, which a small file can make large. */
    static final long COMPUTED_BYTES = 64L << 20;

    /** Bytes of all codes made during the import, of tensors that a file may name many times. */
    static final long CODES_BYTES = 1L << 30;

    /** Terms of one constant that is held as codes. */
    static final int TERMS = 16;

    private Limits() {}

    /** The shape of these extents, for a tensor a file names. */
    static Shape shape(String what, long... extents) {
        if (extents.length > RANK) {
            throw new GraphException(what + ": got rank " + extents.length + ", expected at most " + RANK);
        }
        for (long extent : extents) {
            if (extent < 0 || extent > ELEMENTS) {
                throw new GraphException(what + ": got an extent of " + extent + ", expected 0 to " + ELEMENTS);
            }
        }
        try {
            Shape shape = Shape.of(extents);
            if (shape.elements() <= ELEMENTS) {
                return shape;
            }
            throw new GraphException(
                    what + ": got " + shape + " = " + shape.elements() + " elements, expected at most " + ELEMENTS);
        } catch (IllegalArgumentException e) {
            throw new GraphException(what + ": " + e.getMessage(), e);
        }
    }
}
