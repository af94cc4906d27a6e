// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.shape;

import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Tensor;

/**
 * The two weights that one is nearly the product of, the singular values shared evenly between them.
 *
 * @param matrix how weights are a matrix
 * @param rank the number of singular values kept
 * @param first weights of the layer that goes first
 * @param second weights of the layer behind it
 * @param energy the share of the squared singular values that is kept, 0 to 1
 */
record Factors(WeightMatrix matrix, int rank, Tensor first, Tensor second, double energy) {
    /**
     * @param rank 1 to the number of singular values
     */
    static Factors of(WeightMatrix matrix, SingularValues values, int rank) {
        Tensor first = Tensor.allocate(ElementType.FLOAT32, matrix.first(rank));
        Tensor second = Tensor.allocate(ElementType.FLOAT32, matrix.second(rank));
        for (int component = 0; component < rank; component++) {
            for (int row = 0; row < matrix.rows(); row++) {
                first.set(matrix.firstIndex(row, component, rank), values.left(row, component));
            }
            for (int column = 0; column < matrix.columns(); column++) {
                second.set(matrix.secondIndex(component, column, rank), values.right(component, column));
            }
        }
        double kept = 0;
        double all = 0;
        double[] squares = values.values();
        for (int i = squares.length - 1; i >= 0; i--) {
            all += squares[i] * squares[i];
            kept += i < rank ? squares[i] * squares[i] : 0;
        }
        return new Factors(matrix, rank, first, second, all == 0 ? 1 : kept / all);
    }
}
