// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.encode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Levels;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class CodebookTest {
    private static final Granularity TENSOR = new Granularity.PerTensor();

    private static LayerWeights weights(int count, boolean pruned) {
        Random random = new Random(count);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = pruned && i % 3 != 0 ? 0 : (float) random.nextGaussian() * 0.1f;
        }
        return new LayerWeights(Tensor.of(Shape.of(4, count / 4), values), 0, 1);
    }

    private static List<Float> table(Coded coded) {
        return ((Levels.Table) coded.terms().getFirst().levels()).values();
    }

    @ParameterizedTest
    @EnumSource
    void keepsPrunedWeightsAtZero(Codebook.Init init) {
        LayerWeights weights = weights(400, true);
        Coded coded = new Codebook(4, init, 40, TENSOR).encode(weights);
        assertEquals(16, table(coded).size());
        assertTrue(table(coded).contains(0f), table(coded)::toString);
        Tensor decoded = coded.decode();
        for (long i = 0; i < decoded.elements(); i++) {
            assertTrue(weights.tensor().getFloat(i) != 0 || decoded.getFloat(i) == 0, "element " + i);
        }
    }

    @ParameterizedTest
    @EnumSource
    void eachNumberIsTheMeanOfItsWeights(Codebook.Init init) {
        LayerWeights weights = weights(400, false);
        Coded coded = new Codebook(4, init, 1000, TENSOR).encode(weights);
        Coded.Term term = coded.terms().getFirst();
        double[] sums = new double[16];
        int[] counts = new int[16];
        for (long i = 0; i < 400; i++) {
            sums[(int) term.codes().getLong(i)] += weights.tensor().getFloat(i);
            counts[(int) term.codes().getLong(i)]++;
        }
        for (int code = 0; code < 16; code++) {
            assertTrue(counts[code] > 0, "nothing has number " + code);
            assertEquals(sums[code] / counts[code], term.levels().level(code), 1e-6);
        }
    }

    @Test
    void roundsMakeTheErrorLess() {
        LayerWeights weights = weights(2000, false);
        double before = Double.POSITIVE_INFINITY;
        for (int rounds : new int[] {0, 1, 4, 40}) {
            double error = EncodingError.of(
                            weights.tensor(),
                            new Codebook(3, Codebook.Init.LINEAR, rounds, TENSOR)
                                    .encode(weights)
                                    .decode())
                    .mse();
            assertTrue(error < before, rounds + " rounds: got " + error + " after " + before);
            before = error;
        }
    }

    /** Seven of eight evenly placed numbers start without a weight. */
    @Test
    void emptyClustersStartAnew() {
        float[] values = new float[64];
        Random random = new Random(3);
        for (int i = 0; i < values.length; i++) {
            values[i] = 1 + random.nextFloat() / 1000;
        }
        values[63] = 1e6f;
        LayerWeights weights = new LayerWeights(Tensor.of(Shape.of(8, 8), values), 0, 1);
        Coded coded = new Codebook(3, Codebook.Init.LINEAR, 40, TENSOR).encode(weights);
        assertEquals(8, table(coded).size());
        assertEquals(7, table(coded).stream().filter(number -> number < 2).count());
    }

    @Test
    void channelsShareACodebookOfTheirScales() {
        LayerWeights weights = weights(400, false);
        Coded one = new Codebook(4, Codebook.Init.LINEAR, 40, TENSOR).encode(weights);
        Coded each = new Codebook(4, Codebook.Init.LINEAR, 40, new Granularity.PerChannel()).encode(weights);
        assertTrue(one.terms().getFirst().scales().isOne());
        assertEquals(4, each.terms().getFirst().scales().values().elements());
        assertFalse(table(each).getFirst() < -1 || table(each).getLast() > 1, table(each)::toString);
        assertEquals(400 * 4 + 16 * 32 + 32, one.bits());
        assertEquals(400 * 4 + 16 * 32 + 4 * 32, each.bits());
    }
}
