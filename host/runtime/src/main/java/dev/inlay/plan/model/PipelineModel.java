// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.model;

import dev.inlay.plan.LayerWork;
import dev.inlay.plan.Roofline.Bound;
import dev.inlay.profile.DeviceProfile;
import dev.inlay.profile.Resource;
import java.util.List;
import java.util.Optional;

/**
 * The time of a pipeline on an FPGA: one array of multipliers for each arithmetic computes layer after layer, {@code VEC}
 * input channels and {@code LANE} output channels a cycle, and what lies between contractions runs in the pipeline
 * behind them. A layer takes the longer of its cycles and of its bytes, or both where the design reads and computes in
 * turns.
 *
 * @param profile with DSP blocks, a clock and a bandwidth
 * @param design the pipeline; empty for the best that the board has room for, of each network
 */
public record PipelineModel(DeviceProfile profile, Optional<Design> design) implements BoardModel {
    /** Cycles from the first operand of a layer to the first result, a launch's among them. */
    private static final int FILL = 200;

    public PipelineModel {
        if (!isEnough(profile)) {
            throw new IllegalArgumentException("profile " + profile.id()
                    + ": got no DSP blocks, no clock or no bandwidth of memory, expected all three for a pipeline");
        }
    }

    static Optional<PipelineModel> of(DeviceProfile profile) {
        return isEnough(profile) ? Optional.of(new PipelineModel(profile, Optional.empty())) : Optional.empty();
    }

    private static boolean isEnough(DeviceProfile profile) {
        return bytesPerSecond(profile).isPresent()
                && profile.clock().isPresent()
                && profile.resources().containsKey(Resource.DSP);
    }

    private static Optional<Double> bytesPerSecond(DeviceProfile profile) {
        return profile.memory()
                .sustained()
                .or(() -> profile.memory().bandwidth())
                .map(figure -> figure.value() * 1e9);
    }

    @Override
    public Estimate estimate(List<LayerWork> works, long samples) {
        Design used = design.orElseGet(() -> DesignSearch.of(
                profile,
                works.stream().filter(work -> work.extents().isPresent()).toList(),
                profile.clock().orElseThrow().highest().value()));
        double port = used.buffers().bytesPerCycle() * used.megahertz() * 1e6;
        double bandwidth = Math.min(bytesPerSecond(profile).orElseThrow(), port);
        List<Estimate.Layer> layers =
                works.stream().map(work -> layer(work, used, bandwidth)).toList();
        double seconds = layers.stream().mapToDouble(Estimate.Layer::seconds).sum();
        return Estimate.of(profile, layers, seconds, seconds, samples, Optional.of(used));
    }

    private static Estimate.Layer layer(LayerWork work, Design design, double bandwidth) {
        if (work.extents().isEmpty()) {
            return new Estimate.Layer(work, 0, Bound.COMPUTE);
        }
        double compute = cycles(work, design.array(work.multiply())) / (design.megahertz() * 1e6);
        double memory = bytes(work, design.buffers().edge()) / bandwidth;
        return new Estimate.Layer(
                work,
                design.buffers().overlapped() ? Math.max(compute, memory) : compute + memory,
                compute >= memory ? Bound.COMPUTE : Bound.MEMORY);
    }

    /** Bytes read and written when outputs are computed in blocks of an edge; 0: all at once. */
    private static double bytes(LayerWork work, int edge) {
        if (edge == 0) {
            return work.bytes();
        }
        LayerWork.Extents extents = work.extents().orElseThrow();
        return (double) work.readBytes() * Math.ceilDiv(extents.outputs(), (long) edge)
                + (double) work.weightBytes() * Math.ceilDiv(extents.pixels(), (long) edge)
                + work.writtenBytes();
    }

    /** Cycles of a contraction. */
    static double cycles(LayerWork work, Design.Array array) {
        LayerWork.Extents extents = work.extents().orElseThrow();
        double passes = Math.ceilDiv(extents.outputs(), (long) array.lane()) * (double) extents.groups();
        double steps = Math.ceilDiv(extents.channels(), (long) array.vec())
                * (double) (extents.rows() * extents.columns() * extents.terms());
        double places = Math.ceilDiv(extents.pixels(), (long) array.columns());
        return passes * steps * places * work.density() + FILL;
    }
}
