// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.shape;

import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;

/**
 * The weights of a layer seen as a matrix {@code W}, one row for each element that the first of two layers contracts,
 * one column for each that the second gives; {@code W ≈ P Q} makes {@code P} the weights of the first layer and
 * {@code Q} those of the second.
 */
sealed interface WeightMatrix {
    /** The shape of the weights. */
    Shape weights();

    int rows();

    int columns();

    /** Where the weights have an element of the matrix. */
    long index(int row, int column);

    /** The shape of the first layer's weights. */
    Shape first(int rank);

    /** Where the first layer's weights have an element of P. */
    long firstIndex(int row, int component, int rank);

    /** The shape of the second layer's weights. */
    Shape second(int rank);

    /** Where the second layer's weights have an element of Q. */
    long secondIndex(int component, int column, int rank);

    /**
     * A product of matrices.
     *
     * @param weights {@code [K, N]}, or {@code [N, K]} if transposed
     */
    record Product(Shape weights, boolean transposed) implements WeightMatrix {
        @Override
        public int rows() {
            return weights.size(transposed ? 1 : 0);
        }

        @Override
        public int columns() {
            return weights.size(transposed ? 0 : 1);
        }

        @Override
        public long index(int row, int column) {
            return at(row, column, columns(), rows());
        }

        @Override
        public Shape first(int rank) {
            return transposed ? Shape.of(rank, rows()) : Shape.of(rows(), rank);
        }

        @Override
        public long firstIndex(int row, int component, int rank) {
            return at(row, component, rank, rows());
        }

        @Override
        public Shape second(int rank) {
            return transposed ? Shape.of(columns(), rank) : Shape.of(rank, columns());
        }

        @Override
        public long secondIndex(int component, int column, int rank) {
            return at(component, column, columns(), rank);
        }

        private long at(int row, int column, int columns, int rows) {
            return transposed ? (long) column * rows + row : (long) row * columns + column;
        }
    }

    /**
     * A convolution to few channels, then one of 1x1.
     *
     * @param weights {@code [M, C, rows, columns]}
     */
    record Channels(Shape weights) implements WeightMatrix {
        @Override
        public int rows() {
            return Math.toIntExact(weights.elements(1, 4));
        }

        @Override
        public int columns() {
            return weights.size(0);
        }

        @Override
        public long index(int row, int column) {
            return (long) column * rows() + row;
        }

        @Override
        public Shape first(int rank) {
            return weights.with(0, rank);
        }

        @Override
        public long firstIndex(int row, int component, int rank) {
            return (long) component * rows() + row;
        }

        @Override
        public Shape second(int rank) {
            return Shape.of(columns(), rank, 1, 1);
        }

        @Override
        public long secondIndex(int component, int column, int rank) {
            return (long) column * rank + component;
        }
    }

    /**
     * A convolution with a column of the window, then one with a row: {@code W[m, c, i, j]} is row (c, i), column
     * (m, j).
     *
     * @param weights {@code [M, C, rows, columns]}
     */
    record Separable(Shape weights) implements WeightMatrix {
        @Override
        public int rows() {
            return Math.toIntExact(weights.elements(1, 3));
        }

        @Override
        public int columns() {
            return Math.multiplyExact(weights.size(0), weights.size(3));
        }

        @Override
        public long index(int row, int column) {
            int taps = weights.size(3);
            return ((long) (column / taps) * rows() + row) * taps + column % taps;
        }

        @Override
        public Shape first(int rank) {
            return Shape.of(rank, weights.extent(1), weights.extent(2), 1);
        }

        @Override
        public long firstIndex(int row, int component, int rank) {
            return (long) component * rows() + row;
        }

        @Override
        public Shape second(int rank) {
            return Shape.of(weights.extent(0), rank, 1, weights.extent(3));
        }

        @Override
        public long secondIndex(int component, int column, int rank) {
            int taps = weights.size(3);
            return ((long) (column / taps) * rank + component) * taps + column % taps;
        }
    }

    /** The singular values of weights. */
    default SingularValues singularValues(Tensor tensor) {
        double[] matrix = new double[Math.multiplyExact(rows(), columns())];
        for (int row = 0; row < rows(); row++) {
            for (int column = 0; column < columns(); column++) {
                matrix[row * columns() + column] = tensor.getDouble(index(row, column));
            }
        }
        return SingularValues.of(matrix, rows(), columns());
    }

    /** The weights that two layers stand for together. */
    default Tensor product(Tensor first, Tensor second, int rank) {
        Tensor product = Tensor.allocate(ElementType.FLOAT32, weights());
        for (int row = 0; row < rows(); row++) {
            for (int column = 0; column < columns(); column++) {
                double sum = 0;
                for (int component = 0; component < rank; component++) {
                    sum += first.getDouble(firstIndex(row, component, rank))
                            * second.getDouble(secondIndex(component, column, rank));
                }
                product.set(index(row, column), sum);
            }
        }
        return product;
    }
}
