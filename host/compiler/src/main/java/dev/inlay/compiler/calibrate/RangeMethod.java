// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.calibrate;

/** How the range that codes span is found among the numbers seen; what lies beyond it is cut off. */
public sealed interface RangeMethod {
    /** The method's name in recipes. */
    String title();

    /** All of them. */
    record MinMax() implements RangeMethod {
        @Override
        public String title() {
            return "min-max";
        }
    }

    /**
     * All but those of the largest magnitudes.
     *
     * @param part kept, in percent, above 50 and at most 100
     */
    record Percentile(double part) implements RangeMethod {
        public Percentile {
            if (!(part > 50 && part <= 100)) {
                throw new IllegalArgumentException("percentile: got " + part + ", expected above 50 to 100");
            }
        }

        @Override
        public String title() {
            return "percentile";
        }
    }

    /** That of the least mean squared error. */
    record Mse() implements RangeMethod {
        @Override
        public String title() {
            return "mse";
        }
    }

    /**
     * That whose distribution of codes tells most of the distribution of numbers: the least Kullback-Leibler divergence
     * of the histogram within the range from the same histogram held at as many levels as there are codes (Migacz,
     * "8-bit inference with TensorRT", GTC 2017).
     */
    record Entropy() implements RangeMethod {
        @Override
        public String title() {
            return "entropy";
        }
    }
}
