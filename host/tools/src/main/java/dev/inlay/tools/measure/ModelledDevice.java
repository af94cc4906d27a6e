// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.measure;

import dev.inlay.UsageException;
import dev.inlay.backend.reference.Reference;
import dev.inlay.graph.Graph;
import dev.inlay.plan.Evidence;
import dev.inlay.plan.model.BoardModel;
import dev.inlay.plan.model.Estimate;
import dev.inlay.profile.DeviceProfile;
import dev.inlay.profile.ProfileCatalog;
import dev.inlay.rewrite.Rewriter;
import dev.inlay.tools.model.ModelFile;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * A board that is not in this machine: its times come from its profile by a model; its answers come from a device that is here.
 *
 * @param board its model
 */
public record ModelledDevice(BoardModel board) {
    /** The board that is shown unless the caller names others. */
    public static final String DEFAULT = "stratix10-gx2800";

    /**
     * The board of a profile's id.
     *
     * @throws UsageException naming the profiles that can be modelled
     */
    public static ModelledDevice named(String id) {
        List<ModelledDevice> all = ProfileCatalog.shipped().profiles().stream()
                .flatMap(profile -> BoardModel.of(profile).stream())
                .map(ModelledDevice::new)
                .toList();
        return all.stream()
                .filter(device -> device.board().profile().id().equals(id))
                .findFirst()
                .orElseThrow(() -> new UsageException("profile: got \"" + id + "\", expected one of "
                        + String.join(
                                ", ",
                                all.stream()
                                        .map(device -> device.board().profile().id())
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
        Estimate latency = board.estimate(rewritten(alone));
        Estimate stream = board.estimate(rewritten(model.batched(batch)));
        DeviceProfile profile = board.profile();
        Map<String, Evidence> evidence = new TreeMap<>();
        evidence.put("latencyMs", Evidence.MODELLED);
        evidence.put("samplesPerSecond", Evidence.MODELLED);
        emulated.ifPresent(row -> evidence.put("top1", Evidence.EMULATED));
        stream.joulesPerSample().ifPresent(figure -> evidence.put("joulesPerSample", Evidence.MODELLED));
        return new ComparisonRow(
                model.name(),
                ComparisonRow.EXACT,
                profile.id(),
                profile.deviceClass().label(),
                emulated.map(ComparisonRow::n).orElse(0),
                emulated.map(ComparisonRow::top1).orElse(OptionalDouble.empty()),
                OptionalDouble.of(latency.seconds() * 1e3),
                OptionalDouble.of(stream.samplesPerSecond()),
                stream.joulesPerSample(),
                alone.constantBytes(),
                1,
                OptionalDouble.empty(),
                evidence);
    }

    /** The network as a plan has it. */
    private static Graph rewritten(Graph graph) {
        return Rewriter.standard(Reference::evaluate).rewrite(graph);
    }
}
