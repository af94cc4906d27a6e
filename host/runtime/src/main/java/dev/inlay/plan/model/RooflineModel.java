// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.model;

import dev.inlay.plan.LayerWork;
import dev.inlay.plan.MultiplyAdd;
import dev.inlay.plan.Roofline;
import dev.inlay.plan.Roofline.Bound;
import dev.inlay.profile.Carrier;
import dev.inlay.profile.DeviceClass;
import dev.inlay.profile.DeviceProfile;
import dev.inlay.profile.Figure;
import dev.inlay.profile.Resource;
import java.util.List;
import java.util.Optional;

/**
 * The time of a GPU or a processor: each node is a launch, which takes the longer of computing its operations and of
 * moving its bytes. An arithmetic whose peak the profile lacks is done in bytes where they hold its numbers, else in f32,
 * as devices do that decode; weights that are zero are multiplied. A launch whose cost the profile lacks costs nothing.
 *
 * @param profile with a peak in f32 and a bandwidth
 * @param efficiency how much of its ceilings is reached
 */
public record RooflineModel(DeviceProfile profile, Efficiency efficiency) implements BoardModel {
    /** Taps of the window that Winograd's algorithm is for. */
    private static final int WINOGRAD_TAPS = 9;

    public RooflineModel {
        if (Roofline.of(profile, Carrier.F32).isEmpty()) {
            throw new IllegalArgumentException("profile " + profile.id()
                    + ": got no peak in f32 or no bandwidth of memory, expected both for a roofline");
        }
    }

    static Optional<RooflineModel> of(DeviceProfile profile) {
        Efficiency efficiency = profile.deviceClass() == DeviceClass.GPU ? Efficiency.GPU_LIBRARY : Efficiency.CEILING;
        return Roofline.of(profile, Carrier.F32).map(any -> new RooflineModel(profile, efficiency));
    }

    @Override
    public Estimate estimate(List<LayerWork> works, long samples) {
        List<Estimate.Layer> layers = works.stream().map(this::layer).toList();
        double seconds = layers.stream().mapToDouble(Estimate.Layer::seconds).sum();
        double stream = seconds - layers.size() * (launch(true) - launch(false));
        return Estimate.of(profile, layers, seconds, stream, samples, Optional.empty());
    }

    private Estimate.Layer layer(LayerWork work) {
        double peak = peak(work.multiply().carrier());
        double bandwidth = profile.memory()
                .sustained()
                .or(() -> profile.memory().bandwidth().map(this::reached))
                .map(figure -> figure.value() * 1e9)
                .orElseThrow();
        double compute = operations(work) / (peak * efficiency.compute() * occupancy(work));
        double memory = work.bytes() / bandwidth;
        double launch = launch(true);
        Bound bound =
                launch > compute && launch > memory ? Bound.LAUNCH : compute >= memory ? Bound.COMPUTE : Bound.MEMORY;
        return new Estimate.Layer(work, Math.max(compute, memory) + launch, bound);
    }

    /** The peak of a carrier, or of the next that holds the same numbers and has one. */
    private double peak(Carrier carrier) {
        return profile.peakOperationsPerSecond(carrier)
                .or(() -> carrier == Carrier.PLANES || carrier == Carrier.SHIFT
                        ? profile.peakOperationsPerSecond(Carrier.U8S8)
                        : Optional.empty())
                .or(() -> profile.peakOperationsPerSecond(Carrier.F32))
                .orElseThrow();
    }

    /** A bandwidth of a data sheet, as far as it is reached. */
    private Figure reached(Figure sheet) {
        return new Figure(sheet.value() * efficiency.memory(), sheet.unit(), sheet.source(), sheet.derivation());
    }

    private double operations(LayerWork work) {
        double dense = work.operations() / work.density();
        boolean winograd = work.multiply().kind() == MultiplyAdd.Kind.FLOAT
                && work.extents()
                        .filter(extents -> extents.isUnit() && extents.rows() * extents.columns() == WINOGRAD_TAPS)
                        .isPresent();
        return winograd ? dense / efficiency.winograd() : dense;
    }

    /** The share of lanes that have work, the last wave of work-groups counted as long as the others. */
    private double occupancy(LayerWork work) {
        Figure lanes = profile.resources().get(Resource.FMA_LANES);
        if (lanes == null || work.extents().isEmpty()) {
            return 1;
        }
        LayerWork.Extents extents = work.extents().get();
        double outputs = (double) extents.groups() * extents.outputs() * extents.pixels();
        double wave = lanes.value() * efficiency.lane();
        return outputs / (Math.ceil(outputs / wave) * wave);
    }

    /** Seconds of a launch, waited for or one of many. */
    private double launch(boolean waited) {
        Optional<Figure> queued = profile.launch().queued();
        Optional<Figure> synchronous = profile.launch().synchronous();
        return (waited ? synchronous.or(() -> queued) : queued.or(() -> synchronous))
                .map(figure -> figure.value() * 1e-6)
                .orElse(0.0);
    }
}
