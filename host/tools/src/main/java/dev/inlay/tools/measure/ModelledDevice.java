// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.measure;

import dev.inlay.UsageException;
import dev.inlay.graph.Graph;
import dev.inlay.plan.Evidence;
import dev.inlay.plan.Roofline;
import dev.inlay.profile.DeviceProfile;
import dev.inlay.tools.model.ModelFile;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * A board that is not in this machine: its times come from its profile and a roofline, its answers from a device that
 * is here.
 *
 * @param profile what is known of the board
 */
public record ModelledDevice(DeviceProfile profile) {
    /** The board that is shown unless the caller names others. */
    public static final String DEFAULT = "stratix10-gx2800";

    /**
     * @throws UsageException naming the profiles there are
     */
    public static ModelledDevice named(String name) {
        return DeviceProfile.find(name)
                .map(ModelledDevice::new)
                .orElseThrow(() -> new UsageException("--profiles: got \"" + name + "\", expected one of "
                        + String.join(", ", DeviceProfile.names())));
    }

    /** The ceilings of the board for f32. */
    Roofline roofline() {
        return new Roofline(profile.operationsPerSecond("f32"), profile.bytesPerSecond(), profile.launchSeconds());
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
        double single = roofline().seconds(Roofline.contractions(alone));
        double together = roofline().seconds(Roofline.contractions(batched));
        long samples = batched.inputs().getFirst().shape().extent(0);
        Map<String, Evidence> evidence = new TreeMap<>();
        evidence.put("latencyMs", Evidence.MODELLED);
        evidence.put("samplesPerSecond", Evidence.MODELLED);
        if (emulated.isPresent()) {
            evidence.put("top1", Evidence.EMULATED);
        }
        return new ComparisonRow(
                model.name(),
                ComparisonRow.EXACT,
                profile.name(),
                profile.deviceClass(),
                emulated.map(ComparisonRow::n).orElse(0),
                emulated.map(ComparisonRow::top1).orElse(OptionalDouble.empty()),
                OptionalDouble.of(single * 1e3),
                OptionalDouble.of(samples / together),
                OptionalDouble.empty(),
                ComparisonRow.weightBytes(alone),
                1,
                OptionalDouble.empty(),
                evidence);
    }
}
