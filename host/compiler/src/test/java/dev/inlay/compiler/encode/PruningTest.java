// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.encode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.encoding.Coded;
import dev.inlay.encoding.NofM;
import dev.inlay.encoding.Sparse;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PruningTest {
    private static final int OUTPUTS = 10;
    private static final int INPUTS = 14;
    private static final int TAPS = 6;

    private static LayerWeights conv(long seed, double spread) {
        Random random = new Random(seed);
        Tensor tensor = Tensor.allocate(ElementType.FLOAT32, Shape.of(OUTPUTS, INPUTS, 3, 2));
        for (long i = 0; i < tensor.elements(); i++) {
            tensor.set(i, spread * random.nextGaussian());
        }
        return new LayerWeights(tensor, 0, 1);
    }

    private static int count(boolean[] kept) {
        int count = 0;
        for (boolean each : kept) {
            count += each ? 1 : 0;
        }
        return count;
    }

    @Test
    void theLargestStay() {
        LayerWeights weights = conv(1, 1);
        float[] values = weights.values();
        boolean[] kept = new Pruning.Magnitude(0.25, false).kept(weights);
        assertEquals(Math.round(0.25 * values.length), count(kept));
        float least = Float.MAX_VALUE;
        float most = 0;
        for (int i = 0; i < values.length; i++) {
            least = kept[i] ? Math.min(least, Math.abs(values[i])) : least;
            most = kept[i] ? most : Math.max(most, Math.abs(values[i]));
        }
        assertTrue(least >= most, least + " stays and " + most + " goes");
    }

    @Test
    void oneMagnitudePrunesAllLayers() {
        List<LayerWeights> layers = List.of(conv(1, 1), conv(2, 0.5));
        List<Double> densities = new Pruning.Magnitude(0.25, true).densities(layers);
        assertEquals(0.25, (densities.get(0) + densities.get(1)) / 2, 1e-9);
        assertTrue(densities.get(0) > 2 * densities.get(1), densities::toString);
    }

    @Test
    void wholeBlocksStay() {
        boolean[] kept = new Pruning.Block(4, 8, 0.5).kept(conv(3, 1));
        for (int output = 0; output < OUTPUTS; output++) {
            for (int input = 0; input < INPUTS; input++) {
                for (int tap = 0; tap < TAPS; tap++) {
                    int first = (output / 4 * 4 * INPUTS + input / 8 * 8) * TAPS + tap;
                    assertEquals(kept[first], kept[(output * INPUTS + input) * TAPS + tap]);
                }
            }
        }
        // Three rows of blocks, two columns, six taps.
        int blocks = 0;
        for (int output = 0; output < OUTPUTS; output += 4) {
            for (int input = 0; input < INPUTS; input += 8) {
                for (int tap = 0; tap < TAPS; tap++) {
                    blocks += kept[(output * INPUTS + input) * TAPS + tap] ? 1 : 0;
                }
            }
        }
        assertEquals(18, blocks);
    }

    @Test
    void soManyOfEachGroupStay() {
        assertBanks(new Pruning.NofM(2, 4).kept(conv(4, 1)), 4, 2, 1);
        assertBanks(new Pruning.Banks(7, 3.0 / 7).kept(conv(5, 1)), 7, 3, 3);
    }

    /** Of the inputs of a bank; the last bank may be shorter. */
    private static void assertBanks(boolean[] kept, int bank, int stay, int stayOfLast) {
        for (int output = 0; output < OUTPUTS; output++) {
            for (int tap = 0; tap < TAPS; tap++) {
                for (int first = 0; first < INPUTS; first += bank) {
                    int count = 0;
                    for (int input = first; input < Math.min(first + bank, INPUTS); input++) {
                        count += kept[(output * INPUTS + input) * TAPS + tap] ? 1 : 0;
                    }
                    assertEquals(first + bank > INPUTS ? stayOfLast : stay, count);
                }
            }
        }
    }

    @Test
    void aMatrixOfColumnsIsPrunedAlongItsInputs() {
        Tensor tensor = Tensor.allocate(ElementType.FLOAT32, Shape.of(8, 3));
        for (long i = 0; i < tensor.elements(); i++) {
            tensor.set(i, (double) (i + 1));
        }
        boolean[] kept = new Pruning.NofM(1, 4).kept(new LayerWeights(tensor, 1, 0));
        for (int i = 0; i < kept.length; i++) {
            assertEquals(i / 3 % 4 == 3, kept[i], "element " + i);
        }
    }

    @Test
    void codesKeepZerosAndCountWhatTheyHold() {
        LayerWeights weights = conv(6, 1);
        Pruning pruning = new Pruning.Magnitude(0.1, false);
        Sparse sparse =
                (Sparse) new Pruned(pruning, Optional.of(new Affine(8, true, new Granularity.PerTensor(), Fit.RANGE)))
                        .encode(weights);
        boolean[] kept = pruning.kept(weights);
        Coded codes = sparse.codes().orElseThrow();
        for (int i = 0; i < kept.length; i++) {
            assertTrue(kept[i] || codes.terms().getFirst().codes().getLong(i) == 0);
        }
        long held = sparse.held().length;
        assertTrue(held >= count(kept) && held <= count(kept) + kept.length / 16);
        assertEquals(held * (8 + 4) + 32, sparse.bits());
    }

    @Test
    void whatHasNoZeroIsRefused() {
        var failure = assertThrows(
                IllegalArgumentException.class,
                () -> new Pruned(new Pruning.NofM(2, 4), Optional.of(new Binary(true))));
        assertTrue(String.valueOf(failure.getMessage()).contains("expected a method that has a zero"));
    }

    @Test
    void aSumOfTermsIsRefused() {
        var failure = assertThrows(
                IllegalArgumentException.class,
                () -> new Pruned(new Pruning.NofM(2, 4), Optional.of(new TrainedTernary(0.05))));
        assertEquals(
                "got weights that are ttq, a sum of two terms, expected a method of one, such as twn",
                failure.getMessage());
    }

    @Test
    void nOfMIsHeldInGroups() {
        LayerWeights weights = conv(6, 1);
        Sparse sparse = (Sparse) new Pruned(new Pruning.NofM(2, 4), Optional.empty()).encode(weights);
        assertEquals(new NofM(2, 4), sparse.groups().orElseThrow().pattern());
        Sparse wide = (Sparse) new Pruned(new Pruning.NofM(2, 20), Optional.empty()).encode(weights);
        assertTrue(wide.groups().isEmpty());
    }

    @Test
    void ofTernaryWeightsSignsAreLeft() {
        LayerWeights weights = conv(6, 1);
        Pruning pruning = new Pruning.Magnitude(0.3, false);
        Sparse sparse = (Sparse)
                new Pruned(pruning, Optional.of(new Ternary(0.7, new Granularity.PerTensor()))).encode(weights);
        boolean[] kept = pruning.kept(weights);
        Coded codes = sparse.codes().orElseThrow();
        for (int i = 0; i < kept.length; i++) {
            long sign = (long) Math.signum(weights.values()[i]);
            assertEquals(kept[i] ? sign : 0, codes.terms().getFirst().codes().getLong(i));
        }
    }

    @Test
    void aScheduleBeginsDenseAndFallsFast() {
        PruningSchedule schedule = new PruningSchedule(0.1, 10);
        assertEquals(1, schedule.after(0), 1e-12);
        assertEquals(0.1, schedule.after(10), 1e-12);
        assertEquals(0.1 + 0.9 / 8, schedule.after(5), 1e-12);
    }
}
