// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.compare;

import dev.inlay.plan.Evidence;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * A batch on a device of this machine, as it was measured and as a model has it.
 *
 * @param batch images of it
 * @param measuredMs of the batch
 * @param modelledMs likewise
 * @param error modelled over measured, less 1
 * @param basis of the model: {@code curves} that were fitted to the device before, or {@code ceilings} of this run
 */
public record Residual(
        String model,
        String method,
        String device,
        int batch,
        double measuredMs,
        double modelledMs,
        double error,
        String basis,
        Map<String, Evidence> evidence) {
    static Residual of(
            String model, String method, String device, int batch, double measuredMs, double modelledMs, String basis) {
        return new Residual(
                model,
                method,
                device,
                batch,
                measuredMs,
                modelledMs,
                modelledMs / measuredMs - 1,
                basis,
                new TreeMap<>(Map.of("measuredMs", Evidence.MEASURED, "modelledMs", Evidence.MODELLED)));
    }

    /** The median of the errors' magnitudes; empty of none. */
    public static OptionalDouble medianError(List<Residual> residuals) {
        double[] errors = residuals.stream()
                .mapToDouble(residual -> Math.abs(residual.error()))
                .sorted()
                .toArray();
        return errors.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(errors[errors.length / 2]);
    }
}
