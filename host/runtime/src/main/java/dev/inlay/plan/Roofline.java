// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.profile.Carrier;
import dev.inlay.profile.DeviceProfile;
import dev.inlay.profile.Figure;
import java.util.List;
import java.util.Optional;

/**
 * The time that a device's ceilings allow: of a layer, the longer of computing its operations and of moving its bytes,
 * and a launch. Layers follow one another. Source: Williams, Waterman, Patterson, "Roofline", CACM 52(4), 2009.
 *
 * @param operationsPerSecond peak of the arithmetic used, a multiply-add being 2, above 0
 * @param bytesPerSecond bandwidth of the device's memory, above 0
 * @param launchSeconds time from one layer's end to the next one's begin, at least 0
 */
public record Roofline(double operationsPerSecond, double bytesPerSecond, double launchSeconds) {
    public Roofline {
        if (!(operationsPerSecond > 0) || !(bytesPerSecond > 0) || !(launchSeconds >= 0)) {
            throw new IllegalArgumentException("roofline: got " + operationsPerSecond + " operations/s, "
                    + bytesPerSecond + " bytes/s and a launch of " + launchSeconds + " s, expected positive ceilings");
        }
    }

    /** Which ceiling a layer meets. */
    public enum Bound {
        COMPUTE,
        MEMORY,
        LAUNCH
    }

    /**
     * The ceilings that a profile gives for an arithmetic: the sustained bandwidth, the data sheet's where none was
     * measured; a launch waited for, and none where no source gives its cost, so that times are a lower bound.
     *
     * @return empty where the profile lacks the peak or the bandwidth
     */
    public static Optional<Roofline> of(DeviceProfile profile, Carrier carrier) {
        Optional<Figure> bandwidth =
                profile.memory().sustained().or(() -> profile.memory().bandwidth());
        Optional<Figure> launch =
                profile.launch().synchronous().or(() -> profile.launch().queued());
        return profile.peakOperationsPerSecond(carrier)
                .flatMap(peak -> bandwidth.map(bytes -> new Roofline(
                        peak,
                        bytes.value() * 1e9,
                        launch.map(cost -> cost.value() * 1e-6).orElse(0.0))));
    }

    /** Seconds of one layer. */
    public double seconds(Work work) {
        return Math.max(work.operations() / operationsPerSecond, work.bytes() / bytesPerSecond) + launchSeconds;
    }

    /** Seconds of layers one after another. */
    public double seconds(List<Work> layers) {
        return layers.stream().mapToDouble(this::seconds).sum();
    }

    /** What takes the largest part of the time of layers one after another. */
    public Bound bound(List<Work> layers) {
        double compute = 0;
        double memory = 0;
        for (Work work : layers) {
            double computing = work.operations() / operationsPerSecond;
            double moving = work.bytes() / bytesPerSecond;
            if (computing >= moving) {
                compute += computing;
            } else {
                memory += moving;
            }
        }
        double launching = layers.size() * launchSeconds;
        return launching > compute && launching > memory
                ? Bound.LAUNCH
                : compute >= memory ? Bound.COMPUTE : Bound.MEMORY;
    }
}
