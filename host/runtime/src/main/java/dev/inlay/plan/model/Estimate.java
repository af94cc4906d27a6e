// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.model;

import dev.inlay.plan.LayerWork;
import dev.inlay.plan.Roofline;
import dev.inlay.profile.DeviceProfile;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a run of a network would take on a board; every figure is MODELLED.
 *
 * @param layers in the order in which they run
 * @param seconds of one run alone, above 0
 * @param samplesPerSecond of runs that follow one another without a wait
 * @param joulesPerSample the power in the profile times the time of a sample in such a stream; empty where the profile
 *     has none
 * @param design of an FPGA; empty of other boards
 */
public record Estimate(
        List<Layer> layers,
        double seconds,
        double samplesPerSecond,
        OptionalDouble joulesPerSample,
        Optional<Design> design) {
    public Estimate {
        layers = List.copyOf(layers);
    }

    /**
     * One layer.
     *
     * @param work what it asks for
     * @param seconds that it takes, launch included; 0 where it runs inside another
     * @param bound what most of it waits for
     */
    public record Layer(LayerWork work, double seconds, Roofline.Bound bound) {}

    /**
     * What follows from the seconds of layers.
     *
     * @param seconds of a run alone
     * @param stream seconds of a run in a stream of runs
     * @param samples of a run
     */
    static Estimate of(
            DeviceProfile profile,
            List<Layer> layers,
            double seconds,
            double stream,
            long samples,
            Optional<Design> design) {
        double each = stream / samples;
        OptionalDouble joules = profile.power()
                .map(watts -> OptionalDouble.of(watts.value() * each))
                .orElse(OptionalDouble.empty());
        return new Estimate(layers, seconds, 1 / each, joules, design);
    }

    /** What most of the time waits for. */
    public Roofline.Bound bound() {
        double compute = seconds(Roofline.Bound.COMPUTE);
        double memory = seconds(Roofline.Bound.MEMORY);
        double launch = seconds(Roofline.Bound.LAUNCH);
        return launch > compute && launch > memory
                ? Roofline.Bound.LAUNCH
                : compute >= memory ? Roofline.Bound.COMPUTE : Roofline.Bound.MEMORY;
    }

    private double seconds(Roofline.Bound bound) {
        return layers.stream()
                .filter(layer -> layer.bound() == bound)
                .mapToDouble(Layer::seconds)
                .sum();
    }
}
