// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.encode;

import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Levels;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A sum of binary bases.
 *
 * @param bases how many, 1 to 8
 * @param choice how bases and their scales are found
 * @param granularity which weights share scales, the tensor or an output channel
 */
public record MultiBase(int bases, Choice choice, Granularity granularity) implements CodeMethod {
    /** How bases and their scales are found. */
    public enum Choice {
        /**
         * ABC-Net: {@code B_i = sign(w - mean + u_i deviation)} with u_i evenly from -1 to 1, scales by least squares.
         */
        LEAST_SQUARES,
        /** ReBNet: {@code B_i = sign(r_i)}, {@code r_{i+1} = r_i - g_i B_i}, {@code g_i = mean|r_i|}. */
        GREEDY
    }

    public MultiBase {
        WeightMethod.bases(bases);
        if (granularity instanceof Granularity.PerGroup) {
            throw new IllegalArgumentException(
                    "granularity: got " + Affine.name(granularity) + ", expected tensor or channel");
        }
    }

    @Override
    public String title() {
        return choice == Choice.GREEDY ? "rebnet" : "abc-net";
    }

    @Override
    public Coded encode(LayerWeights weights) {
        Grouping grouping = Grouping.of(weights, granularity);
        float[] values = weights.values();
        return choice == Choice.GREEDY ? greedy(weights, grouping, values) : leastSquares(weights, grouping, values);
    }

    private Coded greedy(LayerWeights weights, Grouping grouping, float[] values) {
        double[] rest = new double[values.length];
        for (int i = 0; i < rest.length; i++) {
            rest[i] = values[i];
        }
        List<Coded.Term> terms = new ArrayList<>();
        for (int base = 0; base < bases; base++) {
            double[] sums = new double[grouping.count()];
            int[] counts = new int[grouping.count()];
            for (int i = 0; i < rest.length; i++) {
                sums[grouping.of(i)] += Math.abs(rest[i]);
                counts[grouping.of(i)]++;
            }
            float[] scales = new float[sums.length];
            for (int group = 0; group < scales.length; group++) {
                scales[group] = (float) (sums[group] / Math.max(1, counts[group]));
            }
            int[] codes = new int[rest.length];
            for (int i = 0; i < rest.length; i++) {
                codes[i] = rest[i] < 0 ? -1 : 0;
                rest[i] -= (2 * codes[i] + 1) * (double) scales[grouping.of(i)];
            }
            terms.add(Terms.term(Levels.Odd.BINARY, weights.shape(), codes, grouping.scales(scales)));
        }
        return new Coded(weights.shape(), terms);
    }

    private Coded leastSquares(LayerWeights weights, Grouping grouping, float[] values) {
        int[][] codes = new int[bases][values.length];
        double[] shifts = shifts(values);
        double[][][] products = new double[grouping.count()][bases][bases];
        double[][] targets = new double[grouping.count()][bases];
        for (int i = 0; i < values.length; i++) {
            int group = grouping.of(i);
            for (int a = 0; a < bases; a++) {
                codes[a][i] = values[i] + shifts[a] < 0 ? -1 : 0;
                int sign = 2 * codes[a][i] + 1;
                targets[group][a] += sign * (double) values[i];
                for (int b = 0; b <= a; b++) {
                    products[group][a][b] += sign * (2 * codes[b][i] + 1);
                }
            }
        }
        float[][] scales = new float[bases][grouping.count()];
        for (int group = 0; group < grouping.count(); group++) {
            double[] solution = NormalEquations.solve(products[group], targets[group]);
            for (int base = 0; base < bases; base++) {
                scales[base][group] = (float) solution[base];
            }
        }
        List<Coded.Term> terms = new ArrayList<>();
        for (int base = 0; base < bases; base++) {
            terms.add(Terms.term(Levels.Odd.BINARY, weights.shape(), codes[base], grouping.scales(scales[base])));
        }
        return new Coded(weights.shape(), terms);
    }

    /** {@code u_i deviation - mean} of all weights, u_i evenly from -1 to 1; no shift for a single base. */
    private double[] shifts(float[] values) {
        double[] shifts = new double[bases];
        if (bases == 1) {
            return shifts;
        }
        double sum = 0;
        double squares = 0;
        for (float value : values) {
            sum += value;
            squares += (double) value * value;
        }
        double mean = sum / values.length;
        double deviation = Math.sqrt(Math.max(0, squares / values.length - mean * mean));
        for (int base = 0; base < bases; base++) {
            shifts[base] = (2.0 * base / (bases - 1) - 1) * deviation - mean;
        }
        return shifts;
    }

    @Override
    public Map<String, Object> parameters(Coded chosen) {
        return Map.of(
                "bases",
                bases,
                "choice",
                choice.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                "granularity",
                Affine.name(granularity));
    }
}
