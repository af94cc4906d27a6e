// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.encode;

import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Which weights are made zero: those of the least magnitude, within a pattern. */
public sealed interface Pruning {
    /** The pattern's name in recipes and reports. */
    String title();

    /** Its parameters by the names recipes give them. */
    Map<String, Object> parameters();

    /** Whether each weight stays, row-major. */
    boolean[] kept(LayerWeights weights);

    /** The weights, zero where they do not stay. */
    default LayerWeights pruned(LayerWeights weights) {
        boolean[] kept = kept(weights);
        Tensor pruned = Tensor.allocate(ElementType.FLOAT32, weights.shape());
        for (int i = 0; i < kept.length; i++) {
            pruned.set(i, kept[i] ? weights.tensor().getFloat(i) : 0);
        }
        return new LayerWeights(pruned, weights.outputAxis(), weights.inputAxis());
    }

    private static double share(String name, double value) {
        if (!(value > 0 && value <= 1)) {
            throw new IllegalArgumentException(name + ": got " + value + ", expected above 0 and at most 1");
        }
        return value;
    }

    /** How many of so many stay; at least one. */
    private static int count(int all, double density) {
        return Math.clamp(Math.round(all * density), 1, Math.max(1, all));
    }

    /** Numbers the groups that weights are in. */
    interface Group {
        int of(int output, int input, int tap);
    }

    /** The group of each weight, row-major. */
    private static int[] groups(LayerWeights weights, Group group) {
        Shape shape = weights.shape();
        int[] groups = new int[Math.toIntExact(shape.elements())];
        long ofOutput = shape.elements(weights.outputAxis() + 1, shape.rank());
        long ofInput = shape.elements(weights.inputAxis() + 1, shape.rank());
        long taps = Math.min(ofOutput, ofInput);
        for (int i = 0; i < groups.length; i++) {
            groups[i] = group.of(
                    (int) (i / ofOutput % weights.outputs()),
                    (int) (i / ofInput % shape.extent(weights.inputAxis())),
                    (int) (i % taps));
        }
        return groups;
    }

    /** The largest of the given groups stay: as many of them as the density says, by their sums of magnitudes. */
    private static boolean[] largest(float[] values, int[] group, int groups, double density) {
        double[] sums = new double[groups];
        int[] sizes = new int[groups];
        for (int i = 0; i < values.length; i++) {
            sums[group[i]] += Math.abs(values[i]);
            sizes[group[i]]++;
        }
        float[] means = new float[groups];
        for (int each = 0; each < groups; each++) {
            means[each] = (float) (sums[each] / sizes[each]);
        }
        boolean[] stays = new boolean[groups];
        largest(means, IntStream.range(0, groups).toArray(), count(groups, density), stays);
        boolean[] kept = new boolean[values.length];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = stays[group[i]];
        }
        return kept;
    }

    /** In each of the given groups so many stay as {@code counts} says, the largest. */
    private static boolean[] largestOfEach(float[] values, int[] group, int groups, double share) {
        int[] sizes = new int[groups];
        for (int each : group) {
            sizes[each]++;
        }
        int[][] members = new int[groups][];
        Arrays.setAll(members, each -> new int[sizes[each]]);
        int[] filled = new int[groups];
        for (int i = 0; i < values.length; i++) {
            members[group[i]][filled[group[i]]++] = i;
        }
        boolean[] kept = new boolean[values.length];
        for (int[] each : members) {
            largest(values, each, Math.min(each.length, count(each.length, share)), kept);
        }
        return kept;
    }

    /** Marks so many of the members, those of the largest magnitudes; of equal ones the first. */
    private static void largest(float[] values, int[] members, int count, boolean[] stays) {
        float[] sizes = new float[members.length];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = Math.abs(values[members[i]]);
        }
        Arrays.sort(sizes);
        float least = count == 0 ? Float.POSITIVE_INFINITY : sizes[sizes.length - count];
        int left = count;
        for (int member : members) {
            left -= Math.abs(values[member]) > least ? 1 : 0;
        }
        for (int member : members) {
            float size = Math.abs(values[member]);
            boolean equal = size == least && left > 0;
            left -= equal ? 1 : 0;
            stays[member] = size > least || equal;
        }
    }

    /**
     * Single weights. Source: Han et al., "Learning both Weights and Connections for Efficient Neural Networks", NIPS
     * 2015.
     *
     * @param density the share that stays
     * @param global whether the share is one of all layers together that are pruned so, else of each
     */
    record Magnitude(double density, boolean global) implements Pruning {
        public Magnitude {
            share("density", density);
        }

        /** The share that stays of each layer where all are pruned by one magnitude; at least one weight of each. */
        public List<Double> densities(List<LayerWeights> layers) {
            double[] all = layers.stream()
                    .flatMapToDouble(layer -> IntStream.range(
                                    0, Math.toIntExact(layer.shape().elements()))
                            .mapToDouble(i -> Math.abs(layer.tensor().getFloat(i))))
                    .sorted()
                    .toArray();
            double least = all[all.length - count(all.length, density)];
            return layers.stream()
                    .map(layer -> {
                        float[] values = layer.values();
                        long stay = IntStream.range(0, values.length)
                                .filter(i -> Math.abs(values[i]) >= least)
                                .count();
                        return (double) Math.max(1, stay) / values.length;
                    })
                    .toList();
        }

        @Override
        public String title() {
            return "magnitude";
        }

        @Override
        public Map<String, Object> parameters() {
            return new TreeMap<>(Map.of("density", density, "scope", global ? "global" : "layer"));
        }

        @Override
        public boolean[] kept(LayerWeights weights) {
            float[] values = weights.values();
            return largestOfEach(values, new int[values.length], 1, density);
        }
    }

    /**
     * Blocks of neighbouring output by neighbouring input channels of one tap; those at the edge may be smaller.
     *
     * @param rows output channels of a block
     * @param columns input channels of a block
     * @param density the share of blocks that stays
     */
    record Block(int rows, int columns, double density) implements Pruning {
        public Block {
            WeightMethod.within("rows", rows, 1, 4096);
            WeightMethod.within("columns", columns, 1, 4096);
            share("density", density);
        }

        @Override
        public String title() {
            return "block";
        }

        @Override
        public Map<String, Object> parameters() {
            return new TreeMap<>(Map.of("density", density, "rows", rows, "columns", columns));
        }

        @Override
        public boolean[] kept(LayerWeights weights) {
            int across = Math.ceilDiv(weights.shape().size(weights.inputAxis()), columns);
            int down = Math.ceilDiv(weights.outputs(), rows);
            int[] group =
                    groups(weights, (output, input, tap) -> (tap * down + output / rows) * across + input / columns);
            return largest(weights.values(), group, Arrays.stream(group).max().orElse(0) + 1, density);
        }
    }

    /**
     * N of M neighbouring input channels of an output channel and tap. Source: Mishra et al., "Accelerating Sparse Deep
     * Neural Networks", 2021.
     *
     * @param n how many stay
     * @param m of so many, 2 to 64
     */
    record NofM(int n, int m) implements Pruning {
        public NofM {
            WeightMethod.within("m", m, 2, 64);
            WeightMethod.within("n", n, 1, m);
        }

        @Override
        public String title() {
            return "n-of-m";
        }

        @Override
        public Map<String, Object> parameters() {
            return new TreeMap<>(Map.of("n", n, "m", m));
        }

        @Override
        public boolean[] kept(LayerWeights weights) {
            return banks(weights, m, (double) n / m);
        }
    }

    /**
     * As many in each bank of an output channel. Source: Cao et al., "Efficient and Effective Sparse LSTM on FPGA with
     * Bank-Balanced Sparsity", FPGA 2019.
     *
     * @param bank input channels of a bank
     * @param density the share that stays of each
     */
    record Banks(int bank, double density) implements Pruning {
        public Banks {
            WeightMethod.within("bank", bank, 2, 4096);
            share("density", density);
        }

        @Override
        public String title() {
            return "bank-balanced";
        }

        @Override
        public Map<String, Object> parameters() {
            return new TreeMap<>(Map.of("bank", bank, "density", density));
        }

        @Override
        public boolean[] kept(LayerWeights weights) {
            return banks(weights, bank, density);
        }
    }

    private static boolean[] banks(LayerWeights weights, int bank, double density) {
        int across = Math.ceilDiv(weights.shape().size(weights.inputAxis()), bank);
        int[] group =
                groups(weights, (output, input, tap) -> (tap * weights.outputs() + output) * across + input / bank);
        return largestOfEach(weights.values(), group, Arrays.stream(group).max().orElse(0) + 1, density);
    }
}
