// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.measure;

import dev.inlay.encoding.Quantizer;
import dev.inlay.graph.GraphException;
import dev.inlay.graph.Value;
import dev.inlay.plan.Plan;
import dev.inlay.plan.Step;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Tensor;

/**
 * How far a tensor is from the one that is right.
 *
 * @param exact whether every bit is the same
 * @param maxAbs largest difference of two elements
 * @param nmse squared differences over squared right elements, each summed; 0 when nothing differs
 * @param within whether it is near enough
 */
public record Difference(boolean exact, double maxAbs, double nmse, boolean within) {
    /** The nmse that float answers may have unless the caller says otherwise. */
    public static final double TOLERANCE = 1e-9;

    /**
     * The nmse that float answers may have where spectra of circulant blocks are held in 16 bits: a weight is off by less
     * than a 32,767th of the largest number of its layer's spectra.
     */
    public static final double SPECTRAL_TOLERANCE = 1e-7;

    /** Integers may differ by one on at most one element in this many. */
    private static final long ELEMENTS_PER_OFF_BY_ONE = 1000;

    /** The nmse that float answers of a plan may have unless the caller says otherwise. */
    public static double tolerance(Plan plan) {
        return plan.steps().stream().anyMatch(Difference::hasRoundedSpectra) ? SPECTRAL_TOLERANCE : TOLERANCE;
    }

    private static boolean hasRoundedSpectra(Step step) {
        return step instanceof Step.Launch launch
                && launch.kernel().spec().equals("contract.circulant")
                && "1".equals(launch.kernel().defines().get("SPECTRAL"))
                && "s16".equals(launch.kernel().defines().get("W_FORMAT"));
    }

    /**
     * Compares two tensors of a value: by their codes as integers where it is held as such, as {@link #between(String,
     * Tensor, Tensor, double)} otherwise.
     */
    public static Difference between(Value value, Tensor got, Tensor right, double tolerance) {
        String what = "value \"" + value.name() + "\"";
        return value.quantizer().orElse(null) instanceof Quantizer.Uniform held
                ? between(what, codes(held, got), codes(held, right), tolerance)
                : between(what, got, right, tolerance);
    }

    private static Tensor codes(Quantizer.Uniform held, Tensor reals) {
        Tensor codes = Tensor.allocate(ElementType.INT32, reals.shape());
        for (long i = 0; i < codes.elements(); i++) {
            codes.setLong(i, held.code(reals.getFloat(i)));
        }
        return codes;
    }

    /**
     * Compares two tensors. Floats are within when the nmse is at most {@code tolerance}; integers when they differ by
     * at most 1 on at most one element in 1,000. Two NaNs are equal, one is never within.
     *
     * @throws GraphException if types or shapes differ
     */
    public static Difference between(String what, Tensor got, Tensor right, double tolerance) {
        if (got.type() != right.type() || !got.shape().equals(right.shape())) {
            throw new GraphException(what + ": got " + got.type() + " " + got.shape() + ", expected " + right.type()
                    + " " + right.shape());
        }
        boolean exact = got.data().mismatch(right.data()) < 0;
        if (exact) {
            return new Difference(true, 0, 0, true);
        }
        double maxAbs = 0;
        double wrong = 0;
        double power = 0;
        long differing = 0;
        for (long i = 0; i < got.elements(); i++) {
            double a = got.type().isFloating() ? got.getFloat(i) : got.getLong(i);
            double b = right.type().isFloating() ? right.getFloat(i) : right.getLong(i);
            power += Double.isFinite(b) ? b * b : 0;
            if (a != b && !(Double.isNaN(a) && Double.isNaN(b))) {
                double distance = Math.abs(a - b);
                maxAbs = distance > maxAbs || Double.isNaN(distance) ? distance : maxAbs;
                wrong += distance * distance;
                differing++;
            }
        }
        double nmse = wrong == 0 ? 0 : wrong / power;
        boolean within = got.type().isFloating()
                ? nmse <= tolerance
                : maxAbs <= 1 && differing <= got.elements() / ELEMENTS_PER_OFF_BY_ONE;
        return new Difference(false, maxAbs, nmse, within);
    }
}
