// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.calibrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Quantizer;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ranges and scales of distributions whose answers are computed by hand. */
class RangeMethodTest {
    private static final RangeMethod ALL = new RangeMethod.MinMax();
    private static final int BINS = 8192;

    private static Histogram of(int bins, double... numbers) {
        Histogram histogram = new Histogram(bins);
        for (double number : numbers) {
            histogram.add((float) number);
        }
        return histogram;
    }

    private static Histogram upTo(int most) {
        return of(BINS, IntStream.rangeClosed(1, most).asDoubleStream().toArray());
    }

    private static Quantizer.Uniform fit(Histogram seen, RangeMethod ranges, ActivationMethod.Scaled method) {
        return new ScaleFit(seen, ranges).fit(method);
    }

    @Test
    void aHistogramKeepsItsNumbersWhileItWidens() {
        Histogram histogram = of(8, 0.25, -0.25, 3);
        assertEquals(1, histogram.binWidth(), "8 bins from -4 to 4");
        assertEquals(1, histogram.bin(3));
        assertEquals(1, histogram.bin(4));
        assertEquals(1, histogram.bin(7));
        assertEquals(1, histogram.mean());
        assertEquals(new Range(-0.25, 3), histogram.range());
        Histogram both = Histogram.merged(of(8, 0.25, 0.75), histogram);
        assertEquals(5, both.count());
        assertEquals(3, both.bin(4));
        assertEquals(0.8, both.mean(), 1e-12);
        assertEquals(new Range(-0.25, 3), both.range());
        assertThrows(IllegalArgumentException.class, () -> histogram.add(Float.NaN));
    }

    @Test
    void aRangeHoldsZero() {
        assertEquals(new Range(0, 5), of(8, 2, 5).range());
        assertEquals(new Range(-5, 0), of(8, -2, -5).range());
        assertEquals(new Range(0, 0), of(8).range());
    }

    @Test
    void minMaxSpansAllNumbers() {
        Histogram seen = of(BINS, -1, 0.5, 3);
        Quantizer.Uniform affine = fit(seen, ALL, new ActivationMethod.Affine(8, false));
        assertEquals(
                new Quantizer.Uniform(Levels.Integers.ofBits(8, false), 4f / 255, 64), affine, "-1 is 63.75 steps");
        Quantizer.Uniform symmetric = fit(seen, ALL, new ActivationMethod.Affine(8, true));
        assertEquals(new Quantizer.Uniform(Levels.Integers.symmetric(8), 3f / 127, 0), symmetric);
        Quantizer.Uniform wide = fit(seen, ALL, new ActivationMethod.Affine(16, false));
        assertEquals(new Quantizer.Uniform(Levels.Integers.symmetric(16), 3f / 32767, 0), wide);
    }

    /** 100 needs a step of 1/2 among 256 codes from zero, and of 1 among 128 on its side of zero. */
    @Test
    void fixedPointTakesTheFinestStepThatCovers() {
        ActivationMethod.Fixed method = new ActivationMethod.Fixed(8, OptionalInt.empty());
        assertEquals(0.5f, fit(upTo(100), ALL, method).scale());
        assertEquals(1f, fit(of(BINS, 100, -3), ALL, method).scale());
        assertEquals(
                0.125f,
                fit(upTo(100), ALL, new ActivationMethod.Fixed(8, OptionalInt.of(3)))
                        .scale());
    }

    @Test
    void doReFaHoldsNoNumberBelowZero() {
        ActivationMethod.DoReFa method = new ActivationMethod.DoReFa(2);
        assertEquals(2f, fit(of(BINS, 1, 6), ALL, method).scale(), "levels 0 to 3");
        assertThrows(IllegalArgumentException.class, () -> fit(of(BINS, -1, 6), ALL, method));
    }

    /** Of 1 to 100, below 128 in bins of 1/32, the part that is kept ends with the bin of its last number. */
    @ParameterizedTest
    @CsvSource({"100, 100", "99, 99.03125", "90.5, 91.03125", "51, 51.03125"})
    void percentileCutsTheLargestMagnitudes(double percentile, double high) {
        RangeMethod ranges = new RangeMethod.Percentile(percentile);
        Quantizer.Uniform by = fit(upTo(100), ranges, new ActivationMethod.Affine(8, false));
        assertEquals((float) (high / 255), by.scale());
    }

    @Test
    void percentileCountsBothSidesOfZero() {
        Histogram seen = of(
                BINS,
                IntStream.range(0, 100)
                        .mapToDouble(i -> i == 0 ? -64 : i % 2 == 0 ? 1 : -1)
                        .toArray());
        Quantizer.Uniform by = fit(seen, new RangeMethod.Percentile(99), new ActivationMethod.Affine(8, true));
        assertEquals((float) ((1 + 1.0 / 32) / 127), by.scale(), "the one number of a hundred is cut off");
    }

    /**
     * A thousand each of 0, 1, 2 and 3 and one 30, at four levels. Steps of 1 cost 27² for the 30. Steps of 1.2 cost
     * (0.2² + 0.4² + 0.6²) 1000 + 26.4² and steps of 0.8 that much + 27.6²; of 10, which cover, 14,000.
     */
    @Test
    void mseGivesUpWhatCostsLess() {
        Histogram seen = of(
                BINS,
                IntStream.rangeClosed(0, 4000)
                        .mapToDouble(i -> i == 4000 ? 30 : i % 4)
                        .toArray());
        ActivationMethod.Affine method = new ActivationMethod.Affine(2, false);
        assertEquals(10f, fit(seen, ALL, method).scale());
        assertEquals(1f, fit(seen, new RangeMethod.Mse(), method).scale(), 1e-6f);
        Quantizer.Uniform by = new Quantizer.Uniform(Levels.Integers.ofBits(2, false), 1, 0);
        assertEquals(27.0 * 27 / 4001, seen.squaredError(by), 0.01);
    }

    /** 0.5 and 1 are steps of 1/2, of which four levels reach 1.5; the one 6 is worth less than the others' halves. */
    @Test
    void mseTriesFinerFixedPoint() {
        Histogram seen = of(
                BINS,
                IntStream.rangeClosed(0, 4000)
                        .mapToDouble(i -> i == 4000 ? 6 : i % 2 * 0.5 + 0.5)
                        .toArray());
        ActivationMethod.Fixed method = new ActivationMethod.Fixed(2, OptionalInt.empty());
        assertEquals(2f, fit(seen, ALL, method).scale());
        assertEquals(0.5f, fit(seen, new RangeMethod.Mse(), method).scale());
    }

    /** Numbers in the middle of bins of width 1, as many as asked for, on both sides of zero in turn. */
    private static Histogram magnitudes(int... counts) {
        Histogram histogram = new Histogram(2 * counts.length);
        for (int bin = 0; bin < counts.length; bin++) {
            for (int i = 0; i < counts[bin]; i++) {
                histogram.add((bin + 0.5f) * (i % 2 == 0 ? 1 : -1));
            }
        }
        assertEquals(1, histogram.binWidth());
        return histogram;
    }

    /**
     * Eight bins, the last one filled, at four levels. Kullback-Leibler divergences of the first n bins, the rest added to
     * the last of them, from the same at four levels:
     *
     * <ul>
     *   <li>8 4 8 8 0 0 0 1. n = 4: {8 4 8 9}/29 from {8 4 8 8}/28, 0.0015. n = 5: {8 4 8 8 1} from {8 4 8 4 4}, 0.108.
     *       n = 6 and 7 leave a filled bin nothing. n = 8: {8 4 8 8 0 0 0 1} from {6 6 8 8 0 0 0 1}, 0.0234.
     *   <li>8 8 8 8 4 4 2 2. n = 8: pairs that are alike, 0. n = 4: {8 8 8 20}/44 from quarters, 0.098.
     *   <li>1000 16 8 8 8 8 2 2. A bin counts at most as twice the median of its neighbours, which is 8: pairs alike.
     *   <li>Four filled bins are as many as there are levels.
     * </ul>
     */
    @ParameterizedTest
    @CsvSource({
        "8 4 8 8 0 0 0 1,    4",
        "8 8 8 8 4 4 2 2,    7.5",
        "1000 16 8 8 8 8 2 2, 7.5",
        "9 1 5 3,            3.5"
    })
    void entropyCutsWhereTheLeastIsLost(String counts, double limit) {
        int[] numbers =
                Arrays.stream(counts.split(" ", -1)).mapToInt(Integer::parseInt).toArray();
        assertEquals(limit, Entropy.limit(magnitudes(numbers), 4));
    }

    /** Of codes on both sides of zero, half are levels of a magnitude. */
    @Test
    void entropyKnowsHowManyCodesAMagnitudeHas() {
        Histogram seen = magnitudes(8, 4, 8, 8, 0, 0, 0, 1);
        Quantizer.Uniform by = fit(seen, new RangeMethod.Entropy(), new ActivationMethod.Affine(3, false));
        assertEquals(7.5f / 7, by.scale(), "from -3.5, the least number, to 4 in 7 steps");
    }
}
