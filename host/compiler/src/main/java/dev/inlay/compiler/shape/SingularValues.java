// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.shape;

import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.SingularOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.SingularValueDecomposition_F64;

/** The singular value decomposition {@code U S V'} of a matrix, the largest values first. */
final class SingularValues {
    private final DMatrixRMaj left;
    private final DMatrixRMaj right;
    private final double[] values;

    private SingularValues(DMatrixRMaj left, DMatrixRMaj right, double[] values) {
        this.left = left;
        this.right = right;
        this.values = values;
    }

    /**
     * @param matrix row-major, of {@code rows} times {@code columns} elements
     * @throws IllegalArgumentException if an element is not finite
     */
    static SingularValues of(double[] matrix, int rows, int columns) {
        for (double element : matrix) {
            if (!Double.isFinite(element)) {
                throw new IllegalArgumentException("weights: got " + element + ", expected finite numbers");
            }
        }
        SingularValueDecomposition_F64<DMatrixRMaj> decomposition =
                DecompositionFactory_DDRM.svd(rows, columns, true, true, true);
        if (!decomposition.decompose(DMatrixRMaj.wrap(rows, columns, matrix.clone()))) {
            throw new IllegalArgumentException(
                    "weights: got a matrix of " + rows + "x" + columns + " whose singular values do not converge");
        }
        DMatrixRMaj left = decomposition.getU(null, false);
        DMatrixRMaj right = decomposition.getV(null, true);
        double[] values = decomposition.getSingularValues();
        int count = Math.min(rows, columns);
        SingularOps_DDRM.descendingOrder(left, false, values, count, right, true);
        return new SingularValues(left, right, Arrays.copyOf(values, count));
    }

    /** All of them, the largest first. */
    double[] values() {
        return values.clone();
    }

    /** An element of {@code U sqrt(S)}. */
    double left(int row, int component) {
        return left.get(row, component) * Math.sqrt(values[component]);
    }

    /** An element of {@code sqrt(S) V'}. */
    double right(int component, int column) {
        return Math.sqrt(values[component]) * right.get(component, column);
    }
}
