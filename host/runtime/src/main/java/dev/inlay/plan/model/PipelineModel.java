// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.model;

import dev.inlay.plan.LayerWork;
import dev.inlay.plan.Roofline;
import dev.inlay.profile.DeviceProfile;
import dev.inlay.profile.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The time of a pipeline on an FPGA: one array of multipliers for each arithmetic computes layer after layer, {@code VEC}
 * input channels and {@code LANE} output channels a cycle, and what lies between contractions runs in the pipeline
 * behind them. A layer takes the longer of its cycles and of its bytes.
 *
 * @param profile with DSP blocks, a clock and a bandwidth
 * @param design the pipeline; empty for the best that the board has room for, of each network
 */
public record PipelineModel(DeviceProfile profile, Optional<Design> design) implements BoardModel {
    /** Cycles from the first operand to the first result. */
    private static final int FILL = 200;

    public PipelineModel {
        if (bytesPerSecond(profile).isEmpty()
                || profile.clock().isEmpty()
                || !profile.resources().containsKey(Resource.DSP)) {
            throw new IllegalArgumentException("profile " + profile.id()
                    + ": got no DSP blocks, no clock or no bandwidth of memory, expected all three for a pipeline");
        }
    }

    static Optional<PipelineModel> of(DeviceProfile profile) {
        return bytesPerSecond(profile)
                        .filter(any -> profile.clock().isPresent()
                                && profile.resources().containsKey(Resource.DSP))
                        .isPresent()
                ? Optional.of(new PipelineModel(profile, Optional.empty()))
                : Optional.empty();
    }

    private static Optional<Double> bytesPerSecond(DeviceProfile profile) {
        return profile.memory()
                .sustained()
                .or(() -> profile.memory().bandwidth())
                .map(figure -> figure.value() * 1e9);
    }

    @Override
    public Estimate estimate(List<LayerWork> works, long samples) {
        List<LayerWork> contractions =
                works.stream().filter(work -> work.extents().isPresent()).toList();
        Design used = design.orElseGet(() -> DesignSearch.of(profile, contractions));
        double bandwidth = bytesPerSecond(profile).orElseThrow();
        List<Estimate.Layer> layers = new ArrayList<>();
        for (LayerWork work : works) {
            double compute = work.extents().isEmpty()
                    ? 0
                    : cycles(List.of(work), used.array(work.multiply())) / (used.megahertz() * 1e6);
            double memory = work.extents().isEmpty() ? 0 : work.bytes() / bandwidth;
            layers.add(new Estimate.Layer(
                    work,
                    Math.max(compute, memory),
                    compute >= memory ? Roofline.Bound.COMPUTE : Roofline.Bound.MEMORY));
        }
        double seconds = layers.stream().mapToDouble(Estimate.Layer::seconds).sum();
        return Estimates.of(profile, samples, layers, seconds, seconds, Optional.of(used));
    }

    /** Cycles of contractions one after another. */
    static double cycles(List<LayerWork> layers, Design.Array array) {
        double cycles = 0;
        for (LayerWork layer : layers) {
            LayerWork.Extents extents = layer.extents().orElseThrow();
            double passes = Math.ceilDiv(extents.outputs(), (long) array.lane()) * (double) extents.groups();
            double steps = Math.ceilDiv(extents.channels(), (long) array.vec())
                    * (double) (extents.rows() * extents.columns() * extents.terms());
            double places = Math.ceilDiv(extents.pixels(), (long) array.columns());
            cycles += passes * steps * places * layer.density() + FILL;
        }
        return cycles;
    }
}
