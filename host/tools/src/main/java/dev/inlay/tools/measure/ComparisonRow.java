// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.measure;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.Evidence;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * One model, approximated by one method, on one device. A figure that nobody measured or modelled is absent.
 *
 * @param model name of the model
 * @param method how it is approximated; {@link Variant#EXACT} where it is not
 * @param device id of the device or name of the profile
 * @param deviceClass {@code cpu}, {@code gpu}, {@code fpga} or {@code reference}
 * @param n images that {@code top1} is over
 * @param top1 part of the images classified rightly, 0 to 1
 * @param latencyMs median time of one image alone
 * @param samplesPerSecond images a second, in batches
 * @param joulesPerSample energy of one image
 * @param weightBytes bytes of the weights as they lie in the model
 * @param compression bytes of the model's float weights over {@code weightBytes}
 * @param rooflineFraction time by the roofline over the time taken
 * @param evidence for each figure by its name: where it comes from
 */
public record ComparisonRow(
        String model,
        String method,
        String device,
        @JsonProperty("class") String deviceClass,
        int n,
        OptionalDouble top1,
        OptionalDouble latencyMs,
        OptionalDouble samplesPerSecond,
        OptionalDouble joulesPerSample,
        long weightBytes,
        double compression,
        OptionalDouble rooflineFraction,
        Map<String, Evidence> evidence) {
    /**
     * What a device of this machine gave.
     *
     * @param rooflineFraction by ceilings measured in the same run; absent without them
     */
    public static ComparisonRow measured(
            Variant variant, DeviceDescription device, Trial trial, OptionalDouble rooflineFraction) {
        Map<String, Evidence> evidence = new TreeMap<>();
        Stream.of("latencyMs", "samplesPerSecond", "top1").forEach(figure -> evidence.put(figure, device.evidence()));
        rooflineFraction.ifPresent(part -> evidence.put("rooflineFraction", device.evidence()));
        return new ComparisonRow(
                variant.model(),
                variant.method(),
                device.id(),
                device.deviceClass().name().toLowerCase(Locale.ROOT),
                trial.classes().length,
                OptionalDouble.of(trial.top1()),
                OptionalDouble.of(trial.latencyMs()),
                OptionalDouble.of(trial.samplesPerSecond()),
                OptionalDouble.empty(),
                variant.weightBytes(),
                variant.compression(),
                rooflineFraction,
                evidence);
    }

    /** Whether a device of this machine took the times. */
    public boolean timesAreMeasured() {
        return evidence.get("samplesPerSecond") == Evidence.MEASURED;
    }
}
