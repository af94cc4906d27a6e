// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.measure;

import dev.inlay.UsageException;
import dev.inlay.graph.Graph;
import dev.inlay.plan.Evidence;
import dev.inlay.plan.Roofline;
import dev.inlay.profile.Carrier;
import dev.inlay.profile.DeviceProfile;
import dev.inlay.profile.ProfileCatalog;
import dev.inlay.tools.model.ModelFile;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * A board that is not in this machine: its times come from its profile by a roofline, so they are the least it could
 * take; its answers come from a device that is here.
 *
 * @param profile what is known of the board
 * @param roofline its ceilings for f32
 */
public record ModelledDevice(DeviceProfile profile, Roofline roofline) {
    /** The board that is shown unless the caller names others. */
    public static final String DEFAULT = "stratix10-gx2800";

    /**
     * The board of a profile's id.
     *
     * @throws UsageException naming the profiles that can be modelled
     */
    public static ModelledDevice named(String id) {
        List<ModelledDevice> all = ProfileCatalog.shipped().profiles().stream()
                .flatMap(profile -> Roofline.of(profile, Carrier.F32).stream()
                        .map(roofline -> new ModelledDevice(profile, roofline)))
                .toList();
        return all.stream()
                .filter(device -> device.profile().id().equals(id))
                .findFirst()
                .orElseThrow(() -> new UsageException("profile: got \"" + id + "\", expected one of "
                        + String.join(
                                ", ",
                                all.stream()
                                        .map(device -> device.profile().id())
                                        .toList())));
    }

    /**
     * What the board would give.
     *
     * @param batch images a run for the throughput
     * @param measured rows of the model on devices of this machine: the one over most images gives top1, since the
     *     arithmetic is the same
     */
    public ComparisonRow row(ModelFile model, int batch, List<ComparisonRow> measured) throws IOException {
        Optional<ComparisonRow> emulated = measured.stream().max(Comparator.comparingInt(ComparisonRow::n));
        Graph alone = model.batched(1);
        Graph batched = model.batched(batch);
        double latency = roofline.seconds(Roofline.contractions(alone));
        long samples = batched.inputs().getFirst().shape().extent(0);
        double each = roofline.seconds(Roofline.contractions(batched)) / samples;
        OptionalDouble joules = profile.power()
                .map(watts -> OptionalDouble.of(watts.value() * each))
                .orElse(OptionalDouble.empty());
        Map<String, Evidence> evidence = new TreeMap<>();
        evidence.put("latencyMs", Evidence.MODELLED);
        evidence.put("samplesPerSecond", Evidence.MODELLED);
        emulated.ifPresent(row -> evidence.put("top1", Evidence.EMULATED));
        joules.ifPresent(figure -> evidence.put("joulesPerSample", Evidence.MODELLED));
        return new ComparisonRow(
                model.name(),
                ComparisonRow.EXACT,
                profile.id(),
                profile.deviceClass().label(),
                emulated.map(ComparisonRow::n).orElse(0),
                emulated.map(ComparisonRow::top1).orElse(OptionalDouble.empty()),
                OptionalDouble.of(latency * 1e3),
                OptionalDouble.of(1 / each),
                joules,
                alone.constantBytes(),
                1,
                OptionalDouble.empty(),
                evidence);
    }
}
