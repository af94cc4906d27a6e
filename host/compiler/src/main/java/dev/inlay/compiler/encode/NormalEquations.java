// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.encode;

/** Least squares of a handful of unknowns. */
final class NormalEquations {
    /** Part of the largest diagonal element below which a column says nothing new. */
    private static final double DEPENDENT = 1e-9;

    private NormalEquations() {}

    /**
     * The x of least {@code |A x - y|²} by Cholesky; an unknown whose column depends on those before it is 0.
     *
     * @param products {@code A' A}, of which the lower triangle is read
     * @param targets {@code A' y}
     */
    static double[] solve(double[][] products, double[] targets) {
        int size = targets.length;
        double[][] lower = new double[size][size];
        boolean[] dependent = new boolean[size];
        for (int row = 0; row < size; row++) {
            for (int column = 0; column <= row; column++) {
                double rest = products[row][column];
                for (int k = 0; k < column; k++) {
                    rest -= lower[row][k] * lower[column][k];
                }
                if (row == column) {
                    dependent[row] = rest <= DEPENDENT * products[row][row];
                    lower[row][row] = dependent[row] ? 0 : Math.sqrt(rest);
                } else {
                    lower[row][column] = dependent[column] ? 0 : rest / lower[column][column];
                }
            }
        }
        double[] solution = new double[size];
        for (int row = 0; row < size; row++) {
            double rest = targets[row];
            for (int k = 0; k < row; k++) {
                rest -= lower[row][k] * solution[k];
            }
            solution[row] = dependent[row] ? 0 : rest / lower[row][row];
        }
        for (int row = size - 1; row >= 0; row--) {
            double rest = solution[row];
            for (int k = row + 1; k < size; k++) {
                rest -= lower[k][row] * solution[k];
            }
            solution[row] = dependent[row] ? 0 : rest / lower[row][row];
        }
        return solution;
    }
}
