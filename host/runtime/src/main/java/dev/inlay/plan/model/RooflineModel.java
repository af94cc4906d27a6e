// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.model;

import dev.inlay.plan.LayerWork;
import dev.inlay.plan.Roofline;
import dev.inlay.profile.Carrier;
import dev.inlay.profile.DeviceProfile;
import dev.inlay.profile.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The time that a processor's or a GPU's ceilings allow: each node is a launch, which takes the longer of computing its
 * operations and of moving its bytes. An arithmetic whose peak the profile lacks is done in f32, as devices do that
 * decode. A launch whose cost the profile lacks costs nothing, so that times are a lower bound.
 *
 * @param profile with a peak in f32 and a bandwidth
 */
public record RooflineModel(DeviceProfile profile) implements BoardModel {
    public RooflineModel {
        if (Roofline.of(profile, Carrier.F32).isEmpty()) {
            throw new IllegalArgumentException("profile " + profile.id()
                    + ": got no peak in f32 or no bandwidth of memory, expected both for a roofline");
        }
    }

    static Optional<RooflineModel> of(DeviceProfile profile) {
        return Roofline.of(profile, Carrier.F32).map(any -> new RooflineModel(profile));
    }

    @Override
    public Estimate estimate(List<LayerWork> works, long samples) {
        List<Estimate.Layer> layers = new ArrayList<>();
        for (LayerWork work : works) {
            Roofline roofline = Roofline.of(profile, work.multiply().carrier())
                    .or(() -> Roofline.of(profile, Carrier.F32))
                    .orElseThrow();
            layers.add(new Estimate.Layer(work, roofline.seconds(work.work()), roofline.bound(List.of(work.work()))));
        }
        double seconds = layers.stream().mapToDouble(Estimate.Layer::seconds).sum();
        double stream = seconds - layers.size() * (launch(true) - launch(false));
        return Estimates.of(profile, samples, layers, seconds, stream, Optional.empty());
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
