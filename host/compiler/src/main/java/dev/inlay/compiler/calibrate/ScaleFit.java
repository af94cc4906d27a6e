// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.calibrate;

import dev.inlay.compiler.encode.FixedPoint;
import dev.inlay.compiler.encode.Logarithmic;
import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Quantizer;
import java.util.function.Function;

/**
 * Chooses levels, scale and zero of a value.
 *
 * @param seen the numbers of the value
 * @param ranges how its range is found
 */
public record ScaleFit(Histogram seen, RangeMethod ranges) {
    private static final int STEPS = 50;
    private static final int FINER = 4;

    /**
     * @throws IllegalArgumentException if the method holds no number below zero and there are some
     */
    public Quantizer.Uniform fit(ActivationMethod.Scaled method) {
        return switch (method) {
            case ActivationMethod.Fixed fixed -> fixed(fixed);
            case ActivationMethod.Affine affine -> affine(affine);
            case ActivationMethod.DoReFa doReFa -> doReFa(doReFa);
            case ActivationMethod.Logarithmic log -> logarithmic(log);
        };
    }

    private Quantizer.Uniform fixed(ActivationMethod.Fixed method) {
        Levels levels = Levels.Integers.ofBits(method.bits(), method.bits() > 8 || seen.hasNegatives());
        if (method.fraction().isPresent()) {
            return fixed(levels, method.fraction().getAsInt());
        }
        Range range = range(levels);
        int covering = FixedPoint.covering((float) range.low(), (float) range.high(), levels);
        if (!(ranges instanceof RangeMethod.Mse)) {
            return fixed(levels, covering);
        }
        Quantizer.Uniform best = fixed(levels, covering);
        double least = seen.squaredError(best);
        for (int fraction = covering + 1; fraction <= Math.min(126, covering + FINER); fraction++) {
            Quantizer.Uniform candidate = fixed(levels, fraction);
            double error = seen.squaredError(candidate);
            if (error < least) {
                least = error;
                best = candidate;
            }
        }
        return best;
    }

    private static Quantizer.Uniform fixed(Levels levels, int fraction) {
        return new Quantizer.Uniform(levels, FixedPoint.scale(fraction), 0);
    }

    private Quantizer.Uniform affine(ActivationMethod.Affine method) {
        boolean wide = method.bits() > 8;
        if (wide || (method.symmetric() && seen.hasNegatives())) {
            Levels levels = Levels.Integers.symmetric(method.bits());
            return best(levels, range -> symmetric(levels, range));
        }
        Levels levels = Levels.Integers.ofBits(method.bits(), false);
        return best(levels, range -> unsigned(levels, range));
    }

    private static Quantizer.Uniform symmetric(Levels levels, Range range) {
        return new Quantizer.Uniform(levels, positive(range.magnitude() / levels.largest()), 0);
    }

    private static Quantizer.Uniform unsigned(Levels levels, Range range) {
        float scale = positive((range.high() - range.low()) / levels.high());
        int zero = (int) Math.clamp(Math.rint(-range.low() / scale), 0, levels.high());
        return new Quantizer.Uniform(levels, scale, zero);
    }

    private Quantizer.Uniform doReFa(ActivationMethod.DoReFa method) {
        if (seen.hasNegatives()) {
            throw new IllegalArgumentException(
                    "dorefa activations: got numbers down to " + seen.range().low() + ", expected none below 0");
        }
        Levels levels = Levels.Integers.ofBits(method.bits(), false);
        return best(levels, range -> unsigned(levels, range));
    }

    private Quantizer.Uniform logarithmic(ActivationMethod.Logarithmic method) {
        Levels.Logarithmic levels = new Levels.Logarithmic((1 << (method.bits() - 1)) - 1, method.root());
        return best(
                levels,
                range -> new Quantizer.Uniform(levels, Logarithmic.scale((float) range.magnitude(), levels), 0));
    }

    /** A scale is at least the smallest normal float, for devices without subnormals; 1 where all numbers are zero. */
    private static float positive(double scale) {
        return scale == 0 ? 1 : Math.max((float) scale, Float.MIN_NORMAL);
    }

    private Quantizer.Uniform best(Levels levels, Function<Range, Quantizer.Uniform> make) {
        Range whole = range(levels);
        Quantizer.Uniform best = make.apply(whole);
        if (!(ranges instanceof RangeMethod.Mse)) {
            return best;
        }
        double least = seen.squaredError(best);
        for (int step = 1; step < STEPS; step++) {
            double part = 1 - (double) step / STEPS;
            Quantizer.Uniform candidate = make.apply(new Range(whole.low() * part, whole.high() * part));
            double error = seen.squaredError(candidate);
            if (error < least) {
                least = error;
                best = candidate;
            }
        }
        return best;
    }

    /** The range to begin with; all numbers where a method searches from there. */
    private Range range(Levels levels) {
        Range whole = seen.range();
        return switch (ranges) {
            case RangeMethod.MinMax all -> whole;
            case RangeMethod.Mse mse -> whole;
            case RangeMethod.Percentile percentile -> whole.within(seen.quantile(percentile.part() / 100));
            case RangeMethod.Entropy entropy -> {
                int codes = levels.high() - levels.low() + 1;
                yield whole.within(Entropy.limit(seen, seen.hasNegatives() ? codes / 2 : codes));
            }
        };
    }
}
