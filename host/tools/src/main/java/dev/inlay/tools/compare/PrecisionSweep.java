// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.compare;

import dev.inlay.plan.Evidence;
import dev.inlay.plan.LayerWork;
import dev.inlay.plan.MultiplyAdd;
import dev.inlay.plan.model.Estimate;
import dev.inlay.tools.measure.ModelledDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A network from 32-bit floats to one bit, weights and activations alike, on boards that are modelled: the experiment of
 * figure 2 in Wang et al., "Deep Neural Network Approximation for Custom Hardware", arXiv 1901.06955.
 */
public final class PrecisionSweep {
    /** The boards of that figure. */
    public static final List<String> BOARDS = List.of("stratix10-gx2800", "titan-x-pascal");

    private PrecisionSweep() {}

    /**
     * @param name of the format
     * @param bits that a weight or an activation is held in
     */
    private record Format(String name, MultiplyAdd multiply, int bits) {}

    private static final List<Format> FORMATS = List.of(
            new Format("f32", MultiplyAdd.F32, 32),
            new Format("16 bit", MultiplyAdd.integers(16, 16), 16),
            new Format("8 bit", MultiplyAdd.integers(8, 8), 8),
            new Format("6 bit", MultiplyAdd.integers(6, 6), 6),
            new Format("4 bit", MultiplyAdd.integers(4, 4), 4),
            new Format("ternary", MultiplyAdd.integers(2, 2), 2),
            new Format("binary", MultiplyAdd.integers(1, 1), 1));

    /**
     * The throughput in every format.
     *
     * @param works of the network in f32, with a batch
     * @param samples images of the batch
     */
    public static List<SweepPoint> of(String model, List<LayerWork> works, long samples, List<ModelledDevice> boards) {
        long operations = works.stream().mapToLong(LayerWork::operations).sum() / samples;
        List<SweepPoint> points = new ArrayList<>();
        for (ModelledDevice board : boards) {
            for (Format format : FORMATS) {
                Estimate estimate = board.board()
                        .estimate(works.stream().map(work -> in(work, format)).toList(), samples);
                points.add(new SweepPoint(
                        model,
                        board.profile().id(),
                        format.name(),
                        format.bits(),
                        estimate.samplesPerSecond(),
                        estimate.samplesPerSecond() * operations,
                        estimate.bound().name().toLowerCase(Locale.ROOT),
                        Evidence.MODELLED));
            }
        }
        return points;
    }

    private static LayerWork in(LayerWork work, Format format) {
        return new LayerWork(
                work.node(),
                work.extents().isPresent() ? format.name() : work.format(),
                work.extents().isPresent() ? format.multiply() : work.multiply(),
                work.extents(),
                work.operations(),
                work.density(),
                narrow(work.weightBytes(), format),
                narrow(work.readBytes(), format),
                narrow(work.writtenBytes(), format));
    }

    private static long narrow(long bytes, Format format) {
        return Math.ceilDiv(bytes * format.bits(), (long) Float.SIZE);
    }
}
