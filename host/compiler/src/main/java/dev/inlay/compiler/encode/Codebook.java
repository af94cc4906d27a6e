// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.encode;

import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Levels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;

/**
 * Weights that share the numbers of a codebook, found by k-means: Han, Mao and Dally, "Deep Compression" (ICLR 2016).
 * Where weights are zero, pruned ones, one number of the codebook is zero and stays it, and no other weight moves it.
 * With a scale for each output channel, its largest magnitude, all channels share one codebook of -1 to 1.
 *
 * @param bits of a place in the codebook, 2 to 8
 * @param init where the numbers start
 * @param iterations most rounds of k-means, 0 to 1000; it ends where none moves
 * @param granularity per tensor or per channel
 */
public record Codebook(int bits, Init init, int iterations, Granularity granularity) implements CodeMethod {
    private static final long SEED = 1;

    /** Where the numbers of a codebook start; the paper finds linear best, for it keeps the large weights. */
    public enum Init {
        /** At even distances from the least weight to the greatest. */
        LINEAR,
        /** At even distances in the order of the weights. */
        QUANTILE,
        /** At weights drawn with a fixed seed. */
        RANDOM
    }

    public Codebook {
        WeightMethod.bits(bits, 2, 8);
        WeightMethod.within("iterations", iterations, 0, 1000);
        if (granularity instanceof Granularity.PerGroup) {
            throw new IllegalArgumentException("granularity: got group, expected tensor or channel");
        }
    }

    @Override
    public String title() {
        return "codebook";
    }

    @Override
    public Coded encode(LayerWeights weights) {
        Grouping grouping = Grouping.of(weights, granularity);
        float[] scales = scales(grouping, weights.values());
        float[] values = weights.values();
        for (int i = 0; i < values.length; i++) {
            values[i] /= scales[grouping.of(i)];
        }
        float[] sorted = values.clone();
        Arrays.sort(sorted);
        return new Coded(weights.shape(), List.of(Terms.nearest(table(sorted), weights, grouping, scales)));
    }

    private float[] scales(Grouping grouping, float[] values) {
        float[] scales = new float[grouping.count()];
        if (granularity instanceof Granularity.PerTensor) {
            Arrays.fill(scales, 1);
            return scales;
        }
        float[][] parts = grouping.split(values);
        for (int group = 0; group < scales.length; group++) {
            float largest = Terms.largest(parts[group]);
            scales[group] = largest == 0 ? 1 : largest;
        }
        return scales;
    }

    /** Means of the sorted weights nearest to each; zero, where it is a weight, apart. */
    private Levels.Table table(float[] sorted) {
        int zeros = 0;
        for (float value : sorted) {
            zeros += value == 0 ? 1 : 0;
        }
        int from = 0;
        float[] others = new float[sorted.length - zeros];
        for (float value : sorted) {
            if (value != 0) {
                others[from++] = value;
            }
        }
        boolean fixed = zeros > 0;
        int most = (1 << bits) - (fixed ? 1 : 0);
        TreeSet<Float> centres =
                new TreeSet<>(Arrays.stream(starts(others, most)).toList());
        for (int round = 0; round < iterations; round++) {
            TreeSet<Float> moved = moved(others, List.copyOf(withZero(centres, fixed)), fixed, most);
            if (moved.equals(centres)) {
                break;
            }
            centres = moved;
        }
        List<Float> numbers = new ArrayList<>(withZero(centres, fixed));
        while (numbers.size() < 2) {
            // A layer of one number only: a second one that no weight has.
            numbers.add(numbers.isEmpty() ? 0f : Math.nextUp(numbers.getLast()));
        }
        return new Levels.Table(numbers);
    }

    private static TreeSet<Float> withZero(TreeSet<Float> centres, boolean fixed) {
        TreeSet<Float> all = new TreeSet<>(centres);
        if (fixed) {
            all.add(0f);
        }
        return all;
    }

    private Float[] starts(float[] sorted, int count) {
        Float[] starts = new Float[sorted.length == 0 ? 0 : count];
        Random random = new Random(SEED);
        for (int i = 0; i < starts.length; i++) {
            double part = (double) i / (count - 1);
            // A sum with 0 has no negative zero.
            starts[i] = 0f
                    + switch (init) {
                        case LINEAR -> (float) (sorted[0] + part * ((double) sorted[sorted.length - 1] - sorted[0]));
                        case QUANTILE -> sorted[(int) Math.rint(part * (sorted.length - 1))];
                        case RANDOM -> sorted[random.nextInt(sorted.length)];
                    };
        }
        return starts;
    }

    /**
     * One round: each centre goes to the mean of the weights nearest to it. Where some have none, as many start anew at
     * the weights that are farthest from theirs.
     *
     * @param centres zero among them where it is fixed
     */
    private static TreeSet<Float> moved(float[] sorted, List<Float> centres, boolean fixed, int most) {
        double[] sums = new double[centres.size()];
        int[] counts = new int[centres.size()];
        float[] farthest = new float[centres.size()];
        double[] distances = new double[centres.size()];
        int at = 0;
        for (float value : sorted) {
            while (at + 1 < centres.size() && value - (double) centres.get(at) > centres.get(at + 1) - (double) value) {
                at++;
            }
            sums[at] += value;
            counts[at]++;
            double distance = Math.abs(value - (double) centres.get(at));
            if (distance > distances[at]) {
                distances[at] = distance;
                farthest[at] = value;
            }
        }
        TreeSet<Float> moved = new TreeSet<>();
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] > 0 && !(fixed && centres.get(i) == 0)) {
                moved.add(0f + (float) (sums[i] / counts[i]));
            }
        }
        for (int free = most - moved.size(); free > 0; free--) {
            int worst = 0;
            for (int i = 1; i < distances.length; i++) {
                worst = distances[i] > distances[worst] ? i : worst;
            }
            if (distances[worst] == 0) {
                break;
            }
            distances[worst] = 0;
            moved.add(farthest[worst]);
        }
        if (fixed) {
            moved.remove(0f);
        }
        return moved;
    }

    @Override
    public Map<String, Object> parameters(Coded chosen) {
        return Map.of(
                "bits", bits, "entries", chosen.terms().getFirst().levels().high() + 1);
    }
}
