// SPDX-License-Identifier: Apache-2.0
package dev.inlay.encoding;

import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/** FLOAT32 weights that are held as less than an array of floats; {@link #decode} gives the floats they stand for. */
public sealed interface Encoded permits Coded, Floats, Sparse, BlockCirculant, HuffmanCoded, Hashed, Product {
    /** The shape of the weights. */
    Shape shape();

    /** The dense FLOAT32 weights. */
    Tensor decode();

    /** Bits of all that is held: codes, scales, tables and places. */
    long bits();

    /** The codes, where the numbers are held as such. */
    default Optional<Coded> codes() {
        return Optional.empty();
    }

    /** The share of weights that sums are made of, 0 to 1; 1 where zeros count like other numbers. */
    default double density() {
        return 1;
    }

    /** The same weights with every index along an axis multiplied by a number of its own; empty where they cannot be. */
    Optional<Encoded> scaled(int axis, double[] factors);

    /** The same weights with their axes in another order: axis i is axis {@code order[i]} of these; empty likewise. */
    Optional<Encoded> transposed(List<Integer> order);

    /** The same weights under another shape; empty where they cannot be held so. */
    Optional<Encoded> reshaped(Shape to);
}
