// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.cost;

import java.util.Arrays;
import java.util.List;

/**
 * The time of steps of one family, a sum of what each part of a workload takes.
 *
 * @param fixedSeconds of a step without work
 * @param secondsPerOperation at least 0
 * @param secondsPerByte at least 0
 * @param secondsPerColdByte beside {@code secondsPerByte}, at least 0
 * @param samples steps that the curve was fitted to
 */
public record CostCurve(
        double fixedSeconds,
        double secondsPerOperation,
        double secondsPerByte,
        double secondsPerColdByte,
        int samples) {
    private static final int COEFFICIENTS = 4;
    private static final int SWEEPS = 400;

    /**
     * One measurement.
     *
     * @param workload of a step
     * @param seconds that it took, above 0
     */
    public record Sample(Workload workload, double seconds) {}

    public double seconds(Workload workload) {
        return fixedSeconds
                + secondsPerOperation * workload.operations()
                + secondsPerByte * workload.bytes()
                + secondsPerColdByte * workload.coldBytes();
    }

    /**
     * The curve of non-negative coefficients whose relative errors have the least squares, by coordinate descent
     * (Franc, Hlaváč, Navara, "Sequential coordinate-wise algorithm for the non-negative least squares problem", 2005).
     *
     * @param samples at least one
     */
    public static CostCurve fitted(List<Sample> samples) {
        int count = samples.size();
        double[][] rows = new double[count][];
        double[] largest = new double[COEFFICIENTS];
        for (int i = 0; i < count; i++) {
            Sample sample = samples.get(i);
            Workload work = sample.workload();
            rows[i] = new double[] {1, work.operations(), work.bytes(), work.coldBytes()};
            for (int k = 0; k < COEFFICIENTS; k++) {
                rows[i][k] /= sample.seconds();
                largest[k] = Math.max(largest[k], rows[i][k]);
            }
        }
        double[] squares = new double[COEFFICIENTS];
        for (double[] row : rows) {
            for (int k = 0; k < COEFFICIENTS; k++) {
                row[k] = largest[k] == 0 ? 0 : row[k] / largest[k];
                squares[k] += row[k] * row[k];
            }
        }
        double[] coefficients = new double[COEFFICIENTS];
        double[] errors = new double[count];
        Arrays.fill(errors, 1);
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            for (int k = 0; k < COEFFICIENTS; k++) {
                if (squares[k] == 0) {
                    continue;
                }
                double slope = 0;
                for (int i = 0; i < count; i++) {
                    slope += rows[i][k] * errors[i];
                }
                double next = Math.max(0, coefficients[k] + slope / squares[k]);
                for (int i = 0; i < count; i++) {
                    errors[i] -= rows[i][k] * (next - coefficients[k]);
                }
                coefficients[k] = next;
            }
        }
        for (int k = 0; k < COEFFICIENTS; k++) {
            coefficients[k] = largest[k] == 0 ? 0 : coefficients[k] / largest[k];
        }
        return new CostCurve(coefficients[0], coefficients[1], coefficients[2], coefficients[3], count);
    }
}
