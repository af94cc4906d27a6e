// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.encode;

import dev.inlay.encoding.BlockCirculant;
import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Encoded;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Blocks of output by input channels that are circulant (CirCNN). The weights of a block that stand for one number of
 * its vector lie on a wrapped diagonal. The squared error is a sum over the diagonals, and the number nearest to all
 * weights of one is their mean: the vectors of means are the least-squares projection. Where a block reaches past the
 * last channel only the weights that exist count.
 *
 * @param block length of a vector, a power of two from 4 to 64
 * @param bits of fixed point with one scale, 2 to 16, to which the vectors are rounded; absent: floats
 */
public record BlockCirculantWeights(int block, OptionalInt bits) implements WeightMethod {
    public BlockCirculantWeights {
        BlockCirculant.requireBlock(block);
        bits.ifPresent(held -> WeightMethod.bits(held, 2, 16));
    }

    @Override
    public String title() {
        return "block-circulant";
    }

    @Override
    public Encoded encode(LayerWeights weights) {
        Shape vectors = BlockCirculant.vectorsOf(weights.shape(), weights.outputAxis(), block);
        Tensor means = means(weights, vectors);
        return new BlockCirculant(
                weights.shape(),
                weights.outputAxis(),
                bits.isPresent() ? new BlockCirculant.Codes(rounded(means)) : new BlockCirculant.Floats(means));
    }

    private Coded rounded(Tensor means) {
        return new FixedPoint(bits.getAsInt(), OptionalInt.empty(), Fit.RANGE).encode(new LayerWeights(means, 0, 1));
    }

    private static Tensor means(LayerWeights weights, Shape vectors) {
        float[] values = weights.values();
        int taps = vectors.size(2);
        int second = weights.shape().size(1);
        double[] sums = new double[Math.toIntExact(vectors.elements())];
        int[] counts = new int[sums.length];
        for (int i = 0; i < values.length; i++) {
            int row = i / taps / second;
            int column = i / taps % second;
            boolean first = weights.outputAxis() == 0;
            long place = BlockCirculant.place(vectors, first ? row : column, first ? column : row, i % taps);
            sums[(int) place] += values[i];
            counts[(int) place]++;
        }
        float[] means = new float[sums.length];
        for (int i = 0; i < means.length; i++) {
            means[i] = counts[i] == 0 ? 0 : (float) (sums[i] / counts[i]);
        }
        return Tensor.of(vectors, means);
    }

    @Override
    public Map<String, Object> parameters(Encoded chosen) {
        return bits.isPresent() ? Map.of("block", block, "bits", bits.getAsInt()) : Map.of("block", block);
    }
}
